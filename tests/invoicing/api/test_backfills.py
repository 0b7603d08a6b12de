"""/api/v1/backfills, from opening one to undoing it."""

from typing import Any

import pytest

from accounts.models import Customer, Partner, Scope
from invoicing.models import Invoice
from invoicing.operations import effect_of_backfill as effect_of_backfill_module
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.issue_invoice import issue_invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.caller import Caller
from usage.models import Backfill, Event, EventVoid
from usage.tasks import walk_backfill

pytestmark = pytest.mark.django_db

WANTED = {
    "start": "2024-11-01T00:00:00Z", "end": "2024-12-01T00:00:00Z", "reason": "lost log",
}  # fmt: skip


@pytest.fixture
def acme() -> Customer:
    """A customer with a contract and a call of five minutes, at 0.20 each."""
    customer = make.acme(timezone="UTC")
    make.contract(customer)
    make.accepted(make.source(make.partner(customer)), [make.call_body("old")])
    refresh_customer(customer_id=customer.pk, now=make.NOW)
    return customer


@pytest.fixture
def callwave(acme: Customer) -> Partner:
    """The partner that sends Acme's calls."""
    return acme.partners.get()


@pytest.fixture
def caller(callwave: Partner) -> Caller:
    """Its program, with a test key that may do everything."""
    return Caller(make.api_key(callwave)[1])


def opened(caller: Caller, **fields: Any) -> str:
    answer = caller.post("/backfills", {**WANTED, **fields})
    assert answer.status_code == 201
    return f"/backfills/{answer.json()['id']}"


def walk() -> None:
    walk_backfill(Backfill.objects.get().pk)


def standing() -> set[str]:
    void = EventVoid.objects.values("key")
    return set(Event.objects.exclude(key__in=void).values_list("idempotency_key", flat=True))


def test_it_is_opened_and_read(caller: Caller) -> None:
    address = opened(caller, event_name="ai_call", customer="acme")

    body = caller.get(address).json()

    assert (body["state"], body["customer"], body["event_name"]) == ("open", "acme", "ai_call")
    assert (body["start"], body["end"]) == (WANTED["start"], WANTED["end"])
    assert body["counts"]["staged"] == 0
    assert [each["id"] for each in caller.get("/backfills").json()["data"]] == [body["id"]]


def test_a_second_one_for_that_time_is_a_conflict(caller: Caller) -> None:
    opened(caller)

    answer = caller.post("/backfills", WANTED)

    assert answer.status_code == 409
    assert Backfill.objects.count() == 1


@pytest.mark.parametrize(
    "fields, pointer",
    [
        ({"start": "soon"}, "/start"),
        ({"end": "2024-11-01T00:00:00Z"}, "/end"),
        ({"customer": "nobody"}, "/customer"),
        ({"replaces_existing": "yes"}, "/replaces_existing"),
        ({"reason": " "}, "/reason"),
        ({"event_name": 7}, "/event_name"),
        ({"colour": "red"}, ""),
    ],
)
def test_what_cannot_be_opened_is_refused(
    caller: Caller, fields: dict[str, Any], pointer: str
) -> None:
    answer = caller.post("/backfills", {**WANTED, **fields})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_the_preview_tells_counts_and_money_and_keeps_nothing(caller: Caller) -> None:
    address = opened(caller, replaces_existing=True)
    batch = {"events": [make.call_body("new", minutes=15)]}
    result = caller.post(f"{address}/events", batch).json()
    assert result["results"][0]["status"] == "accepted"

    preview = caller.get(f"{address}/preview").json()

    assert (preview["counts"]["accepted"], preview["counts"]["voided"]) == (1, 1)
    assert [each["difference"] for each in preview["invoices"]] == ["2.00"]
    assert standing() == {"old"}
    assert caller.get(address).json()["state"] == "open"


