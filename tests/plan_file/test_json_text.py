import pytest

from plan_file.format.json_text import read_json
from plan_file.format.tree import Pairs, Refused, Unreadable, WrittenFloat, settle


def test_a_number_with_a_fraction_keeps_its_digits() -> None:
    assert read_json("[1.50, 1e2]") == [WrittenFloat("1.50"), WrittenFloat("1e2")]


def test_a_key_that_comes_twice_is_kept_for_the_report() -> None:
    assert read_json('{"a": 1, "a": 2}') == Pairs((("a", 1), ("a", 2)))


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_words_for_no_number_are_refused(text: str) -> None:
    assert read_json(text) == Refused(f"{text} is no number")


def test_a_number_of_very_many_digits_is_refused() -> None:
    assert read_json("9" * 5000) == Refused("is a number of more than 100 characters")


@pytest.mark.parametrize("depth", [65, 900, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(Unreadable, match="is nested deeper than 64 levels"):
        settle(read_json("[" * depth + "1" + "]" * depth), take_float=lambda path: False)


def test_text_that_is_no_json_is_refused_with_its_place() -> None:
    with pytest.raises(Unreadable) as caught:
        read_json('{\n  "a": \n}')

    assert (str(caught.value), caught.value.place) == (
        "is not JSON: Expecting value",
        "line 3, column 1",
    )
