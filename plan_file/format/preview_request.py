"""
What a preview is asked: prices or a plan, of the book or in the request, a period and usage.

Prices, plans, rate cards and meters are written with the keys of the plan file. What the
request writes goes before what the book holds under the same code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.preview import (
    billed_at,
    billed_between,
    first_lots,
    sample_calendar,
)
from invoicing.assembly.sample_problems import quantity_problems
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.assembly.terms import ContractTerms, DatedQuantity, MinimumCommitment
from invoicing.credits.grants import GrantBalance
from invoicing.rating.price import PriceKind, PriceTerms
from plan_file.format.identity import is_currency, read_currency, read_timezone
from plan_file.format.plans import Plan
from plan_file.format.preview_book import PreviewBook
from plan_file.format.preview_limits import refuse_long_lists
from plan_file.format.preview_prices import read_priced
from plan_file.format.preview_usage import read_events, read_usage
from plan_file.format.quantities import read_quantities
from values.calendar import BillingInterval
from values.fields import Keys, Place, Section, did_you_mean
from values.period import Period
from values.problems import InvalidTerms

KEYS = Keys(
    (
        *("price", "plan", "currency", "timezone", "period", "quantities", "usage", "events"),
        *("meters", "rate_cards"),
    )
)
PERIOD_KEYS = Keys(("from", "to"))


@dataclass(frozen=True)
class PreviewRequest:
    """Everything that the preview takes; `zone` is the customer's, `book_zone` the book's."""

    terms: ContractTerms
    billed: BilledPeriod
    book_zone: str
    grants: tuple[GrantBalance, ...] = ()
    quantities: tuple[SampleQuantity, ...] = ()
    events: tuple[SampleEvent, ...] = ()


def read_preview(place: Place, book: PreviewBook, *, now: datetime) -> PreviewRequest | None:
    """
    Return the question, None where any part of it has a problem.

    Without a period it is the billing period around the first usage that has a time, else
    around `now`.
    """
    if refuse_long_lists(place):
        return None
    section = place.section(KEYS)
    currency = section.read_or("currency", book.currency, read_currency)
    zone = section.read_or("timezone", book.timezone, read_timezone)
    priced = read_priced(section, book, currency)
    events = read_events(section)
    asked = read_usage(section, zone=book.timezone)
    times = [*(each.occurred_at for each in events), *(each.at for each in asked if each.at)]
    interval = priced.plan.billing_period if priced.plan else BillingInterval.MONTH
    calendar = sample_calendar(interval, zone)
    around = billed_at(calendar, min(times, default=now))
    billed = section.read_or("period", around, lambda each: _read_period(each, interval, zone))
    starts_at = billed.covered.start
    stated = section.read_or(
        "quantities", {}, lambda each: read_quantities(each, starts_at=starts_at, zone=zone)
    )
    _refuse_unknown_quantities(section, stated, priced.prices)
    _refuse_unsold(section, book)
    if not (currency or (priced.plan and priced.plan.currency)):
        section.need("currency")
    terms = section.build(
        lambda: ContractTerms(
            currency=_currency(section, priced.plan, currency),
            prices=priced.prices,
            meters=priced.read_meters(),
            rounding=book.rounding,
            zone=zone,
            quantities=stated,
            commitments=_commitments(priced.plan),
        )
    )
    if terms is None:
        return None
    quantities = tuple(
        SampleQuantity(each.meter, each.dimensions, each.quantity, each.at or starts_at)
        for each in asked
    )
    found = quantity_problems(terms, quantities, events, period=billed.covered)
    place.below("usage", None).attach(InvalidTerms(found))
    return section.build(
        lambda: PreviewRequest(
            terms=terms,
            billed=billed,
            book_zone=book.timezone,
            grants=first_lots(priced.plan.grants, billed, calendar) if priced.plan else (),
            quantities=quantities,
            events=events,
        )
    )


def _currency(section: Section, plan: Plan | None, currency: str | None) -> str:
    """Return what the request says, else the plan's, else the seller's."""
    return plan.currency if plan and not section.get("currency") else currency or ""


def _refuse_unsold(section: Section, book: PreviewBook) -> None:
    """Name a currency that no plan can be sold in here; one that is none was named before."""
    plan = section.get("plan")
    of_plan = dict(plan.entries()) if plan and isinstance(plan.value, dict) else {}
    for place in (section.get("currency"), of_plan.get("currency")):
        code = place.value if place else None
        if not book.currencies or code in book.currencies or not is_currency(code):
            continue
        assert place is not None, "a code stands somewhere"
        place.problem(f"nothing is sold in {code} here; these are: {', '.join(book.currencies)}")


def _commitments(plan: Plan | None) -> tuple[MinimumCommitment, ...]:
    if plan is None or plan.minimum_commitment is None:
        return ()
    return (MinimumCommitment(plan.minimum_commitment, plan.commitment_tax_code),)


def _read_period(place: Place, interval: BillingInterval, zone: str) -> BilledPeriod:
    section = place.section(PERIOD_KEYS)
    start_place = section.need("from")
    calendar = sample_calendar(interval, zone)
    starts_at = start_place.instant(zone) if start_place else None
    ends_at = section.instant_or("to", None, zone=zone)
    if starts_at is None or starts_at.tzinfo is None:
        return billed_at(calendar, calendar.start)
    if ends_at is None or ends_at.tzinfo is None:
        whole = calendar.full_period_at(starts_at)
        return BilledPeriod(Period(starts_at, whole.end), whole)
    if ends_at <= starts_at:
        section.places["to"].problem("must be after from")
        return billed_at(calendar, calendar.start)
    return billed_between(calendar, Period(starts_at, ends_at))


def _refuse_unknown_quantities(
    section: Section,
    stated: Mapping[str, Sequence[DatedQuantity]],
    prices: Sequence[PriceTerms],
) -> None:
    place = section.get("quantities")
    if place is None:
        return
    known = sorted(
        {price.code for price in prices if price.kind is PriceKind.SEAT}
        | {
            version.included.per
            for price in prices
            for version in price.versions
            if version.included is not None and version.included.per is not None
        }
    )
    for name in stated:
        if name not in known:
            listed = ", ".join(known) or "none"
            place.below(name, None).problem(
                f"no price asked about counts these{did_you_mean(name, known)}; "
                f"they count: {listed}"
            )
