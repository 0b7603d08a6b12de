"""Usage in, full invoice out: what a plan would bill, by the one invoice function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from catalog.models import Plan, PlanPrice, PriceVersion, RateCardVersion
from catalog.queries.draft_in_place import AsIf, draft_in_place
from invoicing.assembly.bill import usage_bill
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.queries.computation import tax_calculator
from invoicing.tax.interface import TaxCalculator, TaxStopped
from invoicing.tax.unregistered import NoTaxRegistered
from usage.metering.meter import Aggregation
from usage.metering.quantity import Quantity
from values.calendar import BillingCalendar, BillingInterval, local_midnight
from values.exact import plain
from values.money import Rounding
from values.period import Period


@dataclass(frozen=True, slots=True)
class UsageRow:
    """How much of a meter one combination of its group keys made."""

    meter: str
    dimensions: Mapping[str, str]
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """The invoice, before any credit; `tax_words` say why it has no taxes where it should."""

    result: InvoiceResult
    tax_words: str


def plan_to_preview(*, plan_id: int) -> Plan:
    """
    Return a plan with all that its preview reads, in constant queries.

    :raises Plan.DoesNotExist:
    """
    items = PlanPrice.objects.select_related("price__meter").prefetch_related(
        "price__versions__rate_card__meter", "price__versions__rate_card__versions__entries"
    )
    plans = Plan.objects.select_related("legal_entity")
    return plans.prefetch_related(Prefetch("items", queryset=items)).get(pk=plan_id)


def plan_preview(
    *,
    plan: Plan,
    currency: str,
    day: date,
    usage: Sequence[UsageRow],
    now: datetime,
    with_drafts: bool = False,
) -> PlanPreview:
    """
    Return the invoice of the billing period around a day on which all this usage happened.

    Days are the seller's. `with_drafts` puts the newest draft of each price and rate card in
    the place of what is published.

    :raises InvalidTerms: the plan's prices do not hold together.
    """
    terms = _terms(plan, currency, _drafts(plan, now=now) if with_drafts else [])
    zone = plan.legal_entity.timezone
    used_at = local_midnight(day, zone)
    period = _period(plan, used_at)
    inside = period.split(cuts(terms, (), period))
    part = next(part for part in inside if part.contains(used_at))
    quantities: dict[str, list[Quantity]] = {code: [] for code in terms.meters}
    for row in usage:
        counted = terms.meters[row.meter].aggregation == Aggregation.COUNT
        quantities[row.meter].append(
            Quantity(
                tuple(sorted(row.dimensions.items())),
                part,
                row.quantity,
                int(row.quantity) if counted else 1,
            )
        )

    def assembled(tax: TaxCalculator) -> InvoiceResult:
        return assemble_invoice(
            terms=terms,
            bill=usage_bill(period, issue_date=day, due_date=day),
            usage=GivenUsage(quantities),
            grants=(),
            tax=tax,
        )

    try:
        return PlanPreview(assembled(tax_calculator(plan.legal_entity)), "")
    except TaxStopped:
        return PlanPreview(
            assembled(NoTaxRegistered()), "The seller's tax registration is not decided yet."
        )


def offered_combinations(*, plan: Plan) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return (meter, dimensions) of each combination that a rate of the plan names in full."""
    offered: dict[tuple[str, tuple[tuple[str, str], ...]], None] = {}
    for item in plan.items.all():
        meter = item.price.meter
        cards = [v.rate_card for v in item.price.versions.all() if v.rate_card is not None]
        entries = [e for card in cards for v in card.versions.all() for e in v.entries.all()]
        if not cards:
            offered[meter.code, ()] = None
        for entry in entries:
            match = {key: entry.match.get(key) for key in meter.group_keys}
            if all(isinstance(value, str) and value != "*" for value in match.values()):
                offered[meter.code, tuple(match.items())] = None
    return list(offered)


def _terms(plan: Plan, currency: str, drafts: Sequence[AsIf]) -> ContractTerms:
    prices = []
    for item in plan.items.all():
        price = item.price.terms()
        for as_if in drafts:
            price = as_if(price)
        prices.append(price)
    return ContractTerms(
        currency=currency,
        prices=tuple(prices),
        meters={item.price.meter.code: item.price.meter.terms() for item in plan.items.all()},
        rounding=Rounding(plan.legal_entity.invoice_rounding),
    )


def _drafts(plan: Plan, *, now: datetime) -> list[AsIf]:
    """Return the changes by drafts: those of prices first, then those of the cards in them."""
    price_ids = [item.price_id for item in plan.items.all()]
    prices = PriceVersion.objects.filter(price__in=price_ids).select_related(
        "price__meter", "rate_card__meter"
    )
    newest_price = {v.price_id: v for v in prices.filter(published_at=None).order_by("pk")}
    cards = (
        RateCardVersion.objects.filter(published_at=None, rate_card__price_versions__in=prices)
        .select_related("rate_card__meter")
        .prefetch_related("entries")
        .order_by("pk")
    )
    newest_card = {version.rate_card_id: version for version in cards}
    drafts: list[RateCardVersion | PriceVersion] = [*newest_price.values(), *newest_card.values()]
    return [draft_in_place(draft, now=now) for draft in drafts]


def _period(plan: Plan, instant: datetime) -> Period:
    calendar = BillingCalendar(
        interval=BillingInterval(plan.billing_period),
        anchor_day=1,
        zone=plan.legal_entity.timezone,
        start=local_midnight(date(2000, 1, 1), plan.legal_entity.timezone),
        end=None,
    )
    return calendar.full_period_at(instant)


def usage_problem(row: UsageRow, *, plan: Plan) -> str:
    """Return what is wrong with a row of usage, nothing where it can be billed."""
    meters = {item.price.meter.code: item.price.meter for item in plan.items.all()}
    meter = meters.get(row.meter)
    if meter is None:
        known = ", ".join(sorted(meters)) or "none"
        return f"'{row.meter}' is no meter of this plan; its meters: {known}"
    unknown = [key for key in row.dimensions if key not in meter.group_keys]
    if unknown:
        keys = ", ".join(meter.group_keys) or "none"
        return f"'{unknown[0]}' is no property of {row.meter}; its properties: {keys}"
    if row.quantity < 0 and not meter.terms().takes_negative:
        return f"{plain(row.quantity)} is negative, and {row.meter} allows no corrections"
    if meter.aggregation == Aggregation.COUNT and row.quantity != int(row.quantity):
        return f"{row.meter} counts events: write a whole number"
    return ""
