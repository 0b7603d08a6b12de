import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.admin.meter_text import (
    NotALine,
    credit_units_text,
    filters_text,
    read_credit_units,
    read_filters,
)

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12
) | st.sampled_from(["US", "a = b", "from x", '"', "\n", " ", "x,y", "<3", "", "and"])
NAMES = WORDS.filter(str.strip)
NUMBERS = st.sampled_from(["0", "10", "-1.5", "128000"])
FILTERS = st.dictionaries(
    NAMES,
    st.lists(WORDS, min_size=1, max_size=3)
    | st.dictionaries(st.sampled_from(["gte", "gt", "lte", "lt"]), NUMBERS, min_size=1),
    max_size=3,
)
VERSIONS = st.lists(
    st.builds(
        lambda start, units: {"effective_from": start, "units": units},
        st.sampled_from(["2024-07-01", "2024-07-01T04:30:00Z"]),
        st.dictionaries(NAMES, NUMBERS, min_size=1, max_size=3),
    ),
    max_size=3,
)


def test_filters_are_a_line_each() -> None:
    filters = {"region": ["US", "New York"], "tokens": {"gte": "1000", "lt": "5000"}}
    text = "region = US, New York\ntokens >= 1000, < 5000"

    assert filters_text(filters) == text
    assert read_filters(text) == filters


def test_ranges_may_be_written_as_people_say_them() -> None:
    assert read_filters("  tokens>=1000 and <5000 \n\n seats > 3") == {
        "tokens": {"gte": "1000", "lt": "5000"},
        "seats": {"gt": "3"},
    }


def test_what_looks_like_more_than_a_word_stands_in_quotes() -> None:
    filters: dict[str, object] = {"note": ["a, b", "", " x", 'say "hi"']}

    assert filters_text(filters) == r'note = "a, b", "", " x", "say \"hi\""'
    assert read_filters(filters_text(filters)) == filters


@given(FILTERS)
def test_filters_are_read_as_they_are_shown(filters: dict[str, object]) -> None:
    assert read_filters(filters_text(filters)) == filters


def test_credits_are_a_line_each_under_their_version() -> None:
    versions: list[dict[str, object]] = [
        {"units": {"email_draft": "1", "voice reply": "15"}},
        {"effective_from": "2024-07-01", "units": {"email_draft": "2"}},
    ]
    text = "email_draft = 1\nvoice reply = 15\nfrom 2024-07-01:\nemail_draft = 2"

    assert credit_units_text(versions) == text
    assert read_credit_units(text) == versions


@given(VERSIONS)
def test_credits_are_read_as_they_are_shown(versions: list[dict[str, object]]) -> None:
    assert read_credit_units(credit_units_text(versions)) == versions


@pytest.mark.parametrize(
    "text,message",
    [
        ("region", "Line 1: write region = US, EU or tokens >= 1000, < 5000."),
        ("a = 1\n\n= US", "Line 3: write region = US, EU or tokens >= 1000, < 5000."),
        ("a = 1\na = 2", "Line 2: write everything about a on one line."),
        ("tokens >= ten > 5 or so", "Line 1: write a range such as tokens >= 1000, < 5000."),
        ("tokens > 1, > 2", "Line 1: write a range such as tokens >= 1000, < 5000."),
        (r'"\x" = 1', "Line 1: write region = US, EU or tokens >= 1000, < 5000."),
    ],
)
def test_a_filter_that_nobody_can_read_is_named(text: str, message: str) -> None:
    with pytest.raises(NotALine) as caught:
        read_filters(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text,message",
    [
        ("email_draft", "Line 1: write email_draft = 1 or from 2024-07-01:."),
        ("a = 1\na = 2", "Line 2: write one number for a."),
        (" = 2", "Line 1: write email_draft = 1 or from 2024-07-01:."),
    ],
)
def test_credits_that_nobody_can_read_are_named(text: str, message: str) -> None:
    with pytest.raises(NotALine) as caught:
        read_credit_units(text)

    assert str(caught.value) == message


def test_values_after_a_stray_quote_are_kept_as_they_stand() -> None:
    assert read_filters('region = US, "EU') == {"region": ["US", '"EU']}