def test_closed_and_undone(caller: Caller) -> None:
    address = opened(caller, replaces_existing=True)
    caller.post(f"{address}/events", {"events": [make.call_body("new")]})

    closing = caller.post(f"{address}/close", {})
    walk()
    assert (closing.status_code, caller.get(address).json()["state"]) == (202, "closed")
    assert standing() == {"new"}

    caller.post(f"{address}/undo", {})
    walk()
    assert caller.get(address).json()["state"] == "undone"
    assert standing() == {"old"}


def test_closing_what_lost_some_is_refused_until_it_is_meant(caller: Caller) -> None:
    address = opened(caller, replaces_existing=True)
    sent = [make.call_body("old", minutes="ten"), make.call_body("new")]
    caller.post(f"{address}/events", {"events": sent})
    assert caller.get(address).json()["counts"]["refused"] == 1

    refused = caller.post(f"{address}/close", b"")

    assert refused.status_code == 409
    assert "1 of the events that were sent to it were refused" in refused.json()["detail"]
    assert refused.json()["detail"].endswith("For that send close?despite_refused=true.")
    assert caller.post(f"{address}/close?despite_refused=maybe", b"").status_code == 400
    assert caller.post(f"{address}/close?despite_refused=true", b"").status_code == 202
    walk()
    assert standing() == {"new"}


def test_discarded_it_takes_nothing_more(caller: Caller) -> None:
    address = opened(caller)

    caller.post(f"{address}/discard", {})

    assert caller.post(f"{address}/events", {"events": [make.call_body("new")]}).status_code == 409
    assert caller.post(f"{address}/close", {}).status_code == 409
    assert caller.get(f"{address}/preview").status_code == 409


@pytest.mark.usefixtures("committed")
def test_once_it_is_invoiced_it_is_not_undone(request: pytest.FixtureRequest) -> None:
    acme = request.getfixturevalue("acme")
    caller = request.getfixturevalue("caller")
    address = opened(caller)
    caller.post(f"{address}/events", {"events": [make.call_body("new")]})
    caller.post(f"{address}/close", {})
    walk()
    invoice = Invoice.objects.order_by("period_start")[0]
    december = invoice.period_end
    acme.test_clock.now_at = december
    acme.test_clock.save()
    close_invoice(invoice_id=invoice.pk, now=december)
    issue_invoice(invoice_id=invoice.pk, now=december)

    answer = caller.post(f"{address}/undo", {})

    assert answer.status_code == 409
    assert "issued invoice" in answer.json()["detail"]
    assert Backfill.objects.get().state == "closed"


def test_those_of_others_are_not_there(caller: Caller, acme: Customer) -> None:
    address = opened(caller)
    other = Caller(make.api_key(make.partner(acme, name="Other"))[1])

    assert other.get(address).status_code == 404
    assert other.post(f"{address}/close", {}).status_code == 404


def test_a_key_that_may_not_see_invoices_sees_no_money(caller: Caller, callwave: Partner) -> None:
    address = opened(caller)
    writer = Caller(make.api_key(callwave, scopes=[Scope.EVENTS_WRITE])[1])

    preview = writer.get(f"{address}/preview").json()

    assert (preview["invoices"], preview["counts"]["staged"]) == (None, 0)


def test_the_preview_shows_no_money_of_a_customer_that_is_seen_no_more(
    caller: Caller, callwave: Partner
) -> None:
    address = opened(caller, replaces_existing=True)
    callwave.customers.clear()

    own = caller.get(f"{address}/preview").json()
    # One that staff opened reaches all that the source ever sent.
    Backfill.objects.update(opened_with=None)
    of_staff = caller.get(f"{address}/preview").json()

    assert (own["counts"]["voided"], own["invoices"]) == (0, [])
    assert (of_staff["counts"]["voided"], of_staff["invoices"]) == (1, [])


def test_what_would_void_too_many_is_not_priced(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = opened(caller, replaces_existing=True)
    monkeypatch.setattr(effect_of_backfill_module, "MOST_PRICED", 0)

    answer = caller.get(f"{address}/preview")

    assert (answer.json()["counts"], answer.json()["invoices"]) == (None, None)
    assert answer.json()["why_not"].startswith("More than")
    assert "RateLimit" in answer.headers
