"""What a contract agrees otherwise than the price book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from invoicing.rating.entries import RateEntry, rate_problems
from invoicing.rating.match import canonical
from invoicing.rating.price import PerUnit, PriceTerms
from invoicing.rating.rate_card import RateCard
from invoicing.rating.ties import tie_message, tying_pairs
from values.problems import InvalidTerms, Problem, refuse

_Placed = tuple[int, RateEntry]


@dataclass(frozen=True)
class PriceOverride:
    """
    The keys of a price that a contract replaces, and the entries of its rate card.

    :raises InvalidTerms: with paths relative to the override.
    """

    unit_price: Decimal | None = None
    fallback_rate: Decimal | None = None
    entries: tuple[RateEntry, ...] = ()

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
        refuse(problems)


def overridden(price: PriceTerms, override: PriceOverride) -> PriceTerms:
    """
    Return the price as the contract has it, in all its versions.

    An entry replaces the card's entry of equal match, at its place and, unless it states
    another, with its priority; other entries are added at the end.

    :raises InvalidTerms: a key that the price does not have, or entries that tie with the
        card's; with paths relative to the override.
    """
    versions = []
    for version in price.versions:
        model = _laid_over(version.model, override)
        versions.append(replace(version, model=model))
    return replace(price, versions=tuple(versions))


def _laid_over(model: PerUnit, override: PriceOverride) -> PerUnit:
    refuse(_misplaced(model, override))
    card = model.rate_card
    return PerUnit(
        unit_price=model.unit_price if override.unit_price is None else override.unit_price,
        rate_card=_agreed_card(card, override.entries) if card and override.entries else card,
        fallback_rate=(
            model.fallback_rate if override.fallback_rate is None else override.fallback_rate
        ),
    )


def _misplaced(model: PerUnit, override: PriceOverride) -> list[Problem]:
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
