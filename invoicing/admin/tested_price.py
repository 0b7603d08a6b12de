"""A price that is tried out: which questions it has, and what an answer makes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.preview import Preview, billed_at, preview, sample_calendar
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.assembly.terms import ContractTerms, DatedQuantity
from invoicing.rating.price import PriceKind, PriceTerms, PriceVersion, matched_properties
from invoicing.rating.terms.calls import Calls, DurationBasis
from invoicing.rating.terms.fixed import Proration, Recurring, Timing
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.performance import Performance
from invoicing.rating.usage_price import ignores_group_keys
from usage.metering.meter import Meter
from values.calendar import BillingInterval, local_date, local_midnight
from values.exact import plain
from values.money import Rounding
from values.period import Period

NUMBERS = ("direction", "from_number", "to_number", "number_type", "rate_jurisdiction")


@dataclass(frozen=True, slots=True)
class TestedPrice:
    """A price as it would be billed; the time is read in `zone`, versions in the seller's."""

    __test__ = False  # not a test case, whatever its name suggests to pytest

    price: PriceTerms
    meters: Mapping[str, Meter]
    currency: str
    rounding: Rounding
    zone: str
    seller_zone: str

    @property
    def kind(self) -> PriceKind:
        """What it charges for."""
        return self.price.kind

    @property
    def meter(self) -> Meter | None:
        """The meter that it counts."""
        return self.meters.get(self.price.meter or "")

    @property
    def goes_by_value(self) -> bool:
        """Whether each event has its own amount, by what it is worth."""
        return self._any_model(Percentage | Passthrough)

    @property
    def counts_outcomes(self) -> bool:
        """Whether it waits for the window of an outcome."""
        return any(version.outcome for version in self.price.versions)

    @property
    def from_setup(self) -> bool:
        """Whether a call is as long as its session."""
        return any(
            isinstance(version.model, Calls) and version.model.duration_basis is DurationBasis.SETUP
            for version in self.price.versions
        )

    def properties(self) -> list[str]:
        """Return what rates may look at: group keys first; of calls what rows and lines name."""
        if self.kind is PriceKind.CALL:
            return [*NUMBERS, *sorted(set(self._call_properties()).difference(NUMBERS))]
        if self.meter is None or (ignores_group_keys(self.price) and self.price.versions):
            return []
        keys = list(self.meter.group_keys)
        return keys + sorted(matched_properties(self.price).difference(keys))

    def counted_by(self) -> list[str]:
        """Return the names of the quantities by which its allowances are multiplied."""
        names = (version.included and version.included.per for version in self.price.versions)
        return sorted({name for name in names if name})

    def measured(self) -> list[str]:
        """Return the meters that a price of performance measures, the divided one first."""
        found: dict[str, None] = {}
        for version in self.price.versions:
            if isinstance(version.model, Performance):
                measure = version.model.measure
                found |= dict.fromkeys(filter(None, (measure.meter, measure.by)))
        return list(found)

    def looked_at(self) -> list[str]:
        """Return the prices of which a price of performance takes a part."""
        models = [version.model for version in self.price.versions]
        codes = (code for model in models if isinstance(model, Performance) for code in model.of)
        return list(dict.fromkeys(codes))

    def _any_model(self, wanted: object) -> bool:
        return any(isinstance(version.model, wanted) for version in self.price.versions)  # type: ignore[arg-type]

    def _call_properties(self) -> Iterator[str]:
        for version in self.price.versions:
            if isinstance(version.model, Calls):
                yield from (name for row in version.model.rates for name in row.match)
                yield from (name for name in version.model.lines_by if name != "prefix")
                if any(bundle.lines for bundle in version.model.bundles):
                    yield "line"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One case: `values` are quantities, the values of events or the seconds of calls.

    `quantities` are by the names of `counted_by`, `measures` and `amounts` belong to a price of
    performance. Without `days` the whole billing period is billed.
    """

    at: datetime
    values: tuple[Decimal, ...] = ()
    properties: Mapping[str, str] | None = None
    days: int | None = None
    quantities: Mapping[str, Decimal] | None = None
    measures: Mapping[str, Decimal] | None = None
    amounts: Mapping[str, Decimal] | None = None
    rings: int = 0
    is_answered: bool = True


def tried(tested: TestedPrice, asked: Asked) -> Preview:
    """
    Return what one case comes to in the month around its time.

    :raises InvalidTerms: what cannot be asked so.
    """
    billed = _billed(tested, asked)
    terms = tested_terms(tested, asked)
    events: Sequence[SampleEvent] = ()
    quantities: Sequence[SampleQuantity] = ()
    if tested.kind is PriceKind.CALL:
        events = [_call(tested, asked, number, value) for number, value in enumerate(asked.values)]
    elif tested._any_model(Passthrough):
        events = [_cost(tested, asked, number, value) for number, value in enumerate(asked.values)]
    elif tested.meter is not None:
        properties = asked.properties or {}
        quantities = [
            SampleQuantity(tested.meter.code, properties, value, asked.at) for value in asked.values
        ]
    else:
        measures = asked.measures or {}
        quantities = [SampleQuantity(code, {}, measures[code], asked.at) for code in measures]
    return preview(terms=terms, billed=billed, quantities=quantities, events=events)


def _billed(tested: TestedPrice, asked: Asked) -> BilledPeriod:
    whole = billed_at(sample_calendar(BillingInterval.MONTH, tested.zone), asked.at)
    if asked.days is None:
        return whole
    first = local_date(whole.covered.start, tested.zone)
    ends_at = local_midnight(first + timedelta(days=asked.days), tested.zone)
    start = whole.covered.start
    return BilledPeriod(Period(start, min(ends_at, whole.full.end)), whole.full)


def tested_terms(tested: TestedPrice, asked: Asked) -> ContractTerms:
    """Return the terms of a contract that has this price alone, and what the case states."""
    price = tested.price
    if tested.counts_outcomes:
        # What is asked about are outcomes that count: their windows have passed.
        price = replace(price, versions=_without_outcome(price.versions))
    start = _billed(tested, asked).covered.start
    stated = dict(asked.quantities or {})
    if tested.kind is PriceKind.SEAT:
        stated[price.code] = asked.values[0]
    others = tuple(_fee(code, amount) for code, amount in (asked.amounts or {}).items())
    return ContractTerms(
        currency=tested.currency,
        prices=(*others, price),
        meters={
            code: replace(tested.meters[code], filters={}, calls=tested.kind is PriceKind.CALL)
            for code in sorted(price.meters)
        },
        rounding=tested.rounding,
        zone=tested.zone,
        quantities={name: (DatedQuantity(start, size),) for name, size in stated.items()},
    )


def _without_outcome(versions: Sequence[PriceVersion]) -> tuple[PriceVersion, ...]:
    return tuple(replace(version, outcome=None) for version in versions)


def _fee(code: str, amount: Decimal) -> PriceTerms:
    """Return a price whose one line has this amount: what performance takes a part of."""
    model = Recurring(amount, Timing.ARREARS, Proration.NONE)
    return PriceTerms(code, None, (PriceVersion(None, None, code, model),))


def _call(tested: TestedPrice, asked: Asked, number: int, seconds: Decimal) -> SampleEvent:
    answered = asked.at.isoformat()
    properties: dict[str, object] = {**(asked.properties or {})}
    if asked.is_answered:
        set_up = asked.at - timedelta(seconds=asked.rings)
        properties |= {
            "setup_at": set_up.isoformat(),
            "answer_at": answered,
            "duration_seconds": plain(seconds),
        }
    else:
        properties["status"] = "no-answer"
    return _event(tested, f"call {number + 1:03}", asked, properties)


def _cost(tested: TestedPrice, asked: Asked, number: int, value: Decimal) -> SampleEvent:
    meter = tested.meter
    assert meter is not None, "a price of usage has a meter"
    properties: dict[str, object] = {**(asked.properties or {})}
    if meter.property:
        properties[meter.property] = plain(value)
    for version in tested.price.versions:
        if isinstance(version.model, Passthrough):
            properties[version.model.amount_property] = plain(value)
    return _event(tested, f"event {number + 1:03}", asked, properties)


def _event(
    tested: TestedPrice, key: str, asked: Asked, properties: Mapping[str, object]
) -> SampleEvent:
    assert tested.meter is not None, "a price of usage or calls has a meter"
    return SampleEvent(key, tested.meter.event_name, asked.at, properties)
