from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from invoicing.rating.match import ANY, Alternatives, MatchValue, accepts
from invoicing.rating.matching import match_entry, matching_entries, near_miss
from invoicing.rating.rate_card import RateCardVersion, RateEntry
from invoicing.rating.ties import tie_problems
from tests.invoicing.ai_call_centre import CARD_VERSION
from tests.invoicing.rating.matches import dimensions, matches
from values.numeric_range import NumericRange

BEGIN = datetime(2024, 11, 1, tzinfo=UTC)


def version(*entries: tuple[dict[str, MatchValue], str, int]) -> RateCardVersion:
    return RateCardVersion(
        BEGIN,
        None,
        tuple(RateEntry(match, Decimal(rate), priority) for match, rate, priority in entries),
    )


SPECIFIC = version(
    ({"region": "US", "outcome": "resolved"}, "0.20", 0),
    ({"region": "US", "outcome": ANY}, "0.35", 0),
    ({"region": "US", "outcome": None}, "0.50", 0),
    ({"region": Alternatives(("EU", "APAC"))}, "0.60", 0),
    ({"tokens": NumericRange(gte=Decimal(128000))}, "0.90", 1),
)


@pytest.mark.parametrize(
    "values,rate",
    [
        ({"region": "US", "outcome": "resolved"}, "0.20"),
        ({"region": "US", "outcome": "never seen"}, "0.35"),
        ({"region": "US"}, "0.50"),
        ({"region": "APAC", "outcome": "resolved"}, "0.60"),
        ({"region": "EU"}, "0.60"),
        ({"region": "US", "outcome": "resolved", "tokens": "128000"}, "0.90"),
        ({"tokens": "200000"}, "0.90"),
    ],
)
def test_priority_then_concrete_values_decide(values: dict[str, str], rate: str) -> None:
    entry = match_entry(SPECIFIC, values)

    assert entry is not None
    assert entry.rate == Decimal(rate)


@pytest.mark.parametrize(
    "values", [{}, {"region": "us"}, {"outcome": "resolved"}, {"tokens": "127999"}]
)
def test_what_no_entry_asks_for_has_none(values: dict[str, str]) -> None:
    assert match_entry(SPECIFIC, values) is None


def test_the_entries_passed_over_follow_by_rank() -> None:
    values = {"region": "US", "outcome": "resolved", "tokens": "128000"}

    assert [found.position for found in matching_entries(SPECIFIC, values)] == [4, 0, 1]


@settings(max_examples=300)
@given(st.lists(st.tuples(matches(), st.integers(0, 3)), max_size=8), dimensions())
def test_the_index_finds_what_reading_the_whole_card_finds(
    drawn: list[tuple[dict[str, MatchValue], int]], values: dict[str, str]
) -> None:
    entries = [RateEntry(match, Decimal(1), priority) for match, priority in drawn]
    assume(not tie_problems(entries))
    matching = [
        entry
        for entry in entries
        if all(accepts(value, values.get(key)) for key, value in entry.match.items())
    ]

    found = match_entry(RateCardVersion(BEGIN, None, tuple(entries)), values)

    assert found is max(matching, key=lambda entry: entry.rank, default=None)


def test_long_lists_of_alternatives_are_found_without_writing_them_all_out() -> None:
    lists = {name: Alternatives(tuple(str(n) for n in range(50))) for name in ("a", "b", "c")}
    card = version((dict(lists), "0.20", 0))

    assert match_entry(card, {"a": "49", "b": "0", "c": "7"}) is not None
    assert match_entry(card, {"a": "49", "b": "0", "c": "50"}) is None


@pytest.mark.parametrize(
    "values,hint",
    [
        ({"region": "us", "call_outcome": "resolved"}, {"region": "US"}),
        ({"region": " US ", "call_outcome": "resolved"}, {"region": "US"}),
        (
            {"region": "apac", "call_outcome": "Resolved"},
            {"region": "APAC", "call_outcome": "resolved"},
        ),
        ({"region": "us", "call_outcome": "abandoned"}, None),
        ({"region": "LATAM", "call_outcome": "resolved"}, None),
        ({"region": "us"}, None),
        ({}, None),
    ],
)
def test_a_near_miss_is_a_difference_in_case_or_space_alone(
    values: dict[str, str], hint: dict[str, str] | None
) -> None:
    assert near_miss(CARD_VERSION, values) == hint


def test_a_near_miss_may_be_another_spelling_that_is_declared_too() -> None:
    card = version(
        ({"region": "us", "outcome": "a"}, "0.10", 0), ({"region": "US", "outcome": "b"}, "0.20", 0)
    )

    assert near_miss(card, {"region": "us", "outcome": "b"}) == {"region": "US"}
