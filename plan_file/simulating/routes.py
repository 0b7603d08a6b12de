"""Where the events of one name of one customer go: which meters take them, and at what price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.assembly.terms import rated_properties
from invoicing.rating.price import PriceKind, PriceTerms
from invoicing.rating.terms.performance import Performance
from plan_file.format.contracts import Contract
from plan_file.simulating.agreements import Agreement
from usage.metering.filters import passes
from usage.metering.meter import Meter

_Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Taking:
    """
    A meter that a contract prices, and when.

    `is_measured`: an event must have a value for it; that of a call is judged when it is rated.
    """

    place: int
    meter: Meter
    price: str
    also: tuple[str, ...]
    is_measured: bool
    spans: tuple[_Span, ...]

    def takes(self, at: datetime, properties: Mapping[str, object]) -> bool:
        """Return whether a price of the meter is in force and its filters let the event pass."""
        for since, until in self.spans:
            if since <= at and (until is None or at < until):
                return not self.meter.filters or passes(self.meter, properties)
        return False


@dataclass(frozen=True, slots=True)
class Route:
    """
    What becomes of the events of one name of one customer, as calls or as what they are.

    `stream` is where they are kept, `customer` their external id. `successes` are the contracts
    whose outcomes count events of that name, `reverses` tells whether one of them takes outcomes
    back for it.
    """

    stream: int
    customer: str
    meters: tuple[Meter, ...]
    takings: tuple[Taking, ...]
    successes: tuple[Contract, ...] = ()
    reverses: bool = False

    def feeds_outcomes(self, at: datetime) -> bool:
        """Return whether an outcome looks at an event of that time."""
        return self.reverses or any(contract.runs_at(at) for contract in self.successes)


def takings(agreements: Sequence[Agreement], meters: Sequence[Meter]) -> tuple[Taking, ...]:
    """Return each of the meters that a contract prices, by contract."""
    return tuple(
        taking
        for place, agreement in enumerate(agreements)
        for meter in meters
        if (taking := _taking(place, agreement, meter)) is not None
    )


def outcome_names(agreement: Agreement) -> Iterator[tuple[str, bool]]:
    """Yield the names of the events that the contract's outcomes look at; True of a success."""
    for price in agreement.terms.prices:
        for version in price.versions:
            if version.outcome is not None:
                yield version.outcome.success_event, True
                for name in version.outcome.reversal_events:
                    yield name, False


def _taking(place: int, agreement: Agreement, meter: Meter) -> Taking | None:
    prices = [price for price in agreement.terms.prices if meter.code in price.meters]
    if not prices:
        return None
    return Taking(
        place=place,
        meter=meter,
        price=prices[0].code,
        also=rated_properties(agreement.terms, meter.code),
        is_measured=any(price.kind is not PriceKind.CALL for price in prices),
        spans=tuple(span for price in prices for span in _spans(price, agreement, meter)),
    )


def _spans(price: PriceTerms, agreement: Agreement, meter: Meter) -> Iterator[_Span]:
    contract = agreement.contract
    for version in price.versions:
        if isinstance(version.model, Performance):
            measure = version.model.measure
            if meter.code not in (measure.meter, measure.by):
                continue
        since = max(contract.start, version.effective_from or contract.start)
        ends = [end for end in (contract.end, version.effective_to) if end is not None]
        yield since, min(ends, default=None)
