"""A draft version among the published ones: what would hold if it were published."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from catalog.models import PriceVersion, RateCardVersion, RateEntry
from invoicing.rating import price as price_terms
from invoicing.rating import rate_card as card_terms
from invoicing.rating.versions import in_time_order

AnyVersion = TypeVar("AnyVersion", RateCardVersion, PriceVersion)
AnyTerms = TypeVar("AnyTerms", card_terms.RateCardVersion, price_terms.PriceVersion)


def open_version_before(version: AnyVersion, siblings: Iterable[AnyVersion]) -> AnyVersion | None:
    """Return the published version without an end that starts before this one, if any."""
    for sibling in siblings:
        if sibling.published_at is None or sibling.effective_to is not None or sibling == version:
            continue
        starts = sibling.effective_from
        if version.effective_from and (starts is None or starts < version.effective_from):
            return sibling
    return None


def rate_card_with_draft(
    *,
    version: RateCardVersion,
    entries: Iterable[RateEntry] | None = None,
    ends_previous: bool = False,
) -> card_terms.RateCard:
    """
    Return the card as it would be, with these entries in the draft or its stored ones.

    With `ends_previous` the open version before the draft ends where the draft starts.

    :raises InvalidTerms: versions overlap or entries tie.
    """
    card = version.rate_card
    siblings = list(card.versions.prefetch_related("entries"))
    before = open_version_before(version, siblings) if ends_previous else None
    published = [
        (sibling.terms(), sibling == before)
        for sibling in siblings
        if sibling.published_at is not None and sibling != version
    ]
    draft = version.terms(entries) if entries is not None or version.pk else version.terms(())
    return card_terms.RateCard(
        code=card.code,
        meter=card.meter.code,
        versions=tuple(in_time_order(_with_ends(published, draft))),
        on_unmatched=card_terms.OnUnmatched(card.on_unmatched),
    )


def price_with_draft(
    *, version: PriceVersion, ends_previous: bool = False
) -> price_terms.PriceTerms:
    """
    Return the price as it would be.

    With `ends_previous` the open version before the draft ends where the draft starts.

    :raises InvalidTerms: versions overlap, a fallback is missing, a card is of another meter.
    """
    price = version.price
    siblings = list(
        price.versions.select_related("rate_card__meter").prefetch_related(
            "rate_card__versions__entries"
        )
    )
    before = open_version_before(version, siblings) if ends_previous else None
    published = [
        (sibling.terms(), sibling == before)
        for sibling in siblings
        if sibling.published_at is not None and sibling != version
    ]
    return price_terms.PriceTerms(
        code=price.code,
        meter=price.meter.code if price.meter else None,
        versions=tuple(in_time_order(_with_ends(published, version.terms()))),
    )


def _with_ends(published: Sequence[tuple[AnyTerms, bool]], draft: AnyTerms) -> list[AnyTerms]:
    versions: list[AnyTerms] = []
    for terms, is_ended in published:
        versions.append(replace(terms, effective_to=draft.effective_from) if is_ended else terms)
    versions.append(draft)
    return versions
