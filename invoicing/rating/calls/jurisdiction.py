"""
Interstate, intrastate or international: what the two numbers of a call say.

The state of a North American number is that of its area code, as they were assigned; ported and
mobile numbers make it an approximation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

_HOME = "US"
_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})
_NORTH_AMERICA = "1"
_DIGITS_OF_NORTH_AMERICA = 11
_SHARED_BY_ALL_COUNTRIES = frozenset({800, 808, 878, 888, 979})
"""Country codes of toll-free, shared-cost, personal and premium numbers: no place on earth."""

_ABROAD = "abroad"


def rate_jurisdiction(one: str, other: str) -> str:
    """
    Return the word for a call between two numbers, given as digits of E.164.

    Territories of the United States are states. A call with an end in another country is
    international, wherever the other end is; else one with an end that has no known state
    (toll-free, personal, hidden) is indeterminate.
    """
    here, there = _area(one), _area(other)
    if _ABROAD in (here, there):
        return "international"
    if here is None or there is None:
        return "indeterminate"
    return "intrastate" if here == there else "interstate"


def _area(digits: str) -> str | None:
    """Return the state, `_ABROAD`, or None where the digits do not tell."""
    if digits.startswith(_NORTH_AMERICA):
        if len(digits) != _DIGITS_OF_NORTH_AMERICA:
            return None
        return _area_codes().get(digits[1:4])
    if not digits or digits.startswith("0"):
        return None
    codes = (int(digits[:length]) for length in (1, 2, 3))
    code = next((code for code in codes if code in COUNTRY_CODE_TO_REGION_CODE), None)
    return None if code is None or code in _SHARED_BY_ALL_COUNTRIES else _ABROAD


@lru_cache(maxsize=1)
def _area_codes() -> Mapping[str, str]:
    text = files("invoicing.rating.calls").joinpath("data", "npa_region.csv").read_text("utf-8")
    return {
        row["npa"]: _located(row)
        for row in csv.DictReader(text.splitlines())
        if row["class"] == "geographic"
    }


def _located(row: Mapping[str, str]) -> str:
    if row["country"] in _TERRITORIES:
        return row["country"]
    return row["state_or_province"] if row["country"] == _HOME else _ABROAD
