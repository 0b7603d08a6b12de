"""Plans: bundles of prices with their terms."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.credits.grants import amount_problems
from invoicing.credits.plan_grants import PlanGrant
from plan_file.format.context import Context, refuse_equal
from plan_file.format.grants import read_plan_grant
from plan_file.format.identity import read_currency
from values.calendar import BillingInterval
from values.fields import Keys, Place, Section
from values.problems import InvalidTerms, Problem

KEYS = Keys(
    (
        *("code", "name", "currency", "billing_period", "net_terms_days", "autopay", "prices"),
        *("minimum_commitment", "commitment_tax_code", "grace_hours", "grants"),
    )
)
LONGEST_TERMS_DAYS = 3650
LONGEST_GRACE_HOURS = 24 * 90


@dataclass(frozen=True)
class Plan:
    """
    A plan as the file states it; ``prices`` are codes in the order of the invoice.

    ``minimum_commitment`` is what a full period comes to at least, over all its prices.
    """

    code: str
    name: str
    currency: str
    billing_period: BillingInterval
    net_terms_days: int
    autopay: bool
    prices: tuple[str, ...]
    grace_hours: int
    minimum_commitment: Decimal | None = None
    commitment_tax_code: str | None = None
    grants: tuple[PlanGrant, ...] = ()


def read_plan(place: Place, context: Context) -> Plan | None:
    """Return the plan, None where it has problems."""
    section = place.section(KEYS)
    code = section.code("code")
    name = section.text_or("name", code)
    currency = section.read_or("currency", context.currency, read_currency)
    billing_period = section.choice_or("billing_period", BillingInterval.MONTH)
    net_terms_days = section.whole_or("net_terms_days", 0, most=LONGEST_TERMS_DAYS)
    autopay = section.flag_or("autopay", False)
    prices = _read_prices(section.items("prices"), context)
    commitment = _read_commitment(section, currency)
    commitment_tax_code = section.text_or("commitment_tax_code", None)
    grace_hours = section.whole_or("grace_hours", 0, most=LONGEST_GRACE_HOURS)
    grant_places = section.items("grants")
    refuse_equal(grant_places)
    grants = [read_plan_grant(item, context, currency=currency) for item in grant_places]
    return section.build(
        lambda: Plan(
            code=code,
            name=name,
            currency=currency,
            billing_period=billing_period,
            net_terms_days=net_terms_days,
            autopay=autopay,
            prices=prices,
            grace_hours=grace_hours,
            minimum_commitment=commitment,
            commitment_tax_code=commitment_tax_code,
            grants=tuple(grant for grant in grants if grant is not None),
        )
    )


def _read_commitment(section: Section, currency: str) -> Decimal | None:
    tax_code = section.get("commitment_tax_code")
    place = section.get("minimum_commitment")
    if place is None:
        if tax_code is not None:
            tax_code.problem("belongs to minimum_commitment")
        return None
    before = len(place.problems)
    amount = place.decimal()
    if len(place.problems) == before:
        found = [Problem((), each.message) for each in amount_problems(amount, currency)]
        place.attach(InvalidTerms(found))
    return amount


def _read_prices(places: list[Place], context: Context) -> tuple[str, ...]:
    codes: list[str] = []
    for place in places:
        code = context.known(place, "prices")
        if code in codes:
            place.problem(f"'{code}' stands in this plan twice")
        codes.append(code)
    return tuple(codes)
