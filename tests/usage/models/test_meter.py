"""The row of a meter, and what the database keeps of it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import factories as make
from usage.metering.meter import Aggregation
from usage.models import Meter

pytestmark = pytest.mark.django_db

PARTS: dict[str, Any] = {
    "filters": {"kind": ["ai"], "tokens": {"gte": "10"}},
    "event_rounding": {"mode": "up", "increment": "60"},
    "quantity_rounding": {"mode": "half_up", "places": 2},
    "unit_conversion": {"divide_by": "1000", "label": "1K tokens", "round": "up"},
    "action_property": "action",
    "credit_units": [
        {"units": {"email": "1"}},
        {"effective_from": "2024-07-01T04:00:00Z", "units": {"email": "2"}},
    ],
}


def meter(**columns: Any) -> Meter:
    return Meter.objects.create(
        **{
            "legal_entity": make.northwind(),
            "code": "M",
            "display_name": "M",
            "event_name": "call",
            "aggregation": "sum",
            "property": "tokens",
            **columns,
        }
    )


def test_a_row_holds_every_part_of_a_meter() -> None:
    row = meter(**PARTS, calls=True)
    terms = Meter.objects.get(pk=row.pk).terms()
    copy = Meter()
    copy.take_parts(terms)

    assert terms.calls
    assert {name: getattr(copy, name) for name in PARTS} == PARTS


def test_a_row_without_parts_is_a_plain_meter() -> None:
    terms = meter().terms()
    copy = Meter()
    copy.take_parts(terms)

    assert (terms.filters, terms.credit_units, terms.event_rounding) == ({}, (), None)
    assert {name: getattr(copy, name) for name in PARTS} == {
        name: getattr(Meter(), name) for name in PARTS
    }


@pytest.mark.parametrize(
    "columns",
    [
        {"aggregation": "count", "property": ""},
        {"aggregation": "sum", "property": "", "calls": True},
        {"aggregation": "count", "property": "", "calls": True},
        {
            "aggregation": "max",
            "property": "",
            "action_property": "action",
            "credit_units": [{"units": {"a": "1"}}],
        },
        *({"aggregation": kind.value} for kind in Aggregation if kind != "count"),
    ],
)
def test_a_meter_that_counts_something_is_kept(columns: dict[str, Any]) -> None:
    assert meter(**columns).terms().aggregation == columns["aggregation"]


@pytest.mark.parametrize(
    "columns",
    [
        {"aggregation": "count"},
        {"aggregation": "sum", "property": ""},
        {"aggregation": "weighted_sum", "property": ""},
        {"aggregation": "unique_count", "property": "", "calls": True},
        {"aggregation": "unique_count", "property": "", "action_property": "action"},
    ],
)
def test_a_meter_that_counts_nothing_is_refused(columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="meter_property_where_it_is_aggregated"):
        meter(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"filters": {}},
        {"event_rounding": {}},
        {"action_property": "task"},
        {"calls": True},
        {"credit_units": []},
        {"credit_units": [{"units": {"email": "3"}}]},
    ],
)
def test_what_has_counted_counts_as_before(columns: dict[str, Any]) -> None:
    row = meter(**PARTS)
    Meter.objects.filter(pk=row.pk).update(**columns)
    Meter.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in columns})
    row.dimension_sets.create(values={}, digest=b"1")

    with pytest.raises(IntegrityError, match="has counted events"), transaction.atomic():
        Meter.objects.filter(pk=row.pk).update(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"quantity_rounding": {}, "unit_conversion": {}},
        {"credit_units": [*PARTS["credit_units"], {"effective_from": "2030-01-01",
                                                   "units": {"email": "3"}}]},
        {"credit_units": [{"units": {"email": "1", "voice": "15"}}, PARTS["credit_units"][1]]},
    ],
)  # fmt: skip
def test_what_no_price_is_for_yet_and_credits_to_come_may_change(
    columns: dict[str, Any],
) -> None:
    row = meter(**PARTS)
    row.dimension_sets.create(values={}, digest=b"1")

    assert Meter.objects.filter(pk=row.pk).update(**columns) == 1
