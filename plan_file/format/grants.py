"""Grants of a plan: credit that each billing period brings anew."""

from enum import StrEnum

from invoicing.credits.plan_grants import PlanGrant
from plan_file.format.context import Context
from plan_file.format.granted import read_applies_to, read_grant_kind, read_priority
from plan_file.format.identity import read_currency
from values.fields import Keys, Place

KEYS = Keys(
    (
        *("code", "amount", "quantity", "unit", "currency", "kind"),
        *("every", "expires_after_periods", "priority", "applies_to"),
    )
)
MOST_PERIODS = 1200


class Every(StrEnum):
    """How often a plan grants."""

    PERIOD = "period"


def read_plan_grant(place: Place, context: Context, *, currency: str) -> PlanGrant | None:
    """
    Return the grant, None where it has problems.

    Its currency is by default the plan's; a lot lasts for one period where nothing is said.
    """
    section = place.section(KEYS)
    code = section.code("code")
    amount = section.decimal_or("amount", None)
    quantity = section.decimal_or("quantity", None)
    unit = section.text_or("unit", None)
    currency = section.read_or("currency", currency, read_currency)
    kind = read_grant_kind(section)
    section.choice_or("every", Every.PERIOD)
    periods = section.whole_or("expires_after_periods", 1, least=1, most=MOST_PERIODS)
    priority = read_priority(section)
    applies_to = read_applies_to(section, context)
    return section.build(
        lambda: PlanGrant(
            code=code,
            kind=kind,
            currency=currency,
            amount=amount,
            quantity=quantity,
            unit=unit,
            expires_after_periods=periods,
            priority=priority,
            applies_to=applies_to,
        )
    )
