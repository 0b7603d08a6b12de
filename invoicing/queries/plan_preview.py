"""Usage in, full invoice out: what a plan would bill, by the one invoice function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch

from catalog.models import Plan, PlanPrice, PriceVersion, RateCardVersion
from catalog.queries.draft_in_place import AsIf, draft_in_place
from contracts.queries.terms import plan_commitments, plan_meters
from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.preview import Preview, billed_at, first_lots, preview, sample_calendar
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.assembly.terms import ContractTerms, DatedQuantity
from invoicing.queries.computation import tax_calculator
from invoicing.rating.price import PriceKind
from invoicing.tax.interface import TaxCalculator, TaxStopped
from values.calendar import BillingInterval, local_midnight
from values.money import Rounding


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """
    The invoice with the plan's own credit, and what it was made of.

    `tax_words` say why it has no taxes where it should.
    """

    preview: Preview
    terms: ContractTerms
    tax_words: str

    @property
    def result(self) -> InvoiceResult:
        """The invoice."""
        return self.preview.result


def plan_to_preview(*, plan_id: int) -> Plan:
    """
    Return a plan with all that its preview reads, in constant queries.

    :raises Plan.DoesNotExist:
    """
    items = PlanPrice.objects.select_related(
        "price__meter", "price__legal_entity"
    ).prefetch_related(
        "price__versions__price__legal_entity",
        "price__versions__rate_card__meter",
        "price__versions__rate_card__versions__entries",
    )
    plans = Plan.objects.select_related("legal_entity")
    return plans.prefetch_related(Prefetch("items", queryset=items), "grants").get(pk=plan_id)


def preview_terms(
    *, plan: Plan, currency: str, now: datetime, with_drafts: bool = False
) -> ContractTerms:
    """
    Return the terms of a contract on the plan.

    `with_drafts` puts the newest draft of each price and rate card in the place of what is
    published.

    :raises InvalidTerms: the plan's prices do not hold together.
    """
    drafts = _drafts(plan, now=now) if with_drafts else []
    prices = []
    for item in plan.items.all():
        price = item.price.terms()
        for as_if in drafts:
            price = as_if(price)
        prices.append(price)
    return ContractTerms(
        currency=currency,
        prices=tuple(prices),
        meters={code: row.terms() for code, row in plan_meters(plan).items()},
        rounding=Rounding(plan.legal_entity.invoice_rounding),
        zone=plan.legal_entity.timezone,
        commitments=plan_commitments(plan),
    )


def plan_preview(
    *,
    plan: Plan,
    terms: ContractTerms,
    day: date,
    usage: Sequence[SampleQuantity] = (),
    events: Sequence[SampleEvent] = (),
    quantities: Mapping[str, Decimal] | None = None,
    is_first: bool = False,
) -> PlanPreview:
    """
    Return the invoice of all that is for the billing period around a day; days are the seller's.

    `terms` are those of `preview_terms`. Fees in advance are those of this very period, and
    those that are due once stand in it where it is the first; allowances and credit begin full.

    :raises InvalidTerms: usage that cannot be charged so, with paths relative to it.
    """
    calendar = sample_calendar(BillingInterval(plan.billing_period), terms.zone)
    billed = billed_at(calendar, local_midnight(day, terms.zone))
    agreed = _with_quantities(terms, billed, quantities or {})
    grants = first_lots([row.terms() for row in plan.grants.all()], billed, calendar)

    def made(tax: TaxCalculator | None) -> Preview:
        return preview(
            terms=agreed,
            billed=billed,
            quantities=usage,
            events=events,
            grants=grants,
            is_first=is_first,
            tax=tax,
        )

    try:
        return PlanPreview(made(tax_calculator(plan.legal_entity)), agreed, "")
    except TaxStopped:
        return PlanPreview(made(None), agreed, "The seller's tax registration is not decided yet.")


def offered_combinations(*, plan: Plan) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return (meter, dimensions) of each combination that a rate of the plan names in full."""
    offered: dict[tuple[str, tuple[tuple[str, str], ...]], None] = {}
    for item in plan.items.all():
        meter = item.price.meter
        if meter is None or item.price.kind != PriceKind.USAGE.value:
            continue
        cards = [v.rate_card for v in item.price.versions.all() if v.rate_card is not None]
        entries = [e for card in cards for v in card.versions.all() for e in v.entries.all()]
        if not cards:
            offered[meter.code, ()] = None
        for entry in entries:
            match = {key: entry.match.get(key) for key in meter.group_keys}
            if all(isinstance(value, str) and value != "*" for value in match.values()):
                offered[meter.code, tuple(match.items())] = None
    return list(offered)


def counted_names(*, terms: ContractTerms) -> list[str]:
    """Return the quantities that a contract on the plan states: seats, then what allowances ask."""
    seats = [price.code for price in terms.prices if price.kind is PriceKind.SEAT]
    versions = (version for price in terms.prices for version in price.versions)
    others = (version.included.per for version in versions if version.included is not None)
    return list(dict.fromkeys([*seats, *filter(None, others)]))


def _with_quantities(
    terms: ContractTerms, billed: BilledPeriod, quantities: Mapping[str, Decimal]
) -> ContractTerms:
    start = billed.covered.start
    stated = {name: (DatedQuantity(start, size),) for name, size in quantities.items()}
    return replace(terms, quantities=stated)


def _drafts(plan: Plan, *, now: datetime) -> list[AsIf]:
    """Return the changes by drafts: those of prices first, then those of the cards in them."""
    price_ids = [item.price_id for item in plan.items.all()]
    prices = PriceVersion.objects.filter(price__in=price_ids).select_related(
        "price__meter", "price__legal_entity", "rate_card__meter"
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
