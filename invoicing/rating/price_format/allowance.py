"""The keys of `included`: what a price gives at no charge."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.terms.allowance import AllowancePeriod, AllowanceScope, Included, Rollover
from values.exact import plain
from values.fields import Keys, Place

KEYS = Keys(("quantity", "per", "period", "pool", "scope", "rollover"))
ROLLOVER_KEYS = Keys(("periods", "maximum"))
MOST_PERIODS = 1200


def read_included(place: Place) -> Included | None:
    """Return the allowance, None where it has problems."""
    section = place.section(KEYS)
    quantity_place = section.need("quantity")
    quantity = quantity_place.decimal() if quantity_place else Decimal(0)
    per, pool = section.text_or("per", None), section.text_or("pool", None)
    period = section.choice_or("period", AllowancePeriod.BILLING)
    scope = section.choice_or("scope", AllowanceScope.CONTRACT)
    rollover = section.read_or("rollover", None, read_rollover)
    return section.build(
        lambda: Included(
            quantity=quantity, per=per, period=period, pool=pool, scope=scope, rollover=rollover
        )
    )


def read_rollover(place: Place) -> Rollover | None:
    """Return how long what is left lasts, None where it has problems."""
    section = place.section(ROLLOVER_KEYS)
    periods_place = section.need("periods")
    periods = periods_place.whole(least=1, most=MOST_PERIODS) if periods_place else 1
    maximum = section.decimal_or("maximum", None)
    return section.build(lambda: Rollover(periods=periods, maximum=maximum))


def included_as_json(included: Included) -> dict[str, object]:
    """Return the keys that `read_included` reads."""
    is_billing = included.period is AllowancePeriod.BILLING
    is_own = included.scope is AllowanceScope.CONTRACT
    written: dict[str, object | None] = {
        "quantity": plain(included.quantity),
        "per": included.per,
        "period": None if is_billing else included.period.value,
        "pool": included.pool,
        "scope": None if is_own else included.scope.value,
        "rollover": rollover_as_json(included.rollover) if included.rollover else None,
    }
    return {key: value for key, value in written.items() if value is not None}


def rollover_as_json(rollover: Rollover) -> dict[str, object]:
    """Return the keys that `read_rollover` reads."""
    written: dict[str, object] = {"periods": rollover.periods}
    if rollover.maximum is not None:
        written["maximum"] = plain(rollover.maximum)
    return written
