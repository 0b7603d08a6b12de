"""A person is taken out of stored calls, and every amount stays, also computed anew."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from accounts.models import Customer, Subject, User
from invoicing.models import InvoiceLine
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.queries.line_calls import call_rating, calls_of_line
from invoicing.queries.needed_properties import needed_of_number
from invoicing.rating.calls.numbers import number_digits
from tests import factories as make
from tests.flows.billed_book import billed_to, stored_book
from tests.plan_file.law_books import CALLS, START, VOICE, book, call, meter
from tests.usage.uploads import call_row, csv_bytes, uploaded
from usage.intake.personal_value import PersonalValue
from usage.intake.sent_event import fingerprint_of, json_of, read_event
from usage.metering.needed import Needed
from usage.models import (
    Backfill,
    BackfillState,
    Erasure,
    Event,
    EventKey,
    QuarantinedEvent,
    Source,
    StagedEvent,
    UsageArrival,
)
from usage.operations.accepting.door import says_the_same
from usage.operations.erasing.erase_person import NotErased, erase_person
from usage.operations.erasing.plan import plan_erasure
from usage.operations.files.forget_usage_file import forget_usage_file
from usage.queries.person_events import stored_of_person
from usage.store import store

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 12, 20, 12, tzinfo=UTC)
CALLER, CALLED = "+13125550123", "+442083661177"
RATES = [
    {"prefix": "", "rate_per_minute": "0.01"},
    {"prefix": "44", "rate_per_minute": "0.02"},
    {"prefix": "4420", "rate_per_minute": "0.05"},
    {"prefix": "442083", "rate_per_minute": "0.07"},
    {"prefix": "44209", "rate_per_minute": "0.90"},
]
CALLERS = meter("CALLERS", aggregation="unique_count", property="from_number", event_name="call")


def calls() -> list[dict[str, Any]]:
    """Twenty calls in which two people call three others, one of them hard to tell apart."""
    numbers = (CALLED, "+442083661178", "+442091234567")
    return [
        {
            **call(2 + number, f"c{number:02}", 61 + 7 * number),
            "properties": {
                **call(2 + number, f"c{number:02}", 61 + 7 * number)["properties"],
                "from_number": (CALLER, "+13125550124")[number % 2],
                "to_number": numbers[number % 3],
                "agent": f"agent-{number % 2}",
            },
        }
        for number in range(20)
    ]


@pytest.fixture
def acme(tmp_path: Path) -> Customer:
    """A customer with calls rated by prefix, and its callers counted, in an issued invoice."""
    priced = {"code": "callers", "name": "Callers", "meter": "CALLERS", "unit_price": "1.00",
              "kind": "usage", "model": "per_unit"}  # fmt: skip
    voice = {**VOICE, "rates": RATES, "bands": [], "bundles": []}
    tree = book(voice, priced, meters=[CALLS, CALLERS], events=calls())
    customer = stored_book(tree, tmp_path, now=NOW)
    billed_to(customer, now=NOW)
    return customer


def erased(customer: Customer, text: str, *, needed: list[Needed] | None = None) -> Erasure:
    found = needed_of_number(customer=customer, number=text) if needed is None else needed
    return erase_person(
        customer=customer,
        value=PersonalValue(text),
        needed=found,
        digits_of=number_digits,
        reason="asked to be forgotten",
        by=User.objects.filter(is_superuser=True).first() or make.staff(),
        now=NOW,
    )


def amounts(customer: Customer) -> Any:
    """Return every line of every invoice, issued or not, as it is when computed anew."""
    UsageArrival.objects.create(customer_id=customer.pk, earliest_at=START, latest_at=NOW)
    refresh_customer(customer_id=customer.pk, now=NOW)
    lines = InvoiceLine.objects.filter(invoice__customer=customer).order_by("invoice", "position")
    return [
        (line.invoice.state, line.price, line.quantity, line.amount, line.events, line.trace)
        for line in lines.select_related("invoice")
    ]


def readings() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, occurred_at, received_at, ingest_tx::text, customer_id, meter_id,"
            " dimensions_id, source_id, quantity, event_name, idempotency_key"
            " FROM usage_record ORDER BY occurred_at, key, meter_id"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("text", [CALLED, CALLER], ids=["called", "caller"])
def test_every_amount_stays_when_a_number_is_erased(acme: Customer, text: str) -> None:
    before, counted = amounts(acme), readings()
    assert {line[0] for line in before} >= {"issued"}
    assert any(line[1] == "callers" and line[2] == 2 for line in before)

    erasure = erased(acme, text)

    assert erasure.events > 0
    assert not any(text in event.sent for event in Event.objects.all())
    assert next(stored_of_person(customer_id=acme.pk, value=PersonalValue(text)), None) is None
    assert amounts(acme) == before
    assert readings() == counted


def test_calls_rated_from_their_bodies_again_cost_what_they_cost(acme: Customer) -> None:
    line = InvoiceLine.objects.filter(
        invoice__customer=acme, section="telephony", invoice__state="issued"
    ).first()
    assert line is not None
    charges = _charges(line)

    erased(acme, CALLED)

    assert _charges(line) == charges
    assert len({charge for _, charge in charges}) > 1


def _charges(line: InvoiceLine) -> list[tuple[str, Any]]:
    rating = call_rating(line=line)
    assert rating is not None
    return [
        (each.event.idempotency_key, each.rated.charge) for each in calls_of_line(rating=rating)
    ]


def test_a_number_keeps_no_more_than_rates_look_at(acme: Customer) -> None:
    erased(acme, CALLED)

    numbers = {json.loads(event.sent)["properties"]["to_number"] for event in Event.objects.all()}
    (found,) = numbers - {"+442083661178", "+442091234567"}
    # 44209 tells from 44208 by its fifth digit, 442083 is its own by six.
    assert found.startswith("+442083")
    assert len(found) == len(CALLED)
    assert found != CALLED


def test_the_same_person_erased_twice_stays_one(acme: Customer) -> None:
    erased(acme, CALLER)
    source = Source.objects.get()
    late = {**calls()[0], "idempotency_key": "late", "customer_id": "acme"}
    late.pop("customer")
    make.accepted(source, [late], now=NOW)

    erased(acme, "1 312 555 0123")

    callers = {json.loads(event.sent)["properties"]["from_number"] for event in Event.objects.all()}
    assert len(callers) == 2
    assert Erasure.objects.values("value_hash").distinct().count() == 1


def test_the_record_of_an_erasure_does_not_hold_the_value(acme: Customer) -> None:
    erasure = erased(acme, CALLER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM usage_erasure AS e")
        (row,) = cursor.fetchone()
    assert CALLER.strip("+") not in row
    assert (erasure.customer, erasure.reason, erasure.events) == (acme, "asked to be forgotten", 10)


def test_an_event_that_is_sent_again_is_still_known(acme: Customer) -> None:
    source = Source.objects.get()
    erased(acme, CALLER)
    marks = list(EventKey.objects.values_list())
    body = {name: value for name, value in calls()[0].items() if name != "customer"}

    (outcome,) = make.accepted(source, [{**body, "customer_id": "acme"}], now=NOW)
    body["properties"]["from_number"] = "+13125550199"
    (other,) = make.accepted(source, [{**body, "customer_id": "acme"}], now=NOW)

    assert (outcome.status, other.status) == ("duplicate", "conflict")
    assert list(EventKey.objects.values_list()) == marks


def test_what_was_erased_cannot_be_tried_out_by_its_fingerprint(acme: Customer) -> None:
    one = next(event.key for event in Event.objects.all() if CALLER in event.sent)
    store.put_back({one: uuid4()}, received_at=NOW)
    before, plain = fingerprints(), plain_fingerprints()
    waits = {**lost_call(), "customer_id": "nobody"}
    make.accepted(Source.objects.get(), [waits], now=NOW)
    said = {event.key for event in Event.objects.all() if CALLER in event.sent}
    assert len(said) == 11
    said.add(QuarantinedEvent.objects.get().key)
    assert before == plain

    erased(acme, CALLER)

    after = fingerprints()
    assert {key for key in after if after[key] != plain.get(key)} == said
    assert fingerprint_of(waits) not in after.values()
    erased(acme, "agent-0")
    assert {key: after[key] for key in said} == {key: fingerprints()[key] for key in said}
    (again,) = make.accepted(Source.objects.get(), [waits], now=NOW)
    assert again.status == "duplicate"


def test_a_staged_event_is_sealed_and_known_too(acme: Customer) -> None:
    body = {**lost_call(), "customer_id": "acme"}
    mark = fingerprint_of(body)
    backfill = Backfill.objects.create(
        source=Source.objects.get(), state=BackfillState.DISCARDED, reason="sent anew",
        opened_at=NOW, changed_at=NOW, starts_at=START, ends_at=NOW,
    )  # fmt: skip
    StagedEvent.objects.create(
        backfill=backfill, key=uuid4(), fingerprint=mark, occurred_at=NOW,
        idempotency_key="lost", sent=json_of(body).decode(),
    )  # fmt: skip

    assert erased(acme, CALLER).staged == 1

    staged = StagedEvent.objects.get()
    assert CALLER not in staged.sent
    assert staged.fingerprint != mark
    assert says_the_same(read_event(body), staged.fingerprint)


def test_the_pseudonym_stays_when_the_secret_is_replaced(
    acme: Customer, settings: Settings
) -> None:
    first = erased(acme, CALLER)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    make.accepted(Source.objects.get(), [{**lost_call(), "customer_id": "acme"}], now=NOW)

    second = erased(acme, CALLER)

    callers = {json.loads(event.sent)["properties"]["from_number"] for event in Event.objects.all()}
    assert (len(callers), second.value_hash) == (2, first.value_hash)


def test_keys_made_of_whole_rows_are_told(acme: Customer) -> None:
    body = {**lost_call(), "customer_id": "acme", "idempotency_key": "row:0123456789"}
    make.accepted(Source.objects.get(), [body], now=NOW)

    plan = plan_erasure(
        customer=acme, value=PersonalValue(CALLER), needed=[], digits_of=number_digits
    )

    (words,) = plan.leftovers
    assert words.startswith("1 events have an idempotency key that was made of their whole row")


@pytest.mark.parametrize("change", ["key = gen_random_uuid()", "occurred_at = now()"])
def test_of_keys_an_erasure_changes_fingerprints_alone(acme: Customer, change: str) -> None:
    with pytest.raises(DatabaseError, match="events do not change"):
        _erased_and(acme, f"UPDATE usage_key SET {change}")


def lost_call() -> dict[str, Any]:
    body = {name: value for name, value in calls()[0].items() if name != "customer"}
    return {**body, "idempotency_key": "lost"}


def fingerprints() -> dict[UUID, int]:
    return dict(EventKey.objects.values_list("key", "fingerprint"))


def plain_fingerprints() -> dict[UUID, int]:
    return {event.key: fingerprint_of(json.loads(event.sent)) for event in Event.objects.all()}


def test_what_waits_in_quarantine_is_erased_too(acme: Customer) -> None:
    body = {name: value for name, value in calls()[0].items() if name != "customer"}
    lost = {**body, "idempotency_key": "lost", "customer_id": CALLER}
    make.accepted(Source.objects.get(), [lost], now=NOW)

    assert erased(acme, CALLER).waiting == 1

    waiting = QuarantinedEvent.objects.get()
    assert not any(
        CALLER in text for text in (waiting.sent, waiting.customer_reference, waiting.detail)
    )


def test_a_value_that_lines_are_made_of_stays_and_says_why(acme: Customer) -> None:
    with pytest.raises(NotErased, match="Nothing that is stored says it"):
        erased(acme, "agent-9")
    before = list(Event.objects.values_list("sent"))

    with pytest.raises(NotErased, match="direction: price"):
        erased(acme, "outbound")

    assert list(Event.objects.values_list("sent")) == before


def test_a_kept_file_with_the_value_goes_first(acme: Customer) -> None:
    source = Source.objects.get()
    other = uploaded(source, csv_bytes([call_row(1)]))
    file = uploaded(source, csv_bytes([call_row(1, region="1 (312) 555-0123")]), name="a.csv")

    with pytest.raises(NotErased, match=r"The file .* of Nov 21, 2026 holds it"):
        erased(acme, CALLER)
    forget_usage_file(file=file, now=NOW)

    assert erased(acme, CALLER).events == 10
    other.refresh_from_db()
    assert not other.is_forgotten


def test_the_customers_own_number_is_no_persons(acme: Customer) -> None:
    Subject.objects.create(
        customer=acme, kind="number", identifier=CALLER, held_from=make.NOVEMBER_1
    )

    with pytest.raises(NotErased, match="by which usage finds this customer"):
        erased(acme, CALLER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE usage_record SET sent = '{}' WHERE sent IS NOT NULL",
        "UPDATE usage_quarantinedevent SET sent = '{}'",
        "UPDATE usage_key SET fingerprint = 0",
    ],
    ids=["events", "quarantine", "keys"],
)
@pytest.mark.parametrize("setting", ["", "0"], ids=["without", "of one that is none"])
def test_bodies_change_in_the_transaction_of_an_erasure_alone(
    acme: Customer, statement: str, setting: str
) -> None:
    body = {name: value for name, value in calls()[0].items() if name != "customer"}
    lost = {**body, "idempotency_key": "lost", "customer_id": "nobody"}
    make.accepted(Source.objects.get(), [lost], now=NOW)
    erased(acme, CALLER)

    with pytest.raises(DatabaseError, match="events do not change"):
        _run_for(setting, statement)


@pytest.mark.parametrize(
    "change",
    ["quantity = quantity + 1", "customer_id = 0", "sent = NULL", "idempotency_key = 'x'"],
)
def test_an_erasure_changes_nothing_but_bodies(acme: Customer, change: str) -> None:
    with pytest.raises(DatabaseError):
        _erased_and(acme, f"UPDATE usage_record SET {change}")


def test_an_erasure_stays_on_record(acme: Customer) -> None:
    erased(acme, CALLER)

    for change in (Erasure.objects.all().delete, lambda: Erasure.objects.update(reason="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            _call(change)


def _call(change: Callable[[], object]) -> None:
    change()


@transaction.atomic
def _erased_and(customer: Customer, statement: str) -> None:
    _run_for(str(erased(customer, CALLER).pk), statement)


@transaction.atomic
def _run_for(erasure: str, statement: str) -> None:
    _run("SELECT set_config('usage.erasure', %s, true)", erasure)
    _run(statement)


def _run(statement: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
