"""The search over everything."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Subject, User
from invoicing.models import Invoice, NumberSeries, Question
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.usage.backfills import replacing
from tests.usage.kept import kept_in
from tests.usage.uploads import calls_csv, uploaded
from usage.models import Backfill, Event, QuarantinedEvent, SubjectMove, UsageFile

SEARCH = "/admin/search/"


def hits(client: Client, text: str) -> dict[str, list[str]]:
    """Return what the page of a search lists, by kind."""
    page: Any = client.get(SEARCH, {"q": text})
    assert page.status_code == 200
    return {group.title: [hit.text for hit in group.hits] for group in page.context["groups"]}


def signed_in(*codenames: str) -> Client:
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def change_page(name: str, key: object) -> str:
    return reverse(f"admin:{name}_change", args=[key])


def test_a_customer_is_found_by_a_part_of_its_name_with_what_is_its(staff_client: Client) -> None:
    held = make.acme_contract(make.acme())
    make.carla()

    found = hits(staff_client, "support")

    assert list(found) == ["Customers", "Invoices", "Contracts"]
    assert found["Customers"] == ["Acme Support Co"]
    assert found["Contracts"] == [str(held)]
    assert len(found["Invoices"]) == Invoice.objects.count()


def test_an_id_leads_straight_to_its_page(staff_client: Client) -> None:
    acme = make.acme()
    held = make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    invoice = Invoice.objects.earliest("period_start")
    line = invoice.lines.earliest("position")
    question = Question.objects.create(
        invoice=invoice, text="Why?", asked_by=make.member(acme), asked_at=make.NOW
    )
    event = Event.objects.earliest("occurred_at")
    expected = {
        acme.public_id: change_page("accounts_customer", acme.pk),
        invoice.public_id: change_page("invoicing_invoice", invoice.pk),
        line.public_id: f"{change_page('invoicing_invoice', invoice.pk)}#{line.public_id}",
        held.public_id: change_page("contracts_contract", held.pk),
        acme.grants.get().public_id: change_page("invoicing_grant", acme.grants.get().pk),
        question.public_id: change_page("invoicing_question", question.pk),
        event.public_id: change_page("usage_event", event.public_id.replace("_", "_5F")),
    }

    led = {text: staff_client.get(SEARCH, {"q": f" {text} "})["Location"] for text in expected}

    assert led == expected
    assert all(staff_client.get(address).status_code == 200 for address in led.values())


def test_an_id_of_usage_on_its_way_leads_straight_to_its_page(
    staff_client: Client, settings: Settings, tmp_path: Path
) -> None:
    kept_in(tmp_path, settings)
    backfill, file, move = _usage_on_its_way()
    expected = {
        backfill.public_id: change_page("usage_backfill", backfill.pk),
        file.public_id: change_page("usage_usagefile", file.pk),
        move.public_id: change_page("usage_subjectmove", move.pk),
    }

    led = {text: staff_client.get(SEARCH, {"q": f" {text} "}) for text in expected}

    assert {text: answer.get("Location") for text, answer in led.items()} == expected
    assert all(staff_client.get(address).status_code == 200 for address in expected.values())
    assert [text[:4] for text in expected] == ["bkf_", "ufl_", "mov_"]


def test_who_may_not_look_at_usage_on_its_way_is_not_led_there(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    kept_in(tmp_path, settings)
    client = signed_in("view_customer")

    assert [hits(client, each.public_id) for each in _usage_on_its_way()] == [{}, {}, {}]


def _usage_on_its_way() -> tuple[Backfill, UsageFile, SubjectMove]:
    source = make.source(make.partner(make.acme()))
    move = SubjectMove.objects.create(
        identifier="+13125550123", starts_at=make.NOVEMBER_1, ends_at=make.NOW,
        requested_at=make.NOW, events=3,
    )  # fmt: skip
    return replacing(), uploaded(source, calls_csv(1)), move


def test_an_event_in_quarantine_is_found_by_id_and_key(staff_client: Client) -> None:
    sender = make.source(make.partner())
    make.accepted(sender, [make.call_body("waits", customer_id="nobody")])
    waiting = QuarantinedEvent.objects.get()
    page = change_page("usage_quarantinedevent", waiting.key)

    assert staff_client.get(SEARCH, {"q": waiting.public_id})["Location"] == page
    assert hits(staff_client, "waits") == {"Events": [waiting.public_id]}


def test_an_event_is_found_by_its_whole_idempotency_key_of_any_source(staff_client: Client) -> None:
    acme = make.acme()
    make.accepted(make.source(make.partner(acme, name="One")), [make.call_body("call-1")])
    make.accepted(make.source(make.partner(acme, name="Two")), [make.call_body("call-1")])

    assert len(hits(staff_client, "call-1")["Events"]) == 2
    assert hits(staff_client, "call-") == {}


def test_an_invoice_is_found_by_number_and_by_its_last_digits(staff_client: Client) -> None:
    invoice = _issued()

    for text in ("INV-2024-000007", "inv-2024-000007"):
        answer = staff_client.get(SEARCH, {"q": text})
        assert answer["Location"] == change_page("invoicing_invoice", invoice.pk)
    assert hits(staff_client, "7") == {"Invoices": ["INV-2024-000007"]}
    assert hits(staff_client, "8") == {}


def _issued() -> Invoice:
    buyer = make.basil()
    held = make.contract(buyer, activated=False)
    NumberSeries.objects.create(legal_entity=buyer.legal_entity, year=2024, last_number=7)
    day = make.NOVEMBER_20.date()
    return Invoice.objects.create(
        customer=buyer, contract=held, legal_entity=buyer.legal_entity, brand=buyer.brand,
        state="issued", number="INV-2024-000007", issue_date=day, due_date=day,
        issued_at=make.NOVEMBER_20, period_start=make.NOVEMBER_1, period_end=make.NOVEMBER_20,
        closes_at=make.NOVEMBER_20, currency="USD",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["+13125550123", "+1 (312) 555-0123", "1312555", "+1312"])
def test_a_number_is_found_from_its_start_however_it_is_written(
    staff_client: Client, text: str
) -> None:
    Subject.objects.create(
        customer=make.basil(), kind="number", identifier="+13125550123", held_from=make.NOVEMBER_1
    )

    found = hits(staff_client, text)

    assert found == {"Numbers, agents and locations": ["+13125550123"]}


def test_questions_are_found_by_their_words(staff_client: Client) -> None:
    buyer = make.basil()
    make.contract(buyer)
    invoice = Invoice.objects.first()
    assert invoice is not None
    Question.objects.create(
        invoice=invoice, text="Why is the roaming so dear?", asked_by=make.member(buyer),
        asked_at=make.NOW,
    )  # fmt: skip

    assert hits(staff_client, "roaming") == {"Questions": ["Why is the roaming so dear?"]}


def test_who_may_not_look_at_a_kind_does_not_find_it(db: None) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    invoice = Invoice.objects.first()
    assert invoice is not None
    client = signed_in("view_customer")

    assert list(hits(client, "acme")) == ["Customers"]
    assert hits(client, invoice.public_id) == {}


def test_who_may_not_see_customers_does_not_find_invoices_by_their_names(db: None) -> None:
    make.acme_contract(make.acme())

    assert hits(signed_in("view_invoice"), "acme") == {}


def test_at_most_ten_are_shown_and_the_list_has_all(staff_client: Client) -> None:
    for number in range(11):
        make.customer(f"twin-{number}", f"Twin {number}")

    page: Any = staff_client.get(SEARCH, {"q": "twin"})

    (group,) = page.context["groups"]
    assert (len(group.hits), group.has_more) == (10, True)
    assert staff_client.get(group.all_address).context["cl"].result_count == 11


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "%", "_", "\\", "'; DROP TABLE x; --", "<script>alert(1)</script>",
     "9" * 5000, "cus_" + "z" * 26, "evt_", "inv_" + "0" * 26, "²", "١٢٣", "\u202e", "(" * 300],
)  # fmt: skip
def test_hostile_words_are_only_words(staff_client: Client, text: str) -> None:
    make.acme()

    page = staff_client.get(SEARCH, {"q": text})

    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_a_wildcard_finds_what_has_it_in_its_name_alone(staff_client: Client) -> None:
    make.acme()
    make.customer("half", "50%% off Ltd")

    assert hits(staff_client, "%%")["Customers"] == ["50%% off Ltd"]


def test_the_search_is_for_staff(client: Client, db: None) -> None:
    client.force_login(make.member(make.basil()))

    assert client.get(SEARCH, {"q": "acme"}).status_code in {302, 403}


def test_a_search_costs_the_same_for_few_and_many(staff_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            hits(staff_client, "acme")
        return len(captured)

    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), [make.call_body("acme")])
    few = queries()
    for number in range(12):
        make.contract(
            make.customer(f"acme-{number}", f"Acme {number}"),
            end=(make.NOVEMBER_1 + timedelta(days=40)).date(),
        )

    assert queries() == few
    assert few <= 18


def test_the_box_stands_on_every_page_of_the_admin(staff_client: Client) -> None:
    for name in ("admin:index", "admin:accounts_customer_changelist", "admin:search"):
        html = staff_client.get(reverse(name)).content.decode()

        assert f'action="{SEARCH}"' in html
