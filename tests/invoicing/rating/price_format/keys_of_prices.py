"""Keys of a price as somebody writes them, and what the reader makes of them."""

from collections.abc import Mapping

from invoicing.rating.price import PriceVersion
from invoicing.rating.price_format.keys import price_section
from invoicing.rating.price_format.per_unit import RateCards
from invoicing.rating.price_format.reading import read_version
from tests.invoicing.ai_call_centre import CARD
from values.fields import Place
from values.problems import Problem

CARDS: RateCards = {CARD.code: CARD, "broken": None}

Keys = Mapping[str, object]

USAGE: Keys = {"kind": "usage"}
PER_UNIT: Keys = {"kind": "usage", "model": "per_unit", "unit_price": "0.10"}
GRADUATED: Keys = {
    "kind": "usage",
    "model": "graduated",
    "tiers": [{"up_to": 1000, "unit_price": "0.10"}, {"unit_price": "0.05"}],
}


def read(keys: Keys, *, zone: str = "UTC") -> tuple[PriceVersion | None, list[str]]:
    """Return what is read, and the problems as people see them."""
    problems: list[Problem] = []
    section = price_section(Place(dict(keys), (), problems))
    version = read_version(section, name="calls", zone=zone, rate_cards=CARDS)
    return version, [problem.text() for problem in problems]


def version_of(keys: Keys, *, zone: str = "UTC") -> PriceVersion:
    """Return the version that keys without problems say."""
    version, problems = read(keys, zone=zone)
    assert problems == []
    assert version is not None
    return version


def problems_of(keys: Keys) -> list[str]:
    """Return the problems of keys that are no price."""
    version, problems = read(keys)
    assert version is None or problems == []
    return problems
