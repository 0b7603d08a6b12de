"""Plans: bundles of prices with their terms."""

from dataclasses import dataclass

from plan_file.format.context import Context
from plan_file.format.identity import read_currency
from values.calendar import BillingInterval
from values.fields import Keys, Place

KEYS = Keys(
    now=(
        "code",
        "name",
        "currency",
        "billing_period",
        "net_terms_days",
        "autopay",
        "prices",
        "grace_hours",
    ),
    later=("minimum_commitment", "commitment_tax_code", "grants"),
)
LONGEST_TERMS_DAYS = 3650
LONGEST_GRACE_HOURS = 24 * 90


@dataclass(frozen=True)
class Plan:
    """A plan as the file states it; ``prices`` are codes in the order of the invoice."""

    code: str
    name: str
    currency: str
    billing_period: BillingInterval
    net_terms_days: int
    autopay: bool
    prices: tuple[str, ...]
    grace_hours: int


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
    grace_hours = section.whole_or("grace_hours", 0, most=LONGEST_GRACE_HOURS)
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
        )
    )


def _read_prices(places: list[Place], context: Context) -> tuple[str, ...]:
    codes: list[str] = []
    for place in places:
        code = context.known(place, "prices")
        if code in codes:
            place.problem(f"'{code}' stands in this plan twice")
        codes.append(code)
    return tuple(codes)
