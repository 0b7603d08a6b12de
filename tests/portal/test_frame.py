"""The frame around a customer's pages."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Customer, Role, StaffVisit, User
from tests import factories as make

pytestmark = pytest.mark.django_db


def page_of(user: User, customer: Customer, route: str = "overview") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(f"portal:{route}", args=[customer.public_id]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_frame_is_the_brands() -> None:
    basil = make.basil()
    basil.brand.support_email = "help@northwind.example"
    basil.brand.legal_text = "Northwind Voice Inc."
    basil.brand.save()

    page = page_of(make.member(basil), basil)

    assert re.search(rf'href="/brand/{basil.brand.code}/brand\.css\?v=[0-9a-f]{{12}}"', page)
    assert f"· {basil.brand.name}</title>" in page
    assert 'href="mailto:help@northwind.example"' in page
    assert "Northwind Voice Inc." in page


@pytest.mark.parametrize("room", ["overview", "account"])
def test_one_room_is_marked_as_the_current_one(room: str) -> None:
    basil = make.basil()

    page = page_of(make.member(basil), basil, room)
    rooms = page.split('aria-label="Pages"')[1].split("</nav>")[0]

    address = reverse(f"portal:{room}", args=[basil.public_id])
    assert re.findall(r'href="([^"]+)" aria-current="page"', rooms) == [address]


def test_a_person_of_two_customers_switches_between_them() -> None:
    basil, carla = make.basil(), make.carla()
    someone = make.member(basil)
    carla.memberships.create(user=someone, role=Role.READ_ONLY)

    page = page_of(someone, basil)

    assert f'href="{reverse("portal:overview", args=[carla.public_id])}"' in page


def test_a_person_of_one_customer_has_nothing_to_switch() -> None:
    basil = make.basil()
    make.carla()

    page = page_of(make.member(basil), basil)

    assert page.count("<details") == page.count('<details class="menu">') == 1
    assert "Carla" not in page


def test_a_sandbox_is_marked() -> None:
    acme, basil = make.acme(), make.basil()

    assert ">sandbox</span>" in page_of(make.member(acme), acme)
    assert ">sandbox</span>" not in page_of(make.member(basil), basil)


def test_staff_on_a_visit_are_told_so_on_every_page() -> None:
    basil = make.basil()
    staff = User.objects.create_user("vera@northwind.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    StaffVisit.objects.create(staff=staff, customer=basil, started_at=datetime.now(UTC))

    assert f"You are viewing the pages of {basil.name} as staff; read only." in page_of(
        staff, basil
    )
    assert "as staff; read only" not in page_of(make.member(basil), basil)


def test_the_demo_says_that_it_is_one(settings: Settings) -> None:
    basil = make.basil()
    someone = make.member(basil)

    settings.DEMO = True
    assert "This is the demo" in page_of(someone, basil)

    settings.DEMO = False
    assert "This is the demo" not in page_of(someone, basil)


def test_signing_out_is_a_form() -> None:
    basil = make.basil()

    assert '<form method="post" action="/accounts/logout/">' in page_of(make.member(basil), basil)


def test_htmx_neither_evaluates_nor_writes_styles_nor_keeps_pages() -> None:
    basil = make.basil()

    page = page_of(make.member(basil), basil)

    for setting in (
        '"includeIndicatorStyles": false',
        '"allowEval": false',
        '"allowScriptTags": false',
        '"historyCacheSize": 0',
    ):
        assert setting in page
