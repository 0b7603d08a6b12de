from decimal import Decimal
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.rating.entries import RateEntry
from invoicing.rating.match import ANY, MatchValue, matches_meet
from invoicing.rating.ties import tie_problems
from tests.invoicing.rating.matches import match_values, matches
from values.numeric_range import NumericRange

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


def test_ranges_are_compared_with_the_one_that_reaches_furthest() -> None:
    far = entry(tokens=NumericRange(gte=Decimal(1), lte=Decimal(40)))
    bounded = [
        entry(tokens=NumericRange(gte=Decimal(low), lt=Decimal(low) + Decimal("0.5")))
        for low in range(39)
    ]
    apart = [
        entry(tokens=NumericRange(gt=Decimal(low), lt=Decimal(low + 1))) for low in range(41, 60)
    ]
    open_end = entry(tokens=NumericRange(gt=Decimal(40)))

    assert not tie_problems([*bounded, *apart])
    assert [problem.path[-1] for problem in tie_problems([*bounded[:1], *apart, far])] == []
    assert len(tie_problems([far, *bounded])) == 20
    assert [problem.path[-1] for problem in tie_problems([far, open_end, *bounded[:1]])] == []
    assert len(tie_problems([*bounded, open_end, *apart])) == 19


def test_ranges_that_hang_together_are_compared_with_each_other() -> None:
    near, middle, far = (
        entry(tokens=NumericRange(gte=Decimal(low), lt=Decimal(high)))
        for low, high in ((0, 10), (5, 30), (20, 21))
    )
    beyond = [
        entry(tokens=NumericRange(gte=Decimal(low), lt=Decimal(low) + Decimal("0.5")))
        for low in range(30, 90)
    ]

    problems = tie_problems([near, middle, *beyond, far])

    assert [problem.text().split(" ties with ")[0] for problem in problems] == [
        "entries[1]: (tokens: >= 5 and < 30)",
        "entries[62]: (tokens: >= 20 and < 21)",
    ]
