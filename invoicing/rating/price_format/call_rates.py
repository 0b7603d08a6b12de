"""The keys of one row of call rates, in `rates` or as the columns of a `rates_file`."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.match import Match
from invoicing.rating.match_format import match_as_json, parse_match
from invoicing.rating.terms.call_rate import MOST_SECONDS, CallRate, RateStep
from values.exact import plain
from values.fields import Keys, Place, Section
from values.problems import InvalidTerms

RATE_KEYS = Keys(
    (
        *("direction", "number_type", "prefix", "band", "rate_per_minute", "initial_seconds"),
        *("increment_seconds", "connect_fee", "minimum_charge", "maximum_charge"),
        *("rate_jurisdiction", "match", "tax_code", "steps"),
    )
)
STEP_KEYS = Keys(("from_second", "price", "per_seconds", "increment_seconds"))

_SCOPE = ("direction", "number_type", "band", "rate_jurisdiction", "tax_code")
_INCREMENT = "increment_seconds"
_MINUTE = 60
_NOTHING = Decimal(0)


def read_rate(place: Place) -> CallRate | None:
    """Return the row, None where it has problems."""
    section = place.section(RATE_KEYS)
    scope = {key: section.text_or(key, None) for key in _SCOPE}
    prefix = section.read_or("prefix", "", _read_prefix)
    match = section.read_or("match", {}, _read_match)
    rate = section.decimal_or("rate_per_minute", None)
    initial, increment = _seconds(section, "initial_seconds"), _seconds(section, _INCREMENT)
    steps = _read_steps(section, increment)
    connect_fee = section.decimal_or("connect_fee", _NOTHING)
    minimum_charge = section.decimal_or("minimum_charge", None)
    maximum_charge = section.decimal_or("maximum_charge", None)
    return section.build(
        lambda: CallRate(
            prefix=prefix,
            match=match,
            rate_per_minute=rate,
            initial_seconds=initial,
            increment_seconds=increment,
            steps=steps,
            connect_fee=connect_fee,
            minimum_charge=minimum_charge,
            maximum_charge=maximum_charge,
            **scope,
        )
    )


def rate_as_json(row: CallRate) -> dict[str, object]:
    """Return the keys that `read_rate` reads, defaults left out."""
    by_minute = not row.steps
    low, high = row.minimum_charge, row.maximum_charge
    rate = row.rate_per_minute
    written: dict[str, object] = {
        "direction": row.direction,
        "number_type": row.number_type,
        "prefix": row.prefix or None,
        "band": row.band,
        "rate_per_minute": None if rate is None else plain(rate),
        "initial_seconds": _unusual(row.initial_seconds) if by_minute else None,
        "increment_seconds": _unusual(row.increment_seconds) if by_minute else None,
        "connect_fee": plain(row.connect_fee) if row.connect_fee else None,
        "minimum_charge": None if low is None else plain(low),
        "maximum_charge": None if high is None else plain(high),
        "rate_jurisdiction": row.rate_jurisdiction,
        "match": match_as_json(row.match) or None,
        "tax_code": row.tax_code,
        "steps": [_step_as_json(step) for step in row.steps] or None,
    }
    return {key: value for key, value in written.items() if value is not None}


def _read_prefix(place: Place) -> str:
    # An empty prefix is the catch-all, where an empty text is otherwise a mistake.
    return "" if place.value == "" else place.text()


def _read_match(place: Place) -> Match:
    if not isinstance(place.value, dict):
        place.problem("must be a mapping")
        return {}
    try:
        return parse_match(place.value)
    except InvalidTerms as error:
        place.attach(error)
        return {}


def _seconds(section: Section, key: str) -> int:
    return section.whole_or(key, _MINUTE, most=MOST_SECONDS)


def _read_steps(section: Section, increment: int) -> tuple[RateStep, ...]:
    """Return the steps; one that states no increment has that of its row."""
    initial = section.get("initial_seconds")
    steps = section.items("steps")
    if steps and initial is not None:
        initial.problem("stands beside steps, which have their own increments")
    read = [_read_step(item, increment) for item in steps]
    return tuple(step for step in read if step is not None)


def _read_step(place: Place, increment: int) -> RateStep | None:
    section = place.section(STEP_KEYS)
    from_place, price_place = section.need("from_second"), section.need("price")
    from_second = from_place.whole(least=0, most=MOST_SECONDS) if from_place else 0
    price = price_place.decimal() if price_place else _NOTHING
    per_seconds = _seconds(section, "per_seconds")
    increment_seconds = section.whole_or(_INCREMENT, increment, most=MOST_SECONDS)
    return section.build(lambda: RateStep(from_second, price, per_seconds, increment_seconds))


def _step_as_json(step: RateStep) -> dict[str, object]:
    return {
        "from_second": step.from_second,
        "price": plain(step.price),
        "per_seconds": step.per_seconds,
        "increment_seconds": step.increment_seconds,
    }


def _unusual(seconds: int) -> int | None:
    return None if seconds == _MINUTE else seconds
