"""GET /api/v1/invoices, their lines, the events behind a line, the PDF."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, Partner
from accounts.operations.advance_test_clock import advance_test_clock
from invoicing.models import Invoice, InvoiceDocument
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.caller import PROBLEM, Caller

pytestmark = pytest.mark.django_db

DECEMBER_2 = datetime(2024, 12, 2, tzinfo=UTC)


@pytest.fixture
def acme() -> Customer:
    return make.acme()


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    return make.partner(acme)


@pytest.fixture
def caller(callwave: Partner) -> Caller:
    return Caller(make.api_key(callwave)[1])


@pytest.fixture
def november(acme: Customer, callwave: Partner) -> Invoice:
    """Acme's invoice of November 2024 with the six calls, and two that belong elsewhere."""
    contract = make.acme_contract(acme)
    elsewhere = [
        make.call_body("october", occurred_at="2024-10-31T23:59:59-04:00"),
        make.call_body("december", occurred_at="2024-12-01T00:00:00-05:00"),
    ]
    make.accepted(make.source(callwave), [*make.six_bodies(), *elsewhere])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return Invoice.objects.get(customer=acme, period_start=contract.starts_at)


def issue(invoice: Invoice) -> Invoice:
    clock = invoice.customer.test_clock
    assert clock is not None
    advance_test_clock(clock=clock, to=DECEMBER_2)
    bill_customer(customer_id=invoice.customer_id, as_of=make.NOW)
    return Invoice.objects.get(pk=invoice.pk)


def test_the_upcoming_invoice_shows_what_it_comes_to_so_far(
    caller: Caller, november: Invoice, acme: Customer
) -> None:
    shown = caller.get(f"/invoices/{november.public_id}").json()

    assert shown.pop("computed_at").startswith("2026-11-21T12:00:00")
    assert len(shown.pop("lines")) == 5
    assert shown == {
        "id": november.public_id,
        "number": None,
        "kind": "period",
        "state": "upcoming",
        "customer": {"id": acme.public_id, "external_id": "acme"},
        "contract": november.contract.public_id,
        "period": {
            "start": "2024-11-01T04:00:00Z",
            "end": "2024-12-01T05:00:00Z",
            "last_date": "2024-11-30",
        },
        "issue_date": "2024-12-01",
        "due_date": "2025-01-15",
        "issued_at": None,
        "currency": "USD",
        "subtotal": "21.35",
        "discounts": "0.00",
        "tax": "0.00",
        "total": "21.35",
        "credits_applied": "21.35",
        "amount_due": "0.00",
        "tax_lines": [],
        "credits": [
            {
                "grant": november.credit_applications.get().grant.public_id,
                "code": "grant-1",
                "kind": "prepaid",
                "amount": "21.35",
                "quantity": None,
                "unit": None,
                "left": "9978.65",
            }
        ],
        "pdf_url": None,
    }


def test_a_line_shows_quantity_rate_amount_and_why(caller: Caller, november: Invoice) -> None:
    line = caller.get(f"/invoices/{november.public_id}").json()["lines"][0]

    trace = line["why"].pop("trace")
    assert (trace["source"], trace["rate"], trace["rounding"]) == ("entry", "0.2", "half_up")
    line_id = november.lines.all()[0].public_id
    assert line == {
        "id": line_id,
        "section": "usage",
        "price": "ai-call",
        "description": "AI Calls - US / resolved",
        "dimensions": {"region": "US", "call_outcome": "resolved"},
        "quantity": "13",
        "unit": "minute",
        "unit_price": "0.20",
        "exact_amount": "2.60",
        "amount": "2.60",
        "currency": "USD",
        "events": 2,
        "events_url": f"/api/v1/invoices/{november.public_id}/lines/{line_id}/events",
        "rate_version": "2024-11-01T00:00:00Z",
        "tax_code": None,
        "period": {"start": "2024-11-01T04:00:00Z", "end": "2024-12-01T05:00:00Z"},
        "left": None,
        "why": {
            "sentence": "13 minutes \N{MULTIPLICATION SIGN} 0.20 USD = 2.60 USD "
            "(rate of US / resolved, in force from 2024-11-01)"
        },
    }


def test_each_quantity_leads_to_exactly_its_events(caller: Caller, november: Invoice) -> None:
    lines = caller.get(f"/invoices/{november.public_id}").json()["lines"]

    behind = {}
    for line in lines:
        events = caller.client.get(
            line["events_url"], headers={"Authorization": f"Bearer {caller.key}"}
        ).json()["data"]
        behind[line["description"]] = [
            (event["idempotency_key"], event["quantity"]) for event in events
        ]

    assert behind == {
        "AI Calls - US / resolved": [("call-1", "5"), ("call-2", "8")],
        "AI Calls - US / transferred": [("call-3", "12")],
        "AI Calls - EU / resolved": [("call-4", "6")],
        "AI Calls - EU / escalated": [("call-5", "15")],
        "AI Calls - APAC / resolved": [("call-6", "4")],
    }


def test_an_event_that_came_later_is_not_shown_behind_an_older_amount(
    committed: None, caller: Caller, november: Invoice, callwave: Partner
) -> None:
    november = issue(november)
    make.accepted(make.source(callwave), [make.call_body("late")])
    line = november.lines.all()[0]

    page = caller.get(f"/invoices/{november.public_id}/lines/{line.public_id}/events").json()

    assert [event["idempotency_key"] for event in page["data"]] == ["call-1", "call-2"]
    assert page["data"][0]["event"] == make.six_bodies()[0]


