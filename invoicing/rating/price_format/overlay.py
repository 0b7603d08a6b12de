"""Keys that a contract agrees otherwise, laid over those of a price and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from invoicing.rating.price import PriceVersion, kind_of
from invoicing.rating.price_format.keys import keys_of, price_section
from invoicing.rating.price_format.per_unit import RateCards
from invoicing.rating.price_format.reading import read_version
from invoicing.rating.price_format.writing import version_as_json
from values.fields import Place
from values.problems import Problem, refuse

FIXED_KEYS = ("code", "product", "kind", "meter", "effective_from", "effective_to")
"""The keys that make a price the price that it is."""


def laid_over(
    version: PriceVersion, keys: Mapping[str, object], *, rate_cards: RateCards
) -> PriceVersion:
    """
    Return the version with keys replaced, each as a whole; None takes a key away.

    With another `model` the keys of the old one go, with a `rate_card` the unit price.
    Plain dates in the keys are midnights of UTC.

    :raises InvalidTerms: the keys that result are no price; with paths relative to it.
    """
    written = version_as_json(version)
    for key in _outdated(version, keys):
        written.pop(key, None)
    problems: list[Problem] = []
    read = read_version(
        price_section(Place({**written, **keys}, (), problems)),
        name=version.name,
        zone="UTC",
        rate_cards=rate_cards,
    )
    refuse(dict.fromkeys(problems))
    assert read is not None, "what cannot be read has problems"
    return replace(
        version,
        name=read.name,
        model=read.model,
        section=read.section,
        tax_code=read.tax_code,
        included=read.included,
        minimum_amount=read.minimum_amount,
        maximum_amount=read.maximum_amount,
        outcome=read.outcome,
    )


def _outdated(version: PriceVersion, keys: Mapping[str, object]) -> set[str]:
    """Return the keys of the version that have no place beside the new ones."""
    outdated: set[str] = set()
    if "model" in keys:
        model = keys["model"]
        kept = keys_of(kind_of(version.model), model if isinstance(model, str) else None)
        outdated.update(key for key in version_as_json(version) if key not in kept)
    if "rate_card" in keys:
        outdated.add("fallback_rate" if keys["rate_card"] is None else "unit_price")
    return outdated
