"""The keys of cost-plus prices."""

from __future__ import annotations

from decimal import Decimal

from invoicing.rating.terms.passthrough import Passthrough
from values.exact import plain
from values.fields import Section


def read_passthrough(section: Section) -> Passthrough | None:
    """Return the terms, None where they have problems."""
    amount_property = section.text("amount_property")
    percent = section.decimal_or("markup_percent", Decimal(0))
    fixed = section.decimal_or("markup_fixed", Decimal(0))
    return section.build(
        lambda: Passthrough(
            amount_property=amount_property, markup_percent=percent, markup_fixed=fixed
        )
    )


def passthrough_as_json(model: Passthrough) -> dict[str, object]:
    """Return the keys that `read_passthrough` reads."""
    return {
        "amount_property": model.amount_property,
        "markup_percent": plain(model.markup_percent) if model.markup_percent else None,
        "markup_fixed": plain(model.markup_fixed) if model.markup_fixed else None,
    }
