from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.calls.rate_calls import CallsRated
from invoicing.rating.lots import Lot
from invoicing.rating.terms.allowance import Rollover
from invoicing.rating.terms.calls import Bundle, Calls
from tests.invoicing.rating.calls.calling import (
    FEBRUARY,
    NEW_YORK,
    NOON,
    a_call,
    a_price,
    a_rate,
    later,
    rate,
)
from usage.metering.quantity import MeteredEvent
from values.calendar import BillingCalendar, BillingInterval, local_midnight
from values.period import Period

ROLLS = Bundle("ROLLS", 600, rollover=Rollover(1))


def with_bundles(*bundles: Bundle) -> Calls:
    return Calls((a_rate("0.06", 1, 1),), bundles=bundles)


def free_of(*bundles: Bundle, **said: Any) -> int:
    _, heard = rate(with_bundles(*bundles), a_call("60", **said))
    return heard["a"].bundle_seconds


def left_by_bundle(rated: CallsRated) -> dict[str, tuple[object, object]]:
    return {
        line.description.removeprefix("Voice - "): (line.quantity, line.left)
        for line in rated.rated.lines
        if line.section == "included"
    }


@pytest.mark.parametrize(
    "scope, said, free",
    [
        ({"directions": ("inbound",)}, {"direction": "inbound"}, 60),
        ({"directions": ("inbound",)}, {"direction": "outbound"}, 0),
        ({"directions": ("inbound",)}, {"direction": None}, 0),
        ({"number_types": ("local", "mobile")}, {"number_type": "mobile"}, 60),
        ({"number_types": ("local", "mobile")}, {"number_type": "toll_free"}, 0),
        ({"prefixes": ("1", "44")}, {"to_number": "+442083661177"}, 60),
        ({"prefixes": ("1", "45")}, {"to_number": "+442083661177"}, 0),
        ({"prefixes": ("1",)}, {"to_number": None}, 0),
        ({"lines": ("L1", "L2")}, {"line": "L2"}, 60),
        ({"lines": ("L1", "2")}, {"line": 2}, 60),
        ({"lines": ("L1", "L2")}, {"line": "L9"}, 0),
        ({"lines": ("L1", "L2")}, {}, 0),
        ({}, {}, 60),
    ],
)
def test_a_bundle_is_for_the_calls_that_it_names(
    scope: dict[str, Any], said: dict[str, Any], free: int
) -> None:
    assert free_of(Bundle("B", 600, **scope), **said) == free


def test_lower_priority_then_earlier_expiry_then_code_is_used_first() -> None:
    ends = [NOON + timedelta(days=days) for days in (5, 3, 3)]
    bundles = (
        Bundle("first", 10, priority=-1),
        Bundle("late", 10, effective_to=ends[0]),
        Bundle("b", 10, effective_to=ends[1]),
        Bundle("a", 10, effective_to=ends[2]),
        Bundle("monthly", 10),
        Bundle("endless", 10, effective_from=FEBRUARY.start),
    )
    names = ["first", "a", "b", "late", "monthly", "endless"]

    for count in range(1, 7):
        rated, heard = rate(with_bundles(*bundles), a_call(10 * count))
        assert list(left_by_bundle(rated)) == names[:count]
        assert heard["a"].bundle_seconds == 10 * count


def test_a_call_may_use_several_bundles_and_counts_once_in_each() -> None:
    rated, heard = rate(with_bundles(Bundle("A", 20), Bundle("B", 20)), a_call("60"))

    assert (heard["a"].bundle_seconds, str(heard["a"].charge)) == (40, "0.0200")
    assert left_by_bundle(rated) == {"A": (20, 0), "B": (20, 0)}
    assert [line.events for line in rated.rated.lines] == [1, 1, 1]


def test_a_bundle_line_is_included_and_costs_nothing() -> None:
    price = a_price(with_bundles(Bundle("B", 600)), tax_code="VOIP")

    rated, _ = rate(price, a_call("60"))

    (line,) = rated.rated.lines
    assert (line.section, line.description, line.unit) == ("included", "Voice - B", "second")
    assert (line.quantity, line.left, line.unit_price) == (Decimal(60), Decimal(540), Decimal(0))
    assert (str(line.amount), line.exact_amount, line.tax_code) == ("0.00", Decimal(0), "VOIP")
    assert (line.trace.source, line.trace.label) == ("terms", "B")


