"""A version of a price from its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from invoicing.rating.price import DEFAULT_SECTION, Model, PriceKind, PriceVersion
from invoicing.rating.price_format.allowance import read_included
from invoicing.rating.price_format.calls import read_calls
from invoicing.rating.price_format.fixed import read_one_time, read_recurring, read_seat
from invoicing.rating.price_format.keys import KIND_MODELS, PER_UNIT, SECTIONS, note_misplaced
from invoicing.rating.price_format.outcome import read_outcome
from invoicing.rating.price_format.package import read_package
from invoicing.rating.price_format.passthrough import read_passthrough
from invoicing.rating.price_format.per_unit import RateCards, read_per_unit
from invoicing.rating.price_format.percentage import read_percentage
from invoicing.rating.price_format.performance import read_performance
from invoicing.rating.price_format.tiers import read_tiers
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Volume
from values.fields import Section

ReadFile = Callable[[str], str]
"""
Returns the text of a file beside the document.

:raises InvalidTerms: it cannot be read; with the path () for the key that names it.
"""

_USAGE_READERS: dict[str, Callable[[Section], Model | None]] = {
    "graduated": lambda section: read_tiers(section, Graduated),
    "volume": lambda section: read_tiers(section, Volume),
    "package": read_package,
    "percentage": read_percentage,
    "graduated_percentage": lambda section: read_tiers(section, GraduatedPercentage),
    "passthrough": read_passthrough,
}


def read_version(
    section: Section,
    *,
    name: str,
    zone: str,
    rate_cards: RateCards,
    read_file: ReadFile | None = None,
) -> PriceVersion | None:
    """
    Return the version that the keys of a price say, None where they have problems.

    `name` stands in where the keys have none, plain dates are midnights in `zone`, and
    `read_file` reads what lies beside the document (None: nothing does). `code`, `product`
    and `meter` are left to the caller: they hold for all versions of a price.
    """
    kind = _read_kind(section)
    name = section.text_or("name", name)
    tax_code = section.text_or("tax_code", None)
    default_section = DEFAULT_SECTION[kind] if kind else SECTIONS[0]
    printed_in = section.read_or("section", default_section, lambda place: place.word(SECTIONS))
    effective_from = section.instant_or("effective_from", None, zone=zone)
    effective_to = section.instant_or("effective_to", None, zone=zone)
    model = _read_model(section, kind, zone, rate_cards, read_file) if kind else None
    is_usage = kind is PriceKind.USAGE
    included = section.read_or("included", None, read_included) if is_usage else None
    minimum = section.decimal_or("minimum_amount", None) if is_usage else None
    maximum = section.decimal_or("maximum_amount", None) if is_usage else None
    outcome = section.read_or("outcome", None, read_outcome) if is_usage else None
    if model is None:
        return None
    return section.build(
        lambda: PriceVersion(
            effective_from=effective_from,
            effective_to=effective_to,
            name=name,
            model=model,
            section=printed_in,
            tax_code=tax_code,
            included=included,
            minimum_amount=minimum,
            maximum_amount=maximum,
            outcome=outcome,
        )
    )


def _read_kind(section: Section) -> PriceKind | None:
    place = section.need("kind")
    if place is None:
        return None
    before = len(place.problems)
    kind = place.choice(PriceKind)
    return kind if len(place.problems) == before else None


def _read_model(
    section: Section,
    kind: PriceKind,
    zone: str,
    rate_cards: RateCards,
    read_file: ReadFile | None,
) -> Model | None:
    word = None
    if kind in KIND_MODELS:
        word = _read_word(section, kind)
        if word is None:
            return None
    note_misplaced(section, kind, word)
    # What is wrong with the name or the section hides nothing of the model.
    section = replace(section, problems_before=len(section.place.problems))
    match kind:
        case PriceKind.RECURRING:
            return read_recurring(section)
        case PriceKind.SEAT:
            return read_seat(section, word or PER_UNIT)
        case PriceKind.ONE_TIME:
            return read_one_time(section)
        case PriceKind.PERFORMANCE:
            return read_performance(section)
        case PriceKind.CALL:
            return read_calls(section, zone=zone, read_file=read_file)
        case PriceKind.USAGE if word in _USAGE_READERS:
            return _USAGE_READERS[word](section)
        case _:
            return read_per_unit(section, rate_cards)


def _read_word(section: Section, kind: PriceKind) -> str | None:
    """Return the model's word, None where it is none; a seat price may leave it out."""
    place = section.get("model") if kind is PriceKind.SEAT else section.need("model")
    if place is None:
        return PER_UNIT if kind is PriceKind.SEAT else None
    before = len(place.problems)
    word = place.word(tuple(KIND_MODELS[kind]))
    return word if len(place.problems) == before else None
