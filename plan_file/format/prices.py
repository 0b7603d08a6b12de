"""Prices: one chargeable thing each, in versions by effective time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from invoicing.rating.price import PerUnit, PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCard
from invoicing.rating.versions import in_time_order
from plan_file.format.context import Context
from values.fields import NOT_YET, Keys, Place, Section
from values.problems import InvalidTerms, Problem

KEYS = Keys(
    now=(
        "code",
        "product",
        "name",
        "kind",
        "tax_code",
        "section",
        "effective_from",
        "effective_to",
        "meter",
        "model",
        "unit_price",
        "rate_card",
        "fallback_rate",
    ),
    later=(
        *("amount", "timing", "prorate", "at", "measure", "of", "bands"),
        *("included", "minimum_amount", "maximum_amount", "outcome", "lines_by"),
        *("tiers", "flat_fee_at_zero", "package_size", "package_price", "free_units", "round"),
        *("percent", "fixed_fee", "free_events", "free_amount", "minimum_per_event"),
        *("maximum_per_event", "amount_property", "markup_percent", "markup_fixed"),
        *("decimals", "call_rounding", "duration_basis", "min_billable_seconds", "band_policy"),
        *("default_band", "rates", "rates_file", "bundles", "on_unmatched"),
    ),
)
KINDS = ("usage",)
LATER_KINDS = ("recurring", "seat", "one_time", "call", "performance")
MODELS = ("per_unit",)
LATER_MODELS = (
    "graduated",
    "volume",
    "package",
    "percentage",
    "graduated_percentage",
    "passthrough",
)
SECTIONS = (
    "platform",
    "usage",
    "included",
    "overage",
    "premium",
    "telephony",
    "one_time",
    "true_up",
)
DEFAULT_SECTION = "usage"


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
    meter: str
    version: PriceVersion


def read_prices(
    places: list[Place], context: Context, rate_cards: Mapping[str, RateCard]
) -> tuple[CatalogPrice, ...]:
    """Return the prices without problems; entries of one code are versions of one price."""
    versions: dict[str, list[_Entry]] = {}
    for place in places:
        entry = _read_entry(place, context, rate_cards)
        if entry is not None:
            versions.setdefault(entry.code, []).append(entry)
    prices = [_price(entries) for entries in versions.values()]
    return tuple(price for price in prices if price is not None)


def _read_entry(
    place: Place, context: Context, rate_cards: Mapping[str, RateCard]
) -> _Entry | None:
    kind = place.value.get("kind") if isinstance(place.value, dict) else None
    if isinstance(kind, str) and kind in LATER_KINDS:
        _note_later(place, "kind", kind)
        return None
    model = place.value.get("model") if isinstance(place.value, dict) else None
    if isinstance(model, str) and model in LATER_MODELS:
        _note_later(place, "model", model)
        return None
    return _read_usage(place, context, rate_cards)


def _note_later(place: Place, key: str, word: str) -> None:
    """Name the kind or model, and of the keys only those that no price has."""
    place.section(Keys(now=(*KEYS.now, *KEYS.later)))
    place.below(key, word).problem(NOT_YET)


def _read_usage(
    place: Place, context: Context, rate_cards: Mapping[str, RateCard]
) -> _Entry | None:
    section = place.section(KEYS)
    code = section.code("code")
    product = section.text_or("product", None)
    name = section.text_or("name", code)
    for key, words in (("kind", KINDS), ("model", MODELS)):
        if word_place := section.need(key):
            word_place.word(words)
    tax_code = section.text_or("tax_code", None)
    invoice_section = section.read_or(
        "section", DEFAULT_SECTION, lambda place: place.word(SECTIONS)
    )
    effective_from = section.instant_or("effective_from", None, zone=context.timezone)
    effective_to = section.instant_or("effective_to", None, zone=context.timezone)
    meter = context.known(section.need("meter"), "meters")
    model = _read_per_unit(section, context, rate_cards)
    if model is None:
        return None
    version = section.build(
        lambda: PriceVersion(
            effective_from=effective_from,
            effective_to=effective_to,
            name=name,
            model=model,
            section=invoice_section,
            tax_code=tax_code,
        )
    )
    return _Entry(place, code, product, meter, version) if version else None


def _read_per_unit(
    section: Section, context: Context, rate_cards: Mapping[str, RateCard]
) -> PerUnit | None:
    unit_price = section.decimal_or("unit_price", None)
    fallback_rate = section.decimal_or("fallback_rate", None)
    card_place = section.get("rate_card")
    card_code = context.known(card_place, "rate_cards")
    rate_card = rate_cards.get(card_code)
    if card_place is not None and rate_card is None:
        return None
    return section.build(
        lambda: PerUnit(unit_price=unit_price, rate_card=rate_card, fallback_rate=fallback_rate)
    )


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
        match problem.path:
            case ("versions", int(index), *rest):
                entries[index].place.attach(InvalidTerms([Problem(tuple(rest), message)]))
            case path:
                entries[0].place.attach(InvalidTerms([Problem(path, message)]))