def test_a_bundle_that_nobody_used_has_no_line() -> None:
    rated, _ = rate(with_bundles(Bundle("B", 600, directions=("inbound",))), a_call("60"))

    assert left_by_bundle(rated) == {}


def test_a_part_of_a_period_has_the_whole_seconds_of_its_days() -> None:
    part = Period(datetime(2026, 2, 10, tzinfo=UTC), FEBRUARY.end)
    call = a_call("1000", at=later(86400 * 10))

    _, heard = rate(with_bundles(Bundle("B", 600)), call, period=part, full=FEBRUARY)

    assert heard["a"].bundle_seconds == 600 * 19 // 28


EIGHTH = datetime(2026, 2, 8, tzinfo=UTC)
CHANGED = a_price(with_bundles(Bundle("B", 280)), with_bundles(Bundle("B", 560)), starts=[EIGHTH])


@pytest.mark.parametrize(
    "first, free, left", [(200, [200, 360], 0), (1000, [280, 280], 0), (0, [1, 100], 459)]
)
def test_a_version_that_changes_a_bundle_goes_on_counting(
    first: int, free: list[int], left: int
) -> None:
    early, late = EIGHTH - timedelta(days=5), EIGHTH + timedelta(days=5)
    second = 1000 if first else 100

    rated, heard = rate(CHANGED, a_call(first, key="a", at=early), a_call(second, key="b", at=late))

    assert [heard[key].bundle_seconds for key in "ab"] == free
    (line,) = [line for line in rated.rated.lines if line.section == "included"]
    assert (line.quantity, line.left, line.events) == (Decimal(sum(free)), Decimal(left), 2)
    assert (line.rate_version, line.period) == (None, FEBRUARY)


def test_a_changed_bundle_counts_also_what_nobody_called_after_it() -> None:
    rated, _ = rate(CHANGED, a_call(200, at=EIGHTH - timedelta(days=5)))

    assert left_by_bundle(rated) == {"B": (200, 360)}


def test_a_phase_that_changes_a_bundle_has_the_seconds_of_its_days() -> None:
    early, late = EIGHTH - timedelta(days=5), EIGHTH + timedelta(days=5)
    calls = [a_call("1000", key="a", at=early), a_call("1000", key="b", at=late)]

    rated, heard = rate(CHANGED, *calls, phase_starts=[EIGHTH])

    assert [heard[key].bundle_seconds for key in "ab"] == [70, 420]
    lines = [line for line in rated.rated.lines if line.section == "included"]
    assert [(line.quantity, line.rate_version) for line in lines] == [
        (Decimal(70), None),
        (Decimal(420), EIGHTH),
    ]


def test_a_phase_that_keeps_a_bundle_goes_on_with_it() -> None:
    price = a_price(with_bundles(Bundle("B", 280)), with_bundles(Bundle("B", 280)), starts=[EIGHTH])
    calls = [a_call("1000", at=EIGHTH + timedelta(days=5))]

    _, heard = rate(price, *calls, phase_starts=[EIGHTH])

    assert heard["a"].bundle_seconds == 280


def test_a_version_that_drops_a_bundle_leaves_it_unused() -> None:
    once = Bundle("B", 600, effective_to=datetime(2027, 1, 1, tzinfo=UTC))
    price = a_price(with_bundles(once), with_bundles(), starts=[NOON])
    calls = [a_call("60", key="a", at=NOON - timedelta(days=1)), a_call("60", key="b")]

    rated, heard = rate(price, *calls)

    assert [heard[key].bundle_seconds for key in "ab"] == [60, 0]
    assert rated.lots["bundle:voice:B"][0].left == 540


