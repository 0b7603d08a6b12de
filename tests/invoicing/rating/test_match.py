from decimal import Decimal

import pytest
from hypothesis import given

from invoicing.rating.match import (
    ANY,
    Alternatives,
    Match,
    MatchValue,
    accepts,
    canonical,
    concrete_values,
    matches_meet,
    values_meet,
)
from tests.invoicing.rating.matches import VALUES, dimensions, match_values, matches
from values.numeric_range import NumericRange
from values.problems import InvalidTerms

AT_LEAST_TWO = NumericRange(gte=Decimal(2))


@pytest.mark.parametrize(
    "wanted,value,accepted",
    [
        ("US", "US", True),
        ("US", "us", False),
        ("US", " US", False),
        ("US", None, False),
        ("2", "2.0", False),
        (None, None, True),
        (None, "", False),
        (ANY, "never seen", True),
        (ANY, "", True),
        (ANY, None, False),
        (Alternatives(("visa", "amex")), "amex", True),
        (Alternatives(("visa", "amex")), "Amex", False),
        (AT_LEAST_TWO, "2", True),
        (AT_LEAST_TWO, "2.0", True),
        (AT_LEAST_TWO, "1.999", False),
        (AT_LEAST_TWO, "many", False),
        (AT_LEAST_TWO, None, False),
        (NumericRange(gt=Decimal(2), lte=Decimal(3)), "2", False),
        (NumericRange(gt=Decimal(2), lte=Decimal(3)), "3", True),
        (NumericRange(lt=Decimal(3)), "3", False),
    ],
)
def test_a_value_is_held_against_what_the_entry_asks(
    wanted: MatchValue, value: str | None, accepted: bool
) -> None:
    assert accepts(wanted, value) is accepted


@pytest.mark.parametrize(
    "one,other,meet",
    [
        ("US", ANY, True),
        (None, ANY, False),
        (None, None, True),
        ("2", AT_LEAST_TWO, True),
        ("1", AT_LEAST_TWO, False),
        (Alternatives(("1", "7")), AT_LEAST_TWO, True),
        (Alternatives(("a", "b")), Alternatives(("b", "c")), True),
        (NumericRange(lt=Decimal(2)), AT_LEAST_TWO, False),
        (NumericRange(lte=Decimal(2)), AT_LEAST_TWO, True),
        (NumericRange(gt=Decimal(1), lt=Decimal(2)), NumericRange(gt=Decimal("1.9")), True),
        (NumericRange(gt=Decimal(2)), NumericRange(lt=Decimal(2)), False),
    ],
)
def test_two_values_meet_where_one_event_has_both(
    one: MatchValue, other: MatchValue, meet: bool
) -> None:
    assert values_meet(one, other) is meet
    assert values_meet(other, one) is meet


@given(match_values(), match_values())
def test_values_that_accept_the_same_value_meet(one: MatchValue, other: MatchValue) -> None:
    if any(accepts(one, value) and accepts(other, value) for value in (*VALUES, None)):
        assert values_meet(one, other)


def test_matches_that_name_different_properties_meet() -> None:
    assert matches_meet({"region": "US"}, {"outcome": "resolved"})
    assert not matches_meet({"region": "US"}, {"region": "EU", "outcome": "resolved"})


@given(matches(), matches(), dimensions())
def test_matches_that_one_event_satisfies_meet(
    one: Match, other: Match, values: dict[str, str]
) -> None:
    if all(
        accepts(value, values.get(key)) for match in (one, other) for key, value in match.items()
    ):
        assert matches_meet(one, other)


def test_all_but_the_wildcard_are_concrete() -> None:
    match: Match = {
        "a": "US",
        "b": ANY,
        "c": None,
        "d": AT_LEAST_TWO,
        "e": Alternatives(("x", "y")),
    }

    assert concrete_values(match) == 4


def test_matches_that_ask_the_same_are_equal_however_they_are_written() -> None:
    assert canonical({"a": "US", "b": Alternatives(("x", "y"))}) == canonical(
        {"b": Alternatives(("y", "x")), "a": Alternatives(("US",))}
    )
    assert canonical({"a": None}) != canonical({})
    assert canonical({"a": ANY}) != canonical({"a": "any"})


@pytest.mark.parametrize(
    "bounds,problem",
    [
        ({}, "a range needs one of gte, gt, lte, lt"),
        ({"gte": 1, "gt": 1}, "gt: stands beside gte, write one of them"),
        ({"lte": 1, "lt": 1}, "lt: stands beside lte, write one of them"),
        ({"gte": 2, "lt": 2}, "no number lies in this range"),
        ({"gte": 3, "lte": 2}, "no number lies in this range"),
    ],
)
def test_a_range_without_numbers_is_refused(bounds: dict[str, int], problem: str) -> None:
    with pytest.raises(InvalidTerms, match=problem):
        NumericRange(**{side: Decimal(bound) for side, bound in bounds.items()})


@pytest.mark.parametrize("values", [(), ("a", "a"), ("a", "*")])
def test_a_list_that_says_nothing_more_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(InvalidTerms):
        Alternatives(values)
