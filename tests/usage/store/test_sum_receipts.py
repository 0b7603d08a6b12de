"""Sums of receipts: each receipt once, whoever adds and whenever."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories as make
from tests.at_once import at_once, uncommitted
from usage.intake.sent_event import read_event
from usage.models import Channel, Source, SourceLag, SourceMinute, SourceTotal
from usage.operations.accept_events import accept_events
from usage.store.sum_receipts import MINUTES_KEPT, forget_old_minutes, sum_receipts

NOON = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sender(committed: None) -> Source:
    """A live source of Basil's, whose events are committed."""
    make.ai_call_meter()
    return make.source(make.partner(make.basil()), "live")


def send(sender: Source, *keys: str, lag: timedelta = SECOND, at: datetime = NOON) -> None:
    """Send events that happened so long before."""
    happened = (at - lag).isoformat()
    make.accepted(
        sender,
        [make.call_body(key, customer_id="basil", occurred_at=happened) for key in keys],
        now=at,
    )


def summed() -> None:
    sum_receipts(now=NOON)


def minutes() -> list[tuple[str, int, int]]:
    rows = SourceMinute.objects.order_by("minute")
    return [(f"{row.minute:%H:%M}", row.accepted, row.duplicates) for row in rows]


def test_receipts_are_added_up_by_minute(sender: Source) -> None:
    send(sender, "one", "two")
    send(sender, "two", "three", lag=11 * SECOND, at=NOON + 10 * SECOND)
    send(sender, "four", at=NOON + 40 * SECOND)

    summed()

    assert minutes() == [("12:00", 3, 1), ("12:01", 1, 0)]
    assert SourceTotal.objects.values_list("channel", "accepted", "duplicates").get() == (
        "api", 4, 1,
    )  # fmt: skip


def test_what_is_added_is_not_added_again(sender: Source) -> None:
    send(sender, "one")
    summed()
    summed()
    send(sender, "two")

    summed()

    assert minutes() == [("12:00", 2, 0)]


def test_small_steps_come_to_the_same(sender: Source) -> None:
    for number in range(5):
        send(sender, f"call-{number}", lag=number * SECOND)

    assert sum_receipts(now=NOON, receipts_in_a_step=2) is True

    assert minutes() == [("12:00", 5, 0)]
    assert sum(SourceLag.objects.values_list("events", flat=True)) == 5


def test_steps_go_on_only_as_long_as_they_may(sender: Source) -> None:
    for number in range(5):
        send(sender, f"call-{number}")

    sum_receipts(now=NOON, receipts_in_a_step=2, goes_on=lambda: False)

    assert minutes() == [("12:00", 2, 0)]


def test_what_is_not_committed_yet_is_added_later(sender: Source) -> None:
    send(sender, "before")
    with uncommitted(lambda: send(sender, "slow")):
        send(sender, "quick")
        summed()
        early = minutes()

    summed()

    assert early == [("12:00", 1, 0)]
    assert minutes() == [("12:00", 3, 0)]


def test_two_at_once_add_each_receipt_once(sender: Source) -> None:
    for number in range(6):
        send(sender, f"call-{number}")

    at_once(
        lambda: sum_receipts(now=NOON, receipts_in_a_step=1),
        lambda: sum_receipts(now=NOON, receipts_in_a_step=1),
    )
    sum_receipts(now=NOON)

    assert minutes() == [("12:00", 6, 0)]


def test_an_event_is_under_the_first_bound_above_its_lag(sender: Source) -> None:
    days_30, years_25 = timedelta(days=30), timedelta(days=9_000)
    for number, lag in enumerate(
        (-5 * SECOND, 0 * SECOND, SECOND * 0.999, SECOND, 60 * SECOND, days_30, years_25)
    ):
        send(sender, f"call-{number}", lag=lag)

    summed()

    rows = SourceLag.objects.order_by("under_seconds")
    assert [(row.under_seconds, row.events, row.slowest) for row in rows] == [
        (1, 3, timedelta(milliseconds=999)),
        (5, 1, SECOND),
        (300, 1, 60 * SECOND),
        (315_360_000, 2, years_25),
    ]


def test_a_correction_or_backfill_counts_in_the_total_alone(sender: Source) -> None:
    body = make.call_body("one", customer_id="basil", occurred_at="2026-01-01T00:00:00Z")
    accept_events(source=sender, items=[read_event(body)], now=NOON, channel=Channel.BACKFILL)

    summed()

    assert list(SourceTotal.objects.values_list("channel", "accepted")) == [("backfill", 1)]
    assert (SourceMinute.objects.count(), SourceLag.objects.count()) == (0, 0)


def test_old_minutes_are_forgotten_and_totals_stay(sender: Source) -> None:
    send(sender, "one")
    summed()

    forget_old_minutes(now=NOON + MINUTES_KEPT + timedelta(hours=1))

    assert (SourceMinute.objects.count(), SourceLag.objects.count()) == (0, 0)
    assert SourceTotal.objects.get().accepted == 1


def test_receipts_of_long_ago_are_added_to_the_total_alone(sender: Source) -> None:
    send(sender, "one", at=NOON - MINUTES_KEPT - timedelta(days=1))

    summed()

    assert SourceMinute.objects.count() == 0
    assert SourceTotal.objects.get().accepted == 1
