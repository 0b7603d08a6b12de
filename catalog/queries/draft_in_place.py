"""A draft in the place of what is in force, to ask what it would have changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from catalog.models import PriceVersion, RateCardVersion
from invoicing.rating.price import PriceTerms
from invoicing.rating.price import PriceVersion as VersionTerms
from invoicing.rating.rate_card import RateCard
from invoicing.rating.rate_card import RateCardVersion as CardVersion
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.versions import version_at

AsIf = Callable[[PriceTerms], PriceTerms]

_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def draft_in_place(version: RateCardVersion | PriceVersion, *, now: datetime) -> AsIf:
    """
    Return the change of a price's terms by which the draft is in force always, alone.

    A price version that takes rates from a card does so from the card's version of its start.
    """
    if isinstance(version, RateCardVersion):
        draft = replace(version.terms(), effective_from=_ALWAYS, effective_to=None)
        return lambda price: _with_card(price, version.rate_card.code, draft)
    terms = version.terms()
    model = terms.model
    if isinstance(model, PerUnit):
        starts = version.effective_from or now
        model = replace(model, rate_card=_fixed_card(model.rate_card, starts))
    always = replace(terms, effective_from=None, effective_to=None, model=model)
    code = version.price.code
    return lambda price: replace(price, versions=(always,)) if price.code == code else price


def _with_card(price: PriceTerms, code: str, draft: CardVersion) -> PriceTerms:
    return replace(
        price, versions=tuple(_on_card(version, code, draft) for version in price.versions)
    )


def _on_card(version: VersionTerms, code: str, draft: CardVersion) -> VersionTerms:
    model = version.model
    if not isinstance(model, PerUnit) or model.rate_card is None or model.rate_card.code != code:
        return version
    card = replace(model.rate_card, versions=(draft,))
    return replace(version, model=replace(model, rate_card=card))


def _fixed_card(card: RateCard | None, instant: datetime) -> RateCard | None:
    if card is None:
        return None
    held = version_at(card.versions, instant)
    if held is None:
        return card
    return replace(card, versions=(replace(held, effective_from=_ALWAYS, effective_to=None),))