def test_the_events_of_a_line_come_in_pages(caller: Caller, november: Invoice) -> None:
    path = f"/invoices/{november.public_id}/lines/{november.lines.all()[0].public_id}/events"

    first = caller.get(path, {"limit": "1"}).json()
    second = caller.get(path, {"limit": "1", "cursor": first["next_cursor"]}).json()

    pages = [[event["idempotency_key"] for event in page["data"]] for page in (first, second)]
    assert pages == [["call-1"], ["call-2"]]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_an_issued_invoice_has_its_number_and_its_document(
    caller: Caller, november: Invoice
) -> None:
    november = issue(november)
    InvoiceDocument.objects.create(
        invoice=november, content=b"%PDF-1.7 it", sha256="0" * 64, rendered_at=make.NOW
    )

    shown = caller.get(f"/invoices/{november.public_id}").json()
    document = caller.client.get(
        shown["pdf_url"],
        headers={"Authorization": f"Bearer {caller.key}", "Accept": "application/pdf"},
    )

    assert (shown["state"], shown["number"]) == ("issued", november.number)
    assert document.content == b"%PDF-1.7 it"
    assert document["Content-Type"] == "application/pdf"
    assert document["Content-Disposition"] == f'attachment; filename="{november.number}.pdf"'


def test_what_is_left_of_a_grant_stays_as_it_was_when_the_invoice_was_issued(
    caller: Caller, november: Invoice, callwave: Partner, acme: Customer
) -> None:
    november = issue(november)
    december = make.call_body("d", minutes=100, occurred_at="2024-12-05T10:00:00Z")
    make.accepted(make.source(callwave), [december])
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    (credit,) = caller.get(f"/invoices/{november.public_id}").json()["credits"]

    assert credit["left"] == "9978.65"


def test_an_invoice_without_document_says_when_it_comes(caller: Caller, november: Invoice) -> None:
    before = caller.get(f"/invoices/{november.public_id}/pdf", Accept="application/pdf")
    issue(november)
    after = caller.get(f"/invoices/{november.public_id}/pdf", Accept="application/pdf")

    assert (before.status_code, after.status_code) == (409, 409)
    assert before["Content-Type"] == after["Content-Type"] == PROBLEM
    assert before.json()["detail"] == "An invoice gets its PDF when it is issued."
    assert after.json()["detail"] == "The PDF of this invoice is being made."


def others_caller() -> Caller:
    return Caller(make.api_key(make.partner(make.carla(is_sandbox=True), name="Other"))[1])


def test_invoices_of_others_are_not_there(november: Invoice) -> None:
    other = others_caller()
    path = f"/invoices/{november.public_id}"
    line = november.lines.all()[0].public_id

    answers = [other.get(path), other.get(f"{path}/pdf"), other.get(f"{path}/lines/{line}/events")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert other.get("/invoices").json()["data"] == []


def test_a_live_key_does_not_see_sandbox_invoices(callwave: Partner, november: Invoice) -> None:
    live = Caller(make.api_key(callwave, mode="live")[1])

    assert live.get(f"/invoices/{november.public_id}").status_code == 404


def test_a_line_is_only_found_on_its_own_invoice(caller: Caller, november: Invoice) -> None:
    other = Invoice.objects.exclude(pk=november.pk).get()
    line = november.lines.all()[0].public_id

    assert caller.get(f"/invoices/{other.public_id}/lines/{line}/events").status_code == 404


@pytest.mark.parametrize("path", ["inv_1", "nonsense", "%00", "inv_1/pdf", "inv_1/lines/l/events"])
def test_an_id_that_is_none_is_not_found(caller: Caller, path: str) -> None:
    assert caller.get(f"/invoices/{path}").status_code == 404


def periods(answer: Any) -> list[str]:
    return [invoice["period"]["last_date"] for invoice in answer.json()["data"]]


@pytest.mark.parametrize(
    "query, expected",
    [
        ({}, ["2024-12-31", "2024-11-30"]),
        ({"customer": "acme"}, ["2024-12-31", "2024-11-30"]),
        ({"state": "issued"}, []),
        ({"state": "upcoming"}, ["2024-12-31", "2024-11-30"]),
        ({"period_start[gte]": "2024-12-01T05:00:00Z"}, ["2024-12-31"]),
        ({"period_start[lt]": "2024-12-01T05:00:00Z"}, ["2024-11-30"]),
    ],
)
def test_the_list_can_be_narrowed(
    caller: Caller, november: Invoice, query: dict[str, str], expected: list[str]
) -> None:
    assert periods(caller.get("/invoices", query)) == expected


def test_pages_of_invoices_follow_each_other(caller: Caller, november: Invoice) -> None:
    first = caller.get("/invoices", {"limit": "1"})
    second = caller.get("/invoices", {"limit": "1", "cursor": first.json()["next_cursor"]})

    assert periods(first) + periods(second) == ["2024-12-31", "2024-11-30"]


@pytest.mark.parametrize(
    "query",
    [{"customer": "carla"}, {"state": "paid"}, {"period_start[gte]": "2024"}, {"number": "1"}],
)
def test_a_bad_filter_is_refused(caller: Caller, query: dict[str, str]) -> None:
    make.carla(is_sandbox=True)

    answer = caller.get("/invoices", query)

    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == list(query)


def test_the_number_of_queries_does_not_grow_with_lines_and_invoices(
    caller: Caller, november: Invoice, callwave: Partner, acme: Customer
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert caller.get(path).status_code == 200
        return len(captured)

    caller.get("/invoices")
    line = november.lines.all()[0].public_id
    paths = {
        "/invoices": 2,
        f"/invoices/{november.public_id}": 7,
        f"/invoices/{november.public_id}/lines/{line}/events": 4,
    }

    assert {path: queries(path) for path in paths} == paths
