"""The pages of the starter packs."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Customer, User
from catalog.models import Plan
from tests import factories as make
from usage.models import Event

pytestmark = pytest.mark.django_db

LIST = "/admin/starter-packs/"
OFFICE = "/admin/starter-packs/ucaas/"


def signed_in(*codenames: str) -> Client:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def test_the_list_leads_to_a_page_for_each_of_five_packs(staff_client: Client) -> None:
    page = staff_client.get(LIST)

    assert page.status_code == 200
    codes = [pack.code for pack in page.context["packs"]]
    assert len(codes) == 5
    for code in codes:
        assert f'href="{LIST}{code}/"' in page.content.decode()
        assert staff_client.get(f"{LIST}{code}/").status_code == 200


def test_the_page_explains_the_pack_and_shows_its_file(staff_client: Client) -> None:
    make.brand()

    text = staff_client.get(OFFICE).content.decode()

    assert "<h2>What it shows</h2>" in text
    assert "<code>unit_price</code>" in text
    assert "<em>Included usage</em>" in text
    assert "code: OFFICE_LOCAL" in text
    assert "Load this pack" in text


def test_one_click_loads_the_pack_and_a_second_one_changes_nothing(staff_client: Client) -> None:
    brand = make.brand()

    first = staff_client.post(OFFICE, {"brand": brand.code}, follow=True)
    events = Event.objects.count()
    second = staff_client.post(OFFICE, {"brand": brand.code}, follow=True)

    assert Customer.objects.get().external_id == "prairie-legal"
    assert Plan.objects.get().code == "office-phone"
    assert f"Events: {events} new." in first.content.decode()
    assert f"Events: 0 new, {events} known already." in second.content.decode()
    assert Event.objects.count() == events
    assert "Prairie Legal</a> is its sample customer" in second.content.decode()


def test_a_pack_whose_customer_is_somebody_elses_is_not_loaded(staff_client: Client) -> None:
    brand = make.brand()
    make.customer("prairie-legal", "Prairie Legal")

    page = staff_client.post(OFFICE, {"brand": brand.code}, follow=True)

    assert "Nothing was loaded. prairie-legal is a customer already" in page.content.decode()
    assert not Plan.objects.exists()


def test_who_may_only_look_sees_no_button_and_loads_nothing() -> None:
    brand = make.brand()
    client = signed_in("view_plan")

    assert "Load this pack" not in client.get(OFFICE).content.decode()
    assert client.post(OFFICE, {"brand": brand.code}).status_code == 403
    assert not Customer.objects.exists()


def test_who_may_not_look_at_plans_is_refused() -> None:
    client = signed_in("view_customer")

    assert client.get(LIST).status_code == 403
    assert client.get(OFFICE).status_code == 403


def test_an_unknown_pack_or_brand_is_not_found(staff_client: Client) -> None:
    assert staff_client.get(f"{LIST}no-such-pack/").status_code == 404
    assert staff_client.post(OFFICE, {"brand": "nobody"}).status_code == 404