def test_a_grant_with_a_time_of_its_own_is_given_once_and_dies_at_its_end() -> None:
    bundle = Bundle("ONCE", 600, effective_from=NOON, effective_to=NOON + timedelta(days=40))
    march = Period(FEBRUARY.end, datetime(2026, 4, 1, tzinfo=UTC))
    ends = NOON + timedelta(days=40)
    model = with_bundles(bundle)

    first, heard = rate(
        model, a_call("60", key="before", at=NOON - timedelta(seconds=1)), a_call("60", key="in")
    )
    assert [heard[key].bundle_seconds for key in ("before", "in")] == [0, 60]
    assert first.lots == {"bundle:voice:ONCE": (Lot(Decimal(540), NOON, ends),)}

    calls = [a_call("600", key="in", at=FEBRUARY.end), a_call("60", key="dead", at=ends)]
    second, heard = rate(model, *calls, period=march, lots=first.lots)
    assert [heard[key].bundle_seconds for key in ("in", "dead")] == [540, 0]
    assert second.lots == {}

    april = Period(march.end, datetime(2026, 5, 1, tzinfo=UTC))
    third, heard = rate(model, a_call("60", at=march.end), period=april, lots=second.lots)
    assert (heard["a"].bundle_seconds, third.lots) == (0, {})


def test_a_grant_without_an_end_is_never_given_again() -> None:
    model = with_bundles(Bundle("ONCE", 60, effective_from=FEBRUARY.start))
    march = Period(FEBRUARY.end, datetime(2026, 4, 1, tzinfo=UTC))

    first, _ = rate(model, a_call("60"))
    second, heard = rate(model, a_call("60", at=march.start), period=march, lots=first.lots)

    assert heard["a"].bundle_seconds == 0
    assert second.lots["bundle:voice:ONCE"][0].left == 0


def test_what_the_price_does_not_offer_now_is_kept_until_it_dies() -> None:
    carried = {
        "bundle:voice:OLD": (Lot(Decimal(5), NOON, None),),
        "bundle:voice:DEAD": (Lot(Decimal(5), NOON, FEBRUARY.end),),
        "bundle:other:B": (Lot(Decimal(5), NOON, None),),
        "price:voice": (Lot(Decimal(5), NOON, None),),
    }

    rated, _ = rate(with_bundles(), a_call("60"), lots=carried)

    assert rated.lots == {"bundle:voice:OLD": carried["bundle:voice:OLD"]}


def bill(
    model: Calls,
    periods: Sequence[Period],
    seconds: Sequence[int],
    *,
    zone: str = "UTC",
) -> list[tuple[int, object]]:
    """Return, by period, the free seconds of one call of this length, and what is left."""
    lots: Mapping[str, tuple[Lot, ...]] = {}
    result: list[tuple[int, object]] = []
    for period, length in zip(periods, seconds, strict=True):
        calls: list[MeteredEvent] = [a_call(length, at=period.start)] if length else []
        rated, heard = rate(model, *calls, period=period, lots=lots, zone=zone)
        lots = rated.lots
        free = heard["a"].bundle_seconds if length else 0
        result.append((free, left_by_bundle(rated).get(model.bundles[0].code, (0, None))[1]))
    return result


def periods(
    interval: BillingInterval, count: int, *, anchor: int = 1, zone: str = "UTC"
) -> list[Period]:
    start = local_midnight(date(2025, 11, anchor if interval != "week" else 3), zone)
    calendar = BillingCalendar(interval, anchor, zone, start, None)
    found = calendar.periods_from(start)
    return [next(found) for _ in range(count)]


@pytest.mark.parametrize("interval", BillingInterval)
def test_what_is_left_lasts_one_period_more_and_is_used_first(interval: BillingInterval) -> None:
    months = periods(interval, 4)

    assert bill(with_bundles(ROLLS), months, [100, 700, 550, 2000]) == [
        (100, 500),
        (700, 400),
        (550, 450),
        (1050, 0),
    ]


def test_what_was_not_used_in_time_is_gone() -> None:
    months = periods(BillingInterval.MONTH, 3)

    assert bill(with_bundles(ROLLS), months, [0, 0, 5000]) == [(0, None), (0, None), (1200, 0)]


