"""What a contract agrees otherwise than the price book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from invoicing.rating.call_overrides import calls_laid_over
from invoicing.rating.entries import RateEntry, rate_problems
from invoicing.rating.match import canonical
from invoicing.rating.price import Model, PriceTerms, PriceVersion
from invoicing.rating.price_format.keys import PRICE_KEYS
from invoicing.rating.price_format.overlay import FIXED_KEYS, laid_over
from invoicing.rating.rate_card import RateCard
from invoicing.rating.terms.calls import Calls
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.ties import tie_message, tying_pairs
from values.exact import plain
from values.problems import InvalidTerms, Problem, refuse, unknown_key

_Placed = tuple[int, RateEntry]


@dataclass(frozen=True)
class PriceOverride:
    """
    The keys of a price that a contract replaces, and the entries of its rate card.

    `keys` are any others, as the plan file writes them, each replaced as a whole (None takes
    it away); of `rates` rows of equal key are replaced and others added. `rate_card` is the
    card whose code stands in `keys`.

    :raises InvalidTerms: with paths relative to the override.
    """

    unit_price: Decimal | None = None
    fallback_rate: Decimal | None = None
    entries: tuple[RateEntry, ...] = ()
    keys: Mapping[str, object] = field(default_factory=dict)
    rate_card: RateCard | None = None

    def __post_init__(self) -> None:
        problems = []
        for name, rate in (("unit_price", self.unit_price), ("fallback_rate", self.fallback_rate)):
            if rate is not None:
                problems += rate_problems(rate, name)
        seen: dict[object, int] = {}
        for index, entry in enumerate(self.entries):
            first = seen.setdefault(canonical(entry.match), index)
            if first != index:
                problems.append(
                    Problem(("entries", index), f"({entry.text()}) repeats entries[{first}]")
                )
        refuse([*problems, *self._key_problems()])

    def _key_problems(self) -> list[Problem]:
        problems = []
        for key in self.keys:
            if key in FIXED_KEYS:
                problems.append(Problem((key,), "is that of the price and is not replaced"))
            elif key not in PRICE_KEYS:
                problems.append(Problem((key,), unknown_key(key, known=PRICE_KEYS)))
        return problems

    def all_keys(self) -> dict[str, object]:
        """Return every key that is replaced, the rates too, as the plan file writes them."""
        rates = {"unit_price": self.unit_price, "fallback_rate": self.fallback_rate}
        stated = {key: plain(rate) for key, rate in rates.items() if rate is not None}
        both = {**self.keys, **stated}
        return {key: both[key] for key in PRICE_KEYS if key in both}


def overridden(price: PriceTerms, override: PriceOverride) -> PriceTerms:
    """
    Return the price as the contract has it, in all its versions.

    An entry replaces the card's entry of equal match, at its place and, unless it states
    another, with its priority; other entries are added at the end.

    :raises InvalidTerms: a key that the price does not have, keys that are no price together,
        or entries that tie with the card's; with paths relative to the override.
    """
    versions = tuple(_agreed(version, override) for version in price.versions)
    return replace(price, versions=versions)


def _agreed(version: PriceVersion, override: PriceOverride) -> PriceVersion:
    refuse(_misplaced(version.model, override))
    keys = override.all_keys()
    if keys and isinstance(version.model, Calls):
        version = calls_laid_over(version, keys)
    elif keys:
        cards = _cards(version.model, override)
        version = laid_over(version, keys, rate_cards=cards)
    return _with_entries(version, override.entries)


def _cards(model: Model, override: PriceOverride) -> dict[str, RateCard]:
    own = model.rate_card if isinstance(model, PerUnit) else None
    return {card.code: card for card in (own, override.rate_card) if card is not None}


def _misplaced(model: Model, override: PriceOverride) -> list[Problem]:
    """Return the rates of the other sort of per-unit price, where nothing changes the sort."""
    if not isinstance(model, PerUnit) or {"model", "rate_card"} & override.keys.keys():
        return []
    if model.rate_card is not None:
        if override.unit_price is not None:
            return [Problem(("unit_price",), "the price has a rate card, not a unit price")]
        return []
    message = "the price has a unit price, not a rate card"
    problems = []
    if override.fallback_rate is not None:
        problems.append(Problem(("fallback_rate",), message))
    if override.entries:
        problems.append(Problem(("entries",), message))
    return problems


def _with_entries(version: PriceVersion, entries: tuple[RateEntry, ...]) -> PriceVersion:
    if not entries:
        return version
    model = version.model
    if not isinstance(model, PerUnit) or model.rate_card is None:
        raise InvalidTerms([Problem(("entries",), "belongs to a price with a rate card")])
    return replace(version, model=replace(model, rate_card=_agreed_card(model.rate_card, entries)))


def _agreed_card(card: RateCard, agreed: tuple[RateEntry, ...]) -> RateCard:
    problems: list[Problem] = []
    versions = []
    for version in card.versions:
        merged = _merged(version.entries, agreed)
        entries = tuple(entry for _, entry in merged)
        try:
            versions.append(replace(version, entries=entries))
        except InvalidTerms:
            problems += [
                _tie(card, merged[first], merged[second]) for first, second in tying_pairs(entries)
            ]
    refuse(dict.fromkeys(problems))
    return replace(card, versions=tuple(versions))


def _merged(card: tuple[RateEntry, ...], agreed: tuple[RateEntry, ...]) -> list[_Placed]:
    """Return the entries that apply, each with its index in the card or in the override."""
    replacing = {canonical(entry.match): (index, entry) for index, entry in enumerate(agreed)}
    placed = set()
    merged = []
    for position, entry in enumerate(card):
        match = canonical(entry.match)
        if match not in replacing:
            merged.append((position, entry))
        elif match not in placed:
            placed.add(match)
            index, new = replacing[match]
            priority = new.priority or entry.priority
            merged.append((index, replace(new, priority=priority, agreed=True)))
    for match, (index, entry) in replacing.items():
        if match not in placed:
            merged.append((index, replace(entry, agreed=True)))
    return merged


def _tie(card: RateCard, first: _Placed, second: _Placed) -> Problem:
    if not second[1].agreed:
        first, second = second, first
    index, entry = first
    place = f"entries[{index}]" if entry.agreed else f"entries[{index}] of '{card.code}'"
    return Problem(("entries", second[0]), tie_message(second[1], other=entry, place=place))
