from decimal import Decimal

import pytest
from hypothesis import given

from invoicing.rating.match import ANY, Alternatives, Match
from invoicing.rating.match_format import match_as_json, match_text, parse_match
from tests.invoicing.rating.matches import matches
from values.numeric_range import NumericRange
from values.problems import InvalidTerms


def test_a_match_is_read_as_it_is_written() -> None:
    assert parse_match(
        {
            "region": "US",
            "call_outcome": "*",
            "agent": None,
            "card": ["visa", 2],
            "tokens": {"gte": "128000", "lt": 256000},
            "tier": 2,
            "recorded": True,
        }
    ) == {
        "region": "US",
        "call_outcome": ANY,
        "agent": None,
        "card": Alternatives(("visa", "2")),
        "tokens": NumericRange(gte=Decimal(128000), lt=Decimal(256000)),
        "tier": "2",
        "recorded": "true",
    }


@given(matches())
def test_a_match_survives_json(match: Match) -> None:
    assert parse_match(match_as_json(match)) == match


@pytest.mark.parametrize(
    "raw,problem",
    [
        ({"rate": 0.5}, "rate: a floating-point number is not exact, write it as text"),
        ({"card": []}, "card: a list of alternatives must not be empty"),
        ({"card": ["a", None]}, "card[1]: an alternative must be one value"),
        ({"card": ["a", "*"]}, "card[1]: '*' stands alone, not in a list"),
        ({"card": ["a", 0.5]}, "card[1]: a floating-point number is not exact, write it as text"),
        ({"tokens": {}}, "tokens: a range needs one of gte, gt, lte, lt"),
        ({"tokens": {"gtt": 1}}, "tokens.gtt: unknown key, did you mean 'gt'?"),
        ({"tokens": {"gte": "x"}}, "tokens.gte: 'x' is not a number such as 12 or 0.25"),
    ],
)
def test_what_cannot_be_matched_is_named_with_its_path(
    raw: dict[str, object], problem: str
) -> None:
    with pytest.raises(InvalidTerms) as caught:
        parse_match(raw)

    assert [found.text() for found in caught.value.problems] == [problem]


def test_all_mistakes_of_a_match_are_named_at_once() -> None:
    with pytest.raises(InvalidTerms) as caught:
        parse_match({"a": 0.5, "b": [], "c": {"gte": "x", "lt": "y"}})

    assert [found.path for found in caught.value.problems] == [
        ("a",),
        ("b",),
        ("c", "gte"),
        ("c", "lt"),
    ]


def test_a_match_reads_on_one_line() -> None:
    match = parse_match(
        {
            "region": "US",
            "outcome": "*",
            "agent": None,
            "card": ["a", "b"],
            "n": {"gte": 1, "lt": 5},
        }
    )

    assert match_text(match) == (
        "region: US, outcome: *, agent: absent, card: [a, b], n: >= 1 and < 5"
    )
    assert match_text({}) == "anything"
