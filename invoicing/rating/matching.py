"""Which entry of a version an event gets, and what it missed by a hair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice, product

from invoicing.rating.entries import RateEntry
from invoicing.rating.index import Ranked
from invoicing.rating.match import named_values
from invoicing.rating.rate_card import RateCardVersion

_TRIED_AT_MOST = 256


def match_entry(version: RateCardVersion, dimensions: Mapping[str, str]) -> RateEntry | None:
    """
    Return the entry that applies: highest priority, then most concrete values.

    Exact and case-sensitive; a property that is not in `dimensions` is absent.
    """
    found = matching_entries(version, dimensions)
    return found[0].entry if found else None


def matching_entries(version: RateCardVersion, dimensions: Mapping[str, str]) -> tuple[Ranked, ...]:
    """Return all entries that match with their places, the one that applies first."""
    return version.index.matching(tuple(sorted(dimensions.items())))


def near_miss(version: RateCardVersion, dimensions: Mapping[str, str]) -> dict[str, str] | None:
    """
    Return the declared values with which the event would match, by property.

    Only where they differ from the event's in case or surrounding space alone; None otherwise.
    """
    declared = _declared_values(version)
    names = sorted(dimensions)
    spellings = [
        [dimensions[name], *sorted(declared[name, _folded(dimensions[name])] - {dimensions[name]})]
        for name in names
    ]
    for values in islice(product(*spellings), 1, _TRIED_AT_MOST):
        corrected = dict(zip(names, values, strict=True))
        if match_entry(version, corrected) is not None:
            return {name: corrected[name] for name in names if corrected[name] != dimensions[name]}
    return None


def _declared_values(version: RateCardVersion) -> defaultdict[tuple[str, str], set[str]]:
    declared: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in version.entries:
        for name, value in entry.match.items():
            for text in named_values(value):
                declared[name, _folded(text)].add(text)
    return declared


def _folded(text: str) -> str:
    return text.strip().casefold()
