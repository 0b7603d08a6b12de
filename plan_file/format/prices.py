"""Prices: one chargeable thing each, in versions by effective time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from invoicing.rating.price import PriceKind, PriceTerms, PriceVersion
from invoicing.rating.price_format.keys import SECTIONS, price_section
from invoicing.rating.price_format.per_unit import RateCards
from invoicing.rating.price_format.reading import read_version
from invoicing.rating.rate_card import RateCard
from invoicing.rating.versions import in_time_order
from plan_file.format.context import Context
from values.fields import Place, Section
from values.problems import InvalidTerms, Problem

__all__ = ["SECTIONS", "CatalogPrice", "read_prices"]

KINDS_THAT_COUNT = ("usage", "call")


@dataclass(frozen=True)
class CatalogPrice:
    """A price with the product that it belongs to in the catalog, in all its versions."""

    terms: PriceTerms
    product: str | None


@dataclass(frozen=True)
class _Entry:
    place: Place
    code: str
    product: str | None
    meter: str | None
    version: PriceVersion


def read_prices(
    places: list[Place], context: Context, rate_cards: Mapping[str, RateCard]
) -> tuple[CatalogPrice, ...]:
    """Return the prices without problems; entries of one code are versions of one price."""
    cards = declared_cards(context, rate_cards)
    versions: dict[str, list[_Entry]] = {}
    for place in places:
        entry = _read_entry(place, context, cards)
        if entry is not None:
            versions.setdefault(entry.code, []).append(entry)
    prices = [_price(entries) for entries in versions.values()]
    return tuple(price for price in prices if price is not None)


def declared_cards(context: Context, rate_cards: Mapping[str, RateCard]) -> RateCards:
    """Return the rate cards by every code that the document declares, None for a wrong one."""
    return {code: rate_cards.get(code) for code in context.codes["rate_cards"]}


def _read_entry(place: Place, context: Context, cards: RateCards) -> _Entry | None:
    section = price_section(place)
    code = section.code("code")
    product = section.text_or("product", None)
    version = read_version(
        section,
        name=code,
        zone=context.timezone,
        rate_cards=cards,
        read_file=context.read_file,
    )
    meter = None
    kind = section.get("kind")
    if kind is not None and kind.value in KINDS_THAT_COUNT:
        meter = context.known(section.need("meter"), "meters")
    if kind is not None and kind.value == PriceKind.PERFORMANCE:
        note_references(section, code, context)
    if version is None:
        return None
    return section.build(lambda: _Entry(place, code, product, meter, version))


def note_references(section: Section, code: str, context: Context) -> None:
    """Name the meters and prices that a performance price looks at and nobody declares."""
    if measure := section.get("measure"):
        named = dict(measure.entries()) if isinstance(measure.value, dict) else {"": measure}
        for place in named.values():
            context.known(place, "meters")
    for item in section.items("of"):
        if context.known(item, "prices") == code:
            item.problem("is this price itself")


def _price(entries: list[_Entry]) -> CatalogPrice | None:
    first = entries[0]
    for entry in entries[1:]:
        for key, one, other in (
            ("meter", first.meter, entry.meter),
            ("product", first.product, entry.product),
        ):
            if one != other:
                entry.place.below(key, other).problem(
                    f"must be that of {first.place.path_text()}, a version of the same price"
                )
    versions = tuple(entry.version for entry in entries)
    try:
        terms = PriceTerms(code=first.code, meter=first.meter, versions=versions)
    except InvalidTerms as error:
        _attach_to_versions(entries, error)
        return None
    return CatalogPrice(replace(terms, versions=tuple(in_time_order(versions))), first.product)


def _attach_to_versions(entries: list[_Entry], error: InvalidTerms) -> None:
    """Note problems under the entry that they name: in the file each version is its own."""
    for problem in error.problems:
        message = problem.message
        for index, entry in enumerate(entries):
            message = message.replace(f"versions[{index}]", entry.place.path_text())
        _, number, *rest = problem.path
        assert isinstance(number, int), "problems of a price are those of its versions"
        entries[number].place.attach(InvalidTerms([Problem(tuple(rest), message)]))
