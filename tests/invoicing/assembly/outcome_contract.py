"""A support agent that is paid by the resolved ticket, for tests of outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import NOTHING_CARRIED
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.metered import rate_metered
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.credits.grants import GrantBalance
from invoicing.rating.lines import Rated
from invoicing.rating.price import Model, PriceTerms, PriceVersion
from invoicing.rating.terms.outcome import OutcomeRule
from invoicing.rating.terms.per_unit import PerUnit
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent
from values.calendar import BillingCalendar, BillingInterval

START = datetime(2026, 11, 1, tzinfo=UTC)
METER = Meter("TICKET", "Tickets", "resolved", Aggregation.COUNT, None, (), "ticket")
RULE = OutcomeRule("resolved", ("reopened", "rejected"), "ticket_id", 72)
ONE_DOLLAR = PerUnit(unit_price=Decimal("1.00"))

Named = tuple[str, MeteredEvent]


def at(month: int, day: int, hour: int = 0) -> datetime:
    """Return a time of 2026; month 13 is January of 2027."""
    year, index = divmod(month - 1, 12)
    return datetime(2026 + year, index + 1, day, hour, tzinfo=UTC)


def event(name: str, when: datetime, ticket: object = "T1", **properties: object) -> Named:
    """Return an event about a ticket."""
    known = {} if ticket is None else {"ticket_id": ticket}
    key = f"{name}-{ticket}-{when:%m%dT%H%M}"
    return name, MeteredEvent(when, key, {**known, **properties})


def version(
    model: Model = ONE_DOLLAR,
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
    outcome: OutcomeRule | None = RULE,
) -> PriceVersion:
    """Return a version of the price of a resolved ticket."""
    return PriceVersion(begins, ends, "Resolved tickets", model, outcome=outcome)


def contract(
    *versions: PriceVersion, meter: Meter = METER, end: datetime | None = None
) -> ContractTerms:
    """Return a contract by the month from November 2026 on."""
    return ContractTerms(
        "USD",
        (PriceTerms("tickets", meter.code, versions or (version(),)),),
        {meter.code: meter},
        starts_at=START,
        calendar=BillingCalendar(BillingInterval.MONTH, 1, "UTC", START, end),
    )


def usage_of(terms: ContractTerms, events: Iterable[Named]) -> GivenUsage:
    """Return a reader of the events, in any order."""
    named: dict[str, list[MeteredEvent]] = {}
    for name, one in events:
        named.setdefault(name, []).append(one)
    meters = {code: named.get(meter.event_name, ()) for code, meter in terms.meters.items()}
    return GivenUsage(readings=meters, by_name=named)


def billed(terms: ContractTerms, month: int) -> BilledPeriod:
    """Return the billing period that a month begins."""
    assert terms.calendar is not None
    covered = terms.calendar.period_at(at(month, 1))
    return BilledPeriod(covered, terms.calendar.full_period_at(covered.start))


def rated(
    terms: ContractTerms,
    month: int | BilledPeriod,
    events: Sequence[Named],
    *,
    grants: Sequence[GrantBalance] = (),
) -> Rated:
    """Return what the outcomes of a month come to."""
    period = month if isinstance(month, BilledPeriod) else billed(terms, month)
    return rate_metered(
        terms=terms,
        billed=period,
        usage=usage_of(terms, events),
        carried=NOTHING_CARRIED,
        sliced_at=cuts(terms, grants, period.covered),
    ).by_price["tickets"]


def lines(terms: ContractTerms, month: int, events: Sequence[Named]) -> list[tuple[str, str, str]]:
    """Return description, quantity and amount of the lines of a month."""
    found = rated(terms, month, events).lines
    return [(line.description, str(line.quantity), str(line.amount)) for line in found]
