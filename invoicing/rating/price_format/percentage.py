"""The keys of prices that are a percentage of each event's value."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.terms.percentage import Percentage
from values.exact import plain
from values.fields import Section

MOST_FREE_EVENTS = 10**15


def read_percentage(section: Section) -> Percentage | None:
    """Return the terms, None where they have problems."""
    percent_place = section.need("percent")
    percent = percent_place.decimal() if percent_place else Decimal(0)
    fixed_fee = section.decimal_or("fixed_fee", Decimal(0))
    free_events = section.whole_or("free_events", None, most=MOST_FREE_EVENTS)
    free_amount = section.decimal_or("free_amount", None)
    minimum = section.decimal_or("minimum_per_event", None)
    maximum = section.decimal_or("maximum_per_event", None)
    return section.build(
        lambda: Percentage(
            percent=percent,
            fixed_fee=fixed_fee,
            free_events=free_events,
            free_amount=free_amount,
            minimum_per_event=minimum,
            maximum_per_event=maximum,
        )
    )


def percentage_as_json(model: Percentage) -> dict[str, object]:
    """Return the keys that `read_percentage` reads."""
    return {
        "percent": plain(model.percent),
        "fixed_fee": plain(model.fixed_fee) if model.fixed_fee else None,
        "free_events": model.free_events,
        "free_amount": _number(model.free_amount),
        "minimum_per_event": _number(model.minimum_per_event),
        "maximum_per_event": _number(model.maximum_per_event),
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
