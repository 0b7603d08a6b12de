"""What an undone backfill gives back goes to who holds its number by now."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction

from accounts.models import Customer, Subject
from tests import factories as make
from tests.at_once import no_waiting, uncommitted
from tests.usage.backfills import closed, minutes, replacing, undone
from usage.models import (
    Backfill,
    BackfillState,
    EventKey,
    Meter,
    QuarantinedEvent,
    Source,
    StagedEvent,
)
from usage.operations.backfills.undo_backfill import start_undoing, undo_next
from usage.operations.count_source_day import day_of_receipt
from usage.operations.discard_event import discard_event
from usage.operations.move_subject import FOR_EVER, NamedSpan, start_moves
from usage.queries.balance import balance_of
from usage.queries.standing_events import standing_for
from usage.queries.subject_usage import displacements
from values.period import Period

NUMBER = "+15550100"
NOVEMBER_10 = make.NOVEMBER_1 + timedelta(days=9)


def call(name: str, *, minutes: int = 5, **fields: Any) -> dict[str, Any]:
    """A call of the number on the day after tomorrow's hand-over."""
    at = "2024-11-12T10:00:00Z"
    return make.call_body(name, customer_id=NUMBER, occurred_at=at, minutes=minutes, **fields)


@pytest.fixture
def basil(db: None) -> Customer:
    """Another customer of the same partner."""
    return make.basil(is_sandbox=True)


@pytest.fixture
def acme(basil: Customer) -> Customer:
    """A customer with a number, by which a call of five minutes was made."""
    make.ai_call_meter()
    customer = make.acme()
    customer.subjects.create(kind="number", identifier=NUMBER, held_from=make.NOVEMBER_1)
    make.accepted(make.source(make.partner(customer, basil)), [call("old")])
    return customer


@transaction.atomic
def hand_over(*, to: Customer | None) -> None:
    """Let the number be another one's, or nobody's, from November 10."""
    Subject.objects.update(held_to=NOVEMBER_10)
    if to is not None:
        to.subjects.create(kind="number", identifier=NUMBER, held_from=NOVEMBER_10)
    span = NamedSpan(NUMBER, Period(NOVEMBER_10, FOR_EVER))
    start_moves(spans=[span], requested_by=None, now=make.NOW)


def assert_all_is_where_it_belongs() -> None:
    ever = Period(NOVEMBER_10, FOR_EVER)
    assert displacements(identifier=NUMBER, span=ever, now=make.NOW) == []
    source = Source.objects.get()
    balance = balance_of(source_id=source.pk, received_in=day_of_receipt(make.NOW.date()))
    assert list(balance.contradictions()) == []


@pytest.mark.parametrize("key", ["new", "old"], ids=["voided", "replaced"])
def test_it_goes_to_who_holds_the_number_by_now(acme: Customer, basil: Customer, key: str) -> None:
    backfill = closed(replacing(call(key, minutes=9)))
    hand_over(to=basil)
    assert (minutes(acme), minutes(basil)) == (0, 9)

    backfill = undone(backfill)

    assert (minutes(acme), minutes(basil)) == (0, 5)
    assert (backfill.state, backfill.put_back) == (BackfillState.UNDONE, 1)
    assert_all_is_where_it_belongs()


def test_it_has_the_fingerprint_that_it_came_with(acme: Customer, basil: Customer) -> None:
    (came,) = EventKey.objects.values_list("fingerprint", flat=True)
    backfill = closed(replacing())
    hand_over(to=basil)

    undone(backfill)

    assert set(EventKey.objects.values_list("fingerprint", flat=True)) == {came}


@pytest.mark.parametrize("key", ["new", "old"], ids=["voided", "replaced"])
def test_where_nobody_holds_the_number_it_waits(acme: Customer, key: str) -> None:
    backfill = closed(replacing(call(key, minutes=9)))
    hand_over(to=None)

    backfill = undone(backfill)

    waiting = QuarantinedEvent.objects.get(resolved_at=None)
    assert (waiting.idempotency_key, waiting.customer_reference) == ("old", NUMBER)
    assert (minutes(acme), backfill.put_back) == (0, 1)
    assert_all_is_where_it_belongs()


def test_what_no_meter_can_read_by_now_stays_where_it_was(acme: Customer, basil: Customer) -> None:
    backfill = closed(replacing())
    hand_over(to=basil)
    Meter.objects.create(
        legal_entity=make.northwind(), code="REGIONS", display_name="Regions",
        event_name="ai_call", aggregation="sum", property="region", unit="region",
    )  # fmt: skip

    backfill = undone(backfill)

    assert (minutes(acme), minutes(basil), backfill.put_back) == (5, 0, 1)


def test_it_returns_to_who_holds_the_number_still_though_its_partner_names_them_no_more(
    acme: Customer,
) -> None:
    backfill = closed(replacing())
    Source.objects.get().partner.customers.clear()

    undone(backfill)

    assert minutes(acme) == 5
    assert not QuarantinedEvent.objects.exists()


def test_what_was_discarded_since_stays_away(acme: Customer) -> None:
    backfill = closed(replacing(call("old", minutes=9)))
    hand_over(to=None)
    stored = StagedEvent.objects.get().stored_key
    assert stored is not None
    (waiting,) = standing_for(keys=[stored]).values()
    discard_event(key=waiting, reason="a test call", now=make.NOW)

    backfill = undone(backfill)

    assert (minutes(acme), backfill.put_back) == (0, 0)
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()


@pytest.mark.usefixtures("committed")
def test_while_the_number_changes_hands_nothing_is_given_back(
    request: pytest.FixtureRequest,
) -> None:
    acme, basil = request.getfixturevalue("acme"), request.getfixturevalue("basil")
    backfill = closed(replacing())
    start_undoing(backfill_id=backfill.pk, now=make.NOW)

    with (
        uncommitted(lambda: hand_over(to=basil)),
        no_waiting(),
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        undo_next(backfill_id=backfill.pk, now=make.NOW)

    undone(Backfill.objects.get())
    assert (minutes(acme), minutes(basil)) == (0, 5)
