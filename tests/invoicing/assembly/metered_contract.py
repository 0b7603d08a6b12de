"""A contract of minutes in New York, its bills by month, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import takewhile

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import NOTHING_CARRIED, Carried
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.metered import Metered, rate_metered
from invoicing.assembly.terms import ContractTerms, DatedQuantity, cuts
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, PriceVersion, UsageModel
from invoicing.rating.terms.allowance import Included
from invoicing.rating.terms.per_unit import PerUnit
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent
from values.calendar import BillingCalendar, BillingInterval, local_midnight
from values.exact import plain

ZONE = "America/New_York"
MINUTES = Meter(
    code="MINUTES",
    display_name="Minutes",
    event_name="call",
    aggregation=Aggregation.SUM,
    property="minutes",
    group_keys=(),
    unit="minute",
    allows_negative=True,
)
ONE = PerUnit(unit_price=Decimal(1))


def at(month: int, number: int = 1, year: int = 2024) -> datetime:
    """Return a local midnight."""
    return local_midnight(date(year, month, number), ZONE)


def minutes(
    code: str = "minutes",
    *,
    included: Included | None = None,
    model: UsageModel = ONE,
    meter: str = "MINUTES",
) -> PriceTerms:
    """Return a price of minutes that never changes."""
    version = PriceVersion(None, None, code.title(), model, included=included)
    return PriceTerms(code, meter, (version,))


def included(quantity: int | str, **stated: object) -> Included:
    """Return an allowance."""
    return Included(Decimal(quantity), **stated)  # type: ignore[arg-type]


def contract(
    *prices: PriceTerms,
    start: datetime | None = None,
    end: datetime | None = None,
    anchor_day: int = 1,
    interval: BillingInterval = BillingInterval.MONTH,
    meters: Sequence[Meter] = (MINUTES,),
    quantities: Mapping[str, Sequence[tuple[datetime, int]]] | None = None,
    phase_starts: Sequence[datetime] = (),
) -> ContractTerms:
    """Return a contract from 1 November 2024 on, billed by month."""
    begins = start or at(11)
    return ContractTerms(
        currency="USD",
        prices=prices,
        meters={meter.code: meter for meter in meters},
        zone=ZONE,
        starts_at=begins,
        quantities={
            name: tuple(DatedQuantity(since, Decimal(quantity)) for since, quantity in rows)
            for name, rows in (quantities or {}).items()
        },
        phase_starts=tuple(phase_starts),
        calendar=BillingCalendar(interval, anchor_day, ZONE, begins, end),
    )


def call(
    month: int, day: int, quantity: int | str, *, year: int = 2024, key: str = "", **more: object
) -> MeteredEvent:
    """Return a call at the beginning of a local day."""
    properties = {"minutes": quantity, **more}
    return MeteredEvent(at(month, day, year), key or f"{month}-{day}", properties)


def given(*events: MeteredEvent, meter: str = "MINUTES") -> GivenUsage:
    """Return the events of one meter."""
    return GivenUsage(readings={meter: events})


def periods(terms: ContractTerms, until: datetime) -> Iterator[BilledPeriod]:
    """Yield the billing periods that begin before an instant."""
    assert terms.calendar is not None
    assert terms.starts_at is not None
    found = terms.calendar.periods_from(terms.starts_at)
    for covered in takewhile(lambda period: period.start < until, found):
        yield BilledPeriod(covered, terms.calendar.full_period_at(covered.start))


def metered(
    terms: ContractTerms, usage: GivenUsage, until: datetime | None = None
) -> list[Metered]:
    """Return what each period comes to, one after the other; without `until` only the first."""
    assert terms.starts_at is not None
    carried: Carried = NOTHING_CARRIED
    results = []
    for billed in periods(terms, until or terms.starts_at.replace(microsecond=1)):
        result = rate_metered(
            terms=terms,
            billed=billed,
            usage=usage,
            carried=carried,
            sliced_at=cuts(terms, (), billed.covered),
        )
        carried = result.carried
        results.append(result)
    return results


def lines(result: Metered) -> list[Line]:
    """Return all lines in order."""
    return [line for rated in result.by_price.values() for line in rated.lines]


def rows(printed: Iterable[Line]) -> list[str]:
    """Return each line as ``description: quantity = amount``, with what is left."""
    return [
        f"{line.description}: {plain(line.quantity)} = {line.amount}"
        + ("" if line.left is None else f" ({plain(line.left)} left)")
        for line in printed
    ]


def in_phases(price: PriceTerms, *phases: tuple[datetime, Included | None]) -> PriceTerms:
    """Return the price as it is when phases from an instant on change its allowance."""
    (version,) = price.versions
    begins: list[datetime | None] = [None, *(since for since, _ in phases)]
    ends: list[datetime | None] = [*begins[1:], None]
    stated = [version.included, *(included for _, included in phases)]
    versions = tuple(
        replace(version, effective_from=start, effective_to=end, included=allowed)
        for start, end, allowed in zip(begins, ends, stated, strict=True)
    )
    return replace(price, versions=versions)
