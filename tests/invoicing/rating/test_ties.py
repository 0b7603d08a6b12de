from decimal import Decimal
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.rating.entries import RateEntry
from invoicing.rating.match import ANY, MatchValue, NumericRange, matches_meet
from invoicing.rating.ties import tie_problems
from tests.invoicing.rating.matches import match_values, matches

RATE = Decimal("0.10")
ADVICE = "one event can match both at the same rank, give one of them a priority"


def entry(priority: int = 0, **match: MatchValue) -> RateEntry:
    return RateEntry(match, RATE, priority)


def test_a_tie_names_both_entries() -> None:
    problems = tie_problems([entry(region="US"), entry(region="EU"), entry(outcome="resolved")])

    assert [problem.text() for problem in problems] == [
        f"entries[2]: (outcome: resolved) ties with entries[0] (region: US): {ADVICE}",
        f"entries[2]: (outcome: resolved) ties with entries[1] (region: EU): {ADVICE}",
    ]


def test_rank_settles_what_would_tie() -> None:
    assert not tie_problems(
        [
            entry(region="US", outcome="resolved"),
            entry(region="US", outcome=ANY),
            entry(region="US", priority=1),
            entry(),
        ]
    )


def test_neighbouring_ranges_do_not_tie() -> None:
    ranges = [NumericRange(gte=Decimal(low), lt=Decimal(low + 1)) for low in range(50)]

    assert not tie_problems([entry(tokens=value) for value in ranges])


def test_thousands_of_exact_entries_are_compared_in_groups_and_the_one_tie_is_found() -> None:
    entries = [entry(a=str(a), b=str(b)) for a, b in product(range(70), range(70))]

    assert not tie_problems(entries)
    assert [problem.path for problem in tie_problems([*entries, entries[-1]])] == [
        ("entries", 4900)
    ]


def test_a_card_of_nothing_but_ties_names_the_first_twenty() -> None:
    assert len(tie_problems([entry(region="US")] * 500)) == 20


@settings(max_examples=300)
@given(st.lists(matches(), max_size=7))
def test_ties_are_those_of_comparing_every_pair(drawn: list[dict[str, MatchValue]]) -> None:
    assert_same_ties([RateEntry(match, RATE) for match in drawn])


@settings(max_examples=300)
@given(st.lists(st.fixed_dictionaries({"a": match_values()}), min_size=9, max_size=14))
def test_ties_of_many_entries_are_those_of_comparing_every_pair(
    drawn: list[dict[str, MatchValue]],
) -> None:
    assert_same_ties([RateEntry(match, RATE) for match in drawn])


def assert_same_ties(entries: list[RateEntry]) -> None:
    expected = sorted(
        (second, first)
        for (first, one), (second, other) in combinations(enumerate(entries), 2)
        if one.rank == other.rank and matches_meet(one.match, other.match)
    )
    found = [problem.path[1] for problem in tie_problems(entries)]
    assert len(found) == min(len(expected), 20)
    assert set(found) <= {second for second, _ in expected}
