"""Details and e-mails of an account."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, StaffVisit, User
from tests import factories as make
from tests.admin_forms import form_of
from tests.portal.views.people import address, client_of

pytestmark = pytest.mark.django_db

ROLES_WHO_EDIT = [Role.OWNER, Role.BILLING]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_the_details(role: Role) -> None:
    basil = make.basil(vat_id="DE123", timezone="Europe/Berlin")
    basil.addresses.create(kind="billing", line_1="1 Oven Street", country="US")

    page = client_of(make.member(basil, role=role)).get(address("account", basil))

    text = page.content.decode()
    for words in (
        "Basil&#x27;s Bakery",
        "DE123",
        "Europe/Berlin",
        "1 Oven Street",
        "United States",
    ):
        assert words in text
    assert ("Edit details" in text) == (role in ROLES_WHO_EDIT)


@pytest.mark.parametrize("role", ROLES_WHO_EDIT)
def test_owner_and_billing_change_the_details(role: Role) -> None:
    basil = make.basil()
    client = client_of(make.member(basil, role=role))
    form = address("edit_account", basil)
    fields = {name: values[0] for name, values in form_of(client, form).items()}

    changed = {
        "name": "Basil & Sons",
        "vat_id": "de 123 456",
        "billing_line_1": "1 Oven Street",
        "billing_country": "US",
    }
    answer = client.post(form, {**fields, **changed}, follow=True)

    basil.refresh_from_db()
    assert (basil.name, basil.vat_id) == ("Basil & Sons", "DE123456")
    assert basil.email == "billing@basil.example"
    assert str(basil.addresses.get()) == "1 Oven Street, US"
    assert "Saved. Future invoices carry the new details." in answer.content.decode()


def test_read_only_changes_nothing() -> None:
    basil = make.basil()
    client = client_of(make.member(basil, role=Role.READ_ONLY))

    assert client.get(address("edit_account", basil)).status_code == 403
    assert client.post(address("edit_account", basil), {"name": "Mine"}).status_code == 403
    basil.refresh_from_db()
    assert basil.name == "Basil's Bakery"


@pytest.mark.parametrize(
    "sent, words",
    [
        ({"name": ""}, "This field is required."),
        ({"name": "a" * 201}, "at most 200 characters"),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"vat_id": "\u00df" * 32}, "Letters and digits, as in DE123456789."),
        ({"billing_city": "Chicago"}, "Choose the country of this address."),
        ({"billing_country": "XX"}, "XX is not one of the available choices."),
        ({"service_line_1": "a\x00b", "service_country": "US"}, "Null characters"),
    ],
)
def test_bad_details_come_back_with_the_reason(sent: dict[str, str], words: str) -> None:
    basil = make.basil()
    client = client_of(make.member(basil))

    page = client.post(address("edit_account", basil), {"name": "Basil", **sent})

    assert words in page.content.decode()
    basil.refresh_from_db()
    assert basil.name == "Basil's Bakery"


def test_an_error_is_tied_to_its_field() -> None:
    basil = make.basil()

    page = client_of(make.member(basil)).post(address("edit_account", basil), {"email": "x"})

    text = page.content.decode()
    assert 'aria-describedby="id_email_helptext id_email_error"' in text
    assert 'id="id_email_error"' in text
    assert '<a href="#id_email">' in text


@pytest.mark.parametrize("role", list(Role))
def test_everybody_chooses_their_emails(role: Role) -> None:
    basil = make.basil()
    someone = make.member(basil, role=role)
    client = client_of(someone)

    client.post(address("emails", basil), {"wants_invoices": "on"})

    mine = someone.memberships.get()
    assert (mine.wants_invoices, mine.wants_credit_alerts) == (True, False)
    assert form_of(client, address("emails", basil)).get("wants_invoices") == ["on"]


def test_staff_on_a_visit_have_no_emails_to_choose() -> None:
    basil = make.basil()
    staff = User.objects.create_user("vera@northwind.example", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    StaffVisit.objects.create(staff=staff, customer=basil, started_at=datetime.now(UTC))

    page = client_of(staff).get(address("emails", basil)).content.decode()

    assert "Nothing to choose on a visit" in page
    assert "<form" not in page.split("<main")[1]


@pytest.mark.parametrize("name", ["account", "edit_account", "emails", "invite"])
def test_the_pages_of_others_are_not_there(name: str) -> None:
    of_basil = client_of(make.member(make.basil()))

    assert of_basil.get(address(name, make.carla())).status_code == 404


@pytest.mark.parametrize("name", ["account", "edit_account", "emails", "invite"])
def test_a_page_takes_few_queries(name: str) -> None:
    basil = make.basil()
    client = client_of(make.member(basil))

    with CaptureQueriesContext(connection) as asked:
        client.get(address(name, basil))

    assert len(asked) <= 10
