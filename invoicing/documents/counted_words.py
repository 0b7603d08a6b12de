"""What was counted, in words: how many events, and what the meter made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.documents.formats import quantity
from invoicing.documents.step_words import Step
from invoicing.rating.calculation import Numbers

_AGGREGATIONS = {
    "count": "each counted once",
    "sum": "their {summed} added up",
    "max": "the highest {summed} of them",
    "latest": "the latest {summed} of them",
    "unique_count": "each different {summed} counted once",
    "calls": "each rated by itself",
    "credits": "each counted by the credits of its action",
    "weighted_sum": "the level of {summed}, weighed by how long it held",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """
    What stands behind a line, as its row and its meter say.

    `meter` is empty for a fee. `summed` is the property that is added up, empty where the
    events are counted; another `aggregation` is named, in the plan file's word or as
    ``credits`` of actions or ``calls``. `keys` are the properties that make separate lines,
    with their values in `dimensions`; `time` is the first and last day.
    """

    quantity: Decimal
    unit: str
    rate: Decimal | None
    exact_amount: Decimal
    amount: Decimal
    currency: str
    time: str
    meter: str = ""
    summed: str = ""
    keys: Sequence[str] = ()
    dimensions: Mapping[str, str] | None = None
    events: int | None = None
    aggregation: str = ""


def counted_step(counted: Counted, step: Numbers | None, *, unit: str) -> Iterator[Step]:
    """
    Return the step that says what the line is for.

    The trace's count goes before the line's quantity, which is what was made of it; it is in
    `unit`, the meter's before conversion.
    """
    if not counted.meter:
        yield Step("What it is for", f"A charge for {counted.time}; it does not count usage.")
        return
    total = step.get("quantity") if step else None
    makes = quantity(counted.quantity, counted.unit) if total is None else quantity(total, unit)
    number = counted.events if step is None or step.get("events") is None else step.number("events")
    events = "events" if number is None else quantity(Decimal(number), "event")
    yield Step(
        "What was counted",
        f"{counted.meter}: {events} of {counted.time}, {_how(counted, step)}. That makes {makes}.",
        tuple(_dimension(key, counted.dimensions or {}) for key in counted.keys),
    )


def spaced(name: str) -> str:
    """Return a property's name as words: ``call outcome``."""
    return name.replace("_", " ").strip() or name


def _how(counted: Counted, step: Numbers | None) -> str:
    stated = counted.aggregation or (step.text("aggregation") if step else "")
    aggregation = stated or ("sum" if counted.summed else "count")
    words = _AGGREGATIONS.get(aggregation, aggregation.replace("_", " "))
    return words.format(summed=spaced(counted.summed) or "value")


def _dimension(key: str, values: Mapping[str, str]) -> str:
    return f"{spaced(key).capitalize()}: {values.get(key, 'not given')}"
