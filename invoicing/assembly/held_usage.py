"""
Usage that no entry of a rate card matches, where the card quarantines it.

It is not billed: it takes nothing of an allowance, and nothing is rounded together with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import OnUnmatched
from invoicing.rating.rates import RateFinder
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.versions import version_at
from usage.metering.quantity import Quantity

IsHeld = Callable[[Quantity], bool]


def held_by(price: PriceTerms) -> IsHeld | None:
    """
    Return what tells the quantities that a price holds back, None where it holds back nothing.

    Quantities lie in stretches in which one version of the price and of its card is in force.
    """
    finders = [
        (version, RateFinder(version.model, version))
        for version in price.versions
        if isinstance(version.model, PerUnit) and _quarantines(version.model)
    ]
    if not finders:
        return None
    versions: Sequence[PriceVersion] = [version for version, _ in finders]
    finder_of = {id(version): finder for version, finder in finders}

    def is_held(quantity: Quantity) -> bool:
        version = version_at(versions, quantity.period.start)
        return version is not None and finder_of[id(version)].find(quantity).rate is None

    return is_held


def _quarantines(model: PerUnit) -> bool:
    card = model.rate_card
    return card is not None and card.on_unmatched == OnUnmatched.QUARANTINE
