"""Which events belong together: those with the same values of some properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from usage.metering.meter import Meter
from usage.metering.quantity import Dimensions


def keys_apart(meter: Meter, by: Sequence[str] | None) -> frozenset[str]:
    """Return the properties that are aggregated apart: `by`, without it the group keys."""
    return frozenset(meter.group_keys if by is None else by)


def chosen(values: Mapping[str, str], keys: frozenset[str]) -> Dimensions:
    """Return the pairs of the keys, sorted."""
    return tuple(sorted(pair for pair in values.items() if pair[0] in keys))


def grouped(dimensions: Dimensions, keys: frozenset[str]) -> Dimensions:
    """Return only the pairs of the keys."""
    return tuple(pair for pair in dimensions if pair[0] in keys)
