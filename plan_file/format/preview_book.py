"""The price book that a preview may name: what is stored, in the values that the engines take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from invoicing.rating.price import PriceTerms
from invoicing.rating.rate_card import RateCard
from plan_file.format.plans import Plan
from usage.metering.meter import Meter
from values.money import Rounding


@dataclass(frozen=True)
class Named:
    """The codes of a price book that a request writes, whether there is such a thing or not."""

    meters: frozenset[str] = frozenset()
    rate_cards: frozenset[str] = frozenset()
    prices: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PreviewBook:
    """
    The parts of one seller's book that a request names, by code, and the seller's defaults.

    `codes` are all codes of a section, to say which one may be meant. Without a `currency`
    there is no seller. Plans are sold in these `currencies`; in any, where none is said.
    """

    currency: str | None = None
    timezone: str = "UTC"
    rounding: Rounding = Rounding.HALF_UP
    meters: Mapping[str, Meter] = field(default_factory=dict)
    rate_cards: Mapping[str, RateCard] = field(default_factory=dict)
    prices: Mapping[str, PriceTerms] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currencies: tuple[str, ...] = ()


def named_codes(request: object) -> Named:
    """Return the codes in the raw tree of a request, wherever it may write one."""
    plan, price = _at(request, "plan"), _at(request, "price")
    listed = _items(plan, "prices")
    prices = [price, *listed]
    cards = [*_items(request, "rate_cards"), *_items(plan, "rate_cards")]
    measures = [part for each in prices for part in _parts(_at(each, "measure"))]
    meters = [_at(each, "meter") for each in (*prices, *cards, *_items(request, "usage"))]
    looked_at = [code for each in prices for code in _items(each, "of")]
    return Named(
        meters=_codes(*meters, *measures),
        rate_cards=_codes(*(_at(each, "rate_card") for each in prices)),
        prices=_codes(price, *listed, *looked_at),
        plans=_codes(plan),
    )


def _at(tree: object, key: str) -> object:
    return tree.get(key) if isinstance(tree, dict) else None


def _items(tree: object, key: str) -> list[object]:
    found = _at(tree, key)
    return found if isinstance(found, list) else []


def _parts(measure: object) -> Iterator[object]:
    if isinstance(measure, dict):
        yield from measure.values()
    else:
        yield measure


def _codes(*found: object) -> frozenset[str]:
    return frozenset(str(code) for code in found if isinstance(code, str | int))
