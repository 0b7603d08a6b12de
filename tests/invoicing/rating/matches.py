"""Small matches over three properties, so that drawn ones meet often."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from invoicing.rating.match import ANY, Alternatives, MatchValue
from values.numeric_range import NumericRange

VALUES = ["1", "2", "3", "us", "US", "1.5"]
PROPERTIES = ["a", "b", "c"]


@st.composite
def ranges(draw: st.DrawFn) -> NumericRange:
    """Return a range with at least one number in it."""
    low = draw(st.integers(0, 3))
    high = draw(st.integers(low + 1, 4))
    sides: dict[str, Decimal] = {}
    lower, upper = draw(st.sampled_from(["gte", "gt", ""])), draw(st.sampled_from(["lte", "lt"]))
    if lower:
        sides[lower] = Decimal(low)
    sides[upper] = Decimal(high)
    return NumericRange(**sides)


def match_values() -> st.SearchStrategy[MatchValue]:
    """Return any kind of value that an entry may ask for."""
    return st.one_of(
        st.sampled_from(VALUES),
        st.none(),
        st.just(ANY),
        ranges(),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True).map(
            lambda values: Alternatives(tuple(values))
        ),
    )


def matches() -> st.SearchStrategy[dict[str, MatchValue]]:
    """Return matches that leave properties out as well."""
    return st.dictionaries(st.sampled_from(PROPERTIES), match_values(), max_size=3)


def dimensions() -> st.SearchStrategy[dict[str, str]]:
    """Return what an event may hold."""
    return st.dictionaries(st.sampled_from(PROPERTIES), st.sampled_from(VALUES), max_size=3)
