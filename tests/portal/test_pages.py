"""Who may open a customer's pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, Role, StaffVisit, User
from tests import factories as make

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def overview_of(customer: Customer) -> str:
    return reverse("portal:overview", args=[customer.public_id])


def visitor(customer: Customer) -> User:
    staff = User.objects.create_user("vera@northwind.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    StaffVisit.objects.create(staff=staff, customer=customer, started_at=datetime.now(UTC))
    return staff


@pytest.mark.parametrize("role", list(Role))
def test_a_person_of_the_customer_opens_its_pages_whatever_the_role(role: Role) -> None:
    basil = make.basil()

    assert client_of(make.member(basil, role=role)).get(overview_of(basil)).status_code == 200


def test_a_customer_of_others_is_answered_as_if_there_were_none() -> None:
    basil, carla = make.basil(), make.carla()
    of_basil = client_of(make.member(basil))

    assert of_basil.get(overview_of(carla)).status_code == 404
    assert of_basil.get("/portal/cus_00000000000000000000000000/").status_code == 404
    assert of_basil.get("/portal/1/").status_code == 404


def test_nobody_is_sent_to_the_sign_in_page_and_back() -> None:
    page = overview_of(make.basil())

    answer = Client().get(page)

    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={page}"


def test_staff_see_a_customers_pages_on_a_visit_alone() -> None:
    basil, carla = make.basil(), make.carla()
    on_visit = client_of(visitor(basil))

    assert on_visit.get(overview_of(basil)).status_code == 200
    assert on_visit.get(overview_of(carla)).status_code == 404
    assert client_of(make.staff()).get(overview_of(basil)).status_code == 404


def test_a_visit_is_over_when_the_right_to_it_is_taken() -> None:
    basil = make.basil()
    staff = visitor(basil)
    staff.user_permissions.clear()

    assert client_of(staff).get(overview_of(basil)).status_code == 404


def test_a_visit_is_over_after_eight_hours() -> None:
    basil = make.basil()
    on_visit = client_of(visitor(basil))
    StaffVisit.objects.update(started_at=datetime.now(UTC) - timedelta(hours=8))

    assert on_visit.get(overview_of(basil)).status_code == 404


def test_each_page_of_a_visit_is_recorded() -> None:
    basil = make.basil()
    on_visit = client_of(visitor(basil))

    on_visit.get(overview_of(basil))
    on_visit.get(overview_of(basil), headers={"HX-Request": "true"})

    pages = StaffVisit.objects.get().pages.values_list("path", flat=True)
    assert list(pages) == [overview_of(basil)] * 2


def test_a_part_that_refreshes_itself_is_recorded_once() -> None:
    basil = make.basil()
    on_visit = client_of(visitor(basil))
    live = reverse("portal:overview_live", args=[basil.public_id])

    on_visit.get(live)
    on_visit.get(f"{live}?version=1", headers={"HX-Request": "true"})

    pages = StaffVisit.objects.get().pages.values_list("path", flat=True)
    assert list(pages) == [live]


def test_a_part_that_refreshes_itself_leads_whoever_signed_out_to_sign_in_as_a_whole_page() -> None:
    live = reverse("portal:overview_live", args=[make.basil().public_id])

    answer = Client().get(live, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Refresh"]) == (401, "true")


def test_a_visit_changes_nothing() -> None:
    basil = make.basil()

    assert client_of(visitor(basil)).post(overview_of(basil)).status_code == 405


def test_the_front_door_leads_to_ones_only_customer() -> None:
    basil = make.basil()

    answer = client_of(make.member(basil)).get("/")

    assert answer["Location"] == overview_of(basil)


def test_the_front_door_offers_a_choice_of_ones_customers() -> None:
    basil, carla = make.basil(), make.carla()
    someone = make.member(basil)
    carla.memberships.create(user=someone, role=Role.READ_ONLY)
    make.acme()

    page = client_of(someone).get("/").content.decode()

    assert [name in page for name in ("Basil", "Carla", "Acme")] == [True, True, False]


def test_the_front_door_tells_who_belongs_to_nobody_what_to_do() -> None:
    answer = client_of(User.objects.create_user("nora@nowhere.example")).get("/")

    assert "Ask an owner of your company to invite you" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_the_front_door_leads_staff_to_the_admin() -> None:
    assert client_of(make.staff()).get("/")["Location"] == reverse("admin:index")
