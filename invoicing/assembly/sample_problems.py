"""What cannot be asked about: quantities that no price could charge as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.assembly.terms import ContractTerms, rated_properties
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.passthrough import Passthrough
from usage.metering.meter import Aggregation, Meter
from values.exact import plain, total
from values.period import Period
from values.problems import Problem

MOST_THINGS = 10_000
"""As many different things a meter may be asked to count."""
LARGEST_QUANTITY = 10**12
_WHOLE = (Aggregation.COUNT, Aggregation.UNIQUE_COUNT)


def quantity_problems(
    terms: ContractTerms,
    quantities: Sequence[SampleQuantity],
    events: Sequence[SampleEvent] = (),
    *,
    period: Period | None = None,
) -> list[Problem]:
    """
    Return what is wrong with each quantity: its index and key, and what to write instead.

    Those outside of a `period` are wrong, too.
    """
    names = {event.event_name for event in events}
    found: list[Problem] = []
    for index, asked in enumerate(quantities):
        meter = terms.meters.get(asked.meter)
        own = [Problem(("meter",), unknown_meter(terms, asked.meter))] if meter is None else []
        if meter is not None:
            own += _of_meter(terms, meter, names)
            own += _of_dimensions(terms, meter, asked)
            own += _of_quantity(meter, asked)
        if period is not None and not period.contains(asked.at):
            own.append(Problem(("occurred_at",), "lies outside the period"))
        found += [problem.under(index) for problem in own]
    things = total(
        asked.quantity
        for asked in quantities
        if asked.meter in terms.meters
        and terms.meters[asked.meter].aggregation is Aggregation.UNIQUE_COUNT
    )
    if things > MOST_THINGS:
        found.append(
            Problem((), f"asks to count {plain(things)} things, more than {MOST_THINGS:,}")
        )
    return found


def unknown_meter(terms: ContractTerms, code: str) -> str:
    """Return that no price looks at a meter of this code, with those that they look at."""
    known = ", ".join(sorted(terms.meters)) or "none"
    return f"no price asked about looks at a meter '{code}'; they look at: {known}"


def _of_meter(terms: ContractTerms, meter: Meter, names: set[str]) -> Iterator[Problem]:
    looks = [price for price in terms.prices if price.meter == meter.code]
    if meter.calls:
        yield Problem(("meter",), f"{meter.code} counts calls: send them as events")
    elif any(_needs_events(price) for price in looks):
        yield Problem(
            ("meter",), f"the price of {meter.code} looks at each event: send them as events"
        )
    elif meter.action_property is not None and not meter.adds_up:
        yield Problem(("meter",), f"{meter.code} values actions: send them as events")
    elif meter.event_name in names:
        yield Problem(("meter",), f"events of {meter.code} are sent, too: send one or the other")


def _needs_events(price: PriceTerms) -> bool:
    return any(
        version.outcome is not None or isinstance(version.model, Passthrough)
        for version in price.versions
    )


def _of_dimensions(terms: ContractTerms, meter: Meter, asked: SampleQuantity) -> Iterator[Problem]:
    known = rated_properties(terms, meter.code)
    for name in asked.dimensions:
        if name not in known:
            listed = ", ".join(known) or "none"
            message = f"is no property that {meter.code} is priced by; those are: {listed}"
            yield Problem(("dimensions", name), message)


def _of_quantity(meter: Meter, asked: SampleQuantity) -> Iterator[Problem]:
    quantity = asked.quantity
    if abs(quantity) > LARGEST_QUANTITY:
        yield Problem(("quantity",), f"is more than {LARGEST_QUANTITY:,}")
    elif quantity < 0 and not meter.takes_negative:
        yield Problem(("quantity",), f"is negative, and {meter.code} allows no corrections")
    elif meter.aggregation in _WHOLE and quantity != int(quantity):
        yield Problem(("quantity",), f"{meter.code} counts: write a whole number")
