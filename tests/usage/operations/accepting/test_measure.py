"""Counting quickly comes to what the engine says."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usage.intake.sent_event import Rejected, SentEvent
from usage.metering.measurement import UnknownAction
from usage.metering.meter import Aggregation, CreditUnits, EventRounding
from usage.metering.meter import Meter as MeterTerms
from usage.models import Meter
from usage.operations.accepting.measure import Count, counting
from usage.operations.dimension_sets import combination_text
from usage.operations.measure_event import CountingMeter, measured_by
from values.numeric_range import NumericRange

AT = datetime(2024, 11, 5, 10, tzinfo=UTC)


def meter(**parts: Any) -> CountingMeter:
    plain = {
        "code": "M", "display_name": "M", "event_name": "e", "aggregation": Aggregation.SUM,
        "property": "n", "group_keys": ("a", "b"), "unit": None,
    }  # fmt: skip
    return CountingMeter(Meter(pk=7), MeterTerms(**{**plain, **parts}))


METERS = {
    "sum": meter(),
    "negative": meter(allows_negative=True),
    "count": meter(aggregation=Aggregation.COUNT, property=None),
    "highest": meter(aggregation=Aggregation.MAX),
    "unique": meter(aggregation=Aggregation.UNIQUE_COUNT),
    "rounded": meter(event_rounding=EventRounding(Decimal(60), Decimal(30))),
    "rounded far": meter(event_rounding=EventRounding(Decimal(7) * 10**11)),
    "calls": meter(calls=True),
    "actions": meter(action_property="b", credit_units=(CreditUnits(None, {"x": Decimal(2)}),)),
    "filtered": meter(filters={"a": ("x", "1"), "n": NumericRange(gte=Decimal(2))}),
    "another name": meter(event_name="other"),
}

values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([
        None, True, False, 0, 1, 2, -1, 10**12, 10**12 + 1, 10**30, "x", "1", "1.0", "", "-0",
        "1e3", "٣", "a\u202eb", "x" * 300, [], {}, Decimal(1), Decimal("1.0"), Decimal("0.00"),
        Decimal("-0.0"), Decimal("2.5"), Decimal("1E+2"), Decimal("1e-18"), Decimal("1e-19"),
        Decimal("0.1000000000000000000"), Decimal("1000000000000.5"), Decimal("9" * 40),
    ]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.integers(),
)  # fmt: skip
properties = st.dictionaries(
    st.sampled_from(["n", "a", "b", "status", "answer_at", "other"]), values, max_size=5
)


def event(found: dict[str, Any]) -> SentEvent:
    return SentEvent("acme", "e", "k", AT, found, "{}", 0)


def by_engine(counter: CountingMeter, sent: SentEvent) -> object:
    try:
        measured = measured_by(sent, (counter,), at=AT)
    except (Rejected, UnknownAction) as error:
        return type(error), str(error)
    return [
        (row.pk, combination_text(m.dimensions), tuple(sorted(m.absent)), repr(m.value))
        for row, m in measured
    ]


def by_count(count: Count, sent: SentEvent) -> object:
    try:
        counted = count(sent, AT)
    except (Rejected, UnknownAction) as error:
        return type(error), str(error)
    if counted is None:
        return []
    return [(*counted.kind.combination, counted.kind.absent, repr(counted.quantity))]


@pytest.mark.parametrize("name", METERS)
@settings(max_examples=150, deadline=None)
@given(found=st.lists(properties, min_size=1, max_size=8))
def test_events_of_a_batch_count_as_the_engine_measures_each(
    name: str, found: list[dict[str, Any]]
) -> None:
    count = counting(METERS[name], event_name="e")

    for sent in map(event, found):
        assert by_count(count, sent) == by_engine(METERS[name], sent)