@pytest.mark.parametrize("anchor", [28, 30])
@pytest.mark.parametrize("lasts, free", [(1, 1200), (2, 1800), (3, 2400), (12, 4200)])
def test_periods_of_all_lengths_count_as_one(anchor: int, lasts: int, free: int) -> None:
    model = with_bundles(Bundle("B", 600, rollover=Rollover(lasts)))
    months = periods(BillingInterval.MONTH, 7, anchor=anchor, zone=NEW_YORK)

    billed = bill(model, months, [0, 0, 0, 0, 0, 0, 9000], zone=NEW_YORK)

    assert billed[-1] == (free, 0)


def test_weeks_count_as_weeks_also_from_month_to_month() -> None:
    model = with_bundles(Bundle("B", 600, rollover=Rollover(2)))

    assert bill(model, periods(BillingInterval.WEEK, 6), [0, 0, 0, 0, 0, 9000])[-1] == (1800, 0)


def test_a_maximum_caps_all_that_is_carried_the_oldest_being_lost() -> None:
    model = with_bundles(Bundle("B", 600, rollover=Rollover(2, Decimal("700.9"))))
    months = periods(BillingInterval.MONTH, 3)

    first, _ = rate(model, period=months[0])
    second, _ = rate(model, period=months[1], lots=first.lots)

    assert [(lot.left, lot.granted_at) for lot in second.lots["bundle:voice:B"]] == [
        (Decimal(100), months[0].start),
        (Decimal(600), months[1].start),
    ]
    _, heard = rate(model, a_call(5000, at=months[2].start), period=months[2], lots=second.lots)
    assert heard["a"].bundle_seconds == 1300


def test_carried_seconds_say_when_they_expire() -> None:
    model = with_bundles(Bundle("B", 600, rollover=Rollover(2)))
    months = periods(BillingInterval.MONTH, 4, anchor=30)

    first, _ = rate(model, period=months[0])
    second, _ = rate(model, period=months[1], lots=first.lots)

    assert [lot.expires_at for lot in second.lots["bundle:voice:B"]] == [
        months[2].end,
        months[3].end,
    ]


def test_a_bundle_that_rolls_no_more_drops_what_was_carried() -> None:
    months = periods(BillingInterval.MONTH, 2)
    first, _ = rate(with_bundles(ROLLS), period=months[0])

    plain = with_bundles(Bundle("ROLLS", 600))
    second, heard = rate(plain, a_call(5000, at=months[1].start), period=months[1], lots=first.lots)

    assert (heard["a"].bundle_seconds, second.lots) == (600, {})


def test_a_grant_of_its_own_is_one_also_where_a_version_states_it_anew() -> None:
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    price = a_price(
        with_bundles(Bundle("B", 100, effective_to=ends)),
        with_bundles(Bundle("B", 900, effective_to=ends)),
        starts=[NOON],
    )
    calls = [a_call("60", key="a", at=NOON - timedelta(days=1)), a_call("60", key="b")]

    _, heard = rate(price, *calls)

    assert [heard[key].bundle_seconds for key in "ab"] == [60, 40]


def test_lots_older_than_they_may_get_are_not_used() -> None:
    carried = {
        "bundle:voice:ROLLS": (
            Lot(Decimal(1000), datetime(2025, 12, 1, tzinfo=UTC), None),
            Lot(Decimal(10), datetime(2026, 1, 1, tzinfo=UTC), None),
        )
    }

    _, heard = rate(with_bundles(ROLLS), a_call(5000), lots=carried)

    assert heard["a"].bundle_seconds == 610


def test_a_maximum_may_leave_nothing_of_the_older_ones() -> None:
    model = with_bundles(Bundle("B", 600, rollover=Rollover(2, Decimal(500))))
    months = periods(BillingInterval.MONTH, 2)

    first, _ = rate(model, period=months[0])
    second, _ = rate(model, period=months[1], lots=first.lots)

    (lot,) = second.lots["bundle:voice:B"]
    assert (lot.left, lot.granted_at) == (Decimal(500), months[1].start)


def test_a_version_of_another_time_grants_nothing() -> None:
    price = a_price(with_bundles(ROLLS), with_bundles(), starts=[FEBRUARY.start])

    rated, heard = rate(price, a_call("60"))

    assert (heard["a"].bundle_seconds, rated.lots) == (0, {})
