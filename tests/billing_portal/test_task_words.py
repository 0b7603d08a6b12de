"""What the list of failed tasks may say."""

import json
import re

import pytest

from billing_portal.task_words import told_arguments, told_error
from values.money import money_text


@pytest.mark.parametrize(
    "args, kwargs, told",
    [
        ((), None, "[]"),
        ((7,), {}, "[7]"),
        ([3, [1, 2]], {}, "[3, [1, 2]]"),
        ((), {"b": 1, "a": None}, '[{"a": null, "b": 1}]'),
        (("inv_01m7z990drev28a8b5dn97yq22",), {}, '["inv_01m7z990drev28a8b5dn97yq22"]'),
        (("vb_live_secret", "Basil"), {}, '["…", "…"]'),
        (({"name": "Basil"},), {}, '["…"]'),
        ("no list", None, "[]"),
    ],
)
def test_arguments_are_told_as_ids_alone(args: object, kwargs: object, told: str) -> None:
    assert told_arguments(args, kwargs) == told


def test_long_arguments_end_in_a_fingerprint_of_all() -> None:
    one, other = list(range(1000)), [*range(999), 5000]

    assert len(told_arguments([one], {})) == 500
    assert told_arguments([one], {}) == told_arguments([one], {})
    assert told_arguments([one], {}) != told_arguments([other], {})


@pytest.mark.parametrize(
    "words, told",
    [
        ("", "ValueError"),
        ("two\nlines", "ValueError: two"),
        ("no template 'Acme Support Co'", "ValueError: no template …"),
        ("refused: ann@acme.example", "ValueError: refused: …"),
        ("redis://:hunter2@cache:6379/0 is away", "ValueError: … is away"),
        ("key vb_live_abcdefgh_1234567890 is bad", "ValueError: key … is bad"),
        ("call +1 (312) 555-0123 failed", "ValueError: call … failed"),
        ("invoice inv_01m7z990drev28a8b5dn97yq22 is upcoming",
         "ValueError: invoice inv_01m7z990drev28a8b5dn97yq22 is upcoming"),
        ("a\x00b", "ValueError: ab"),
    ],
)  # fmt: skip
def test_an_error_is_told_in_one_line_without_anybodys_data(words: str, told: str) -> None:
    assert told_error(ValueError(words), None) == told


def test_an_error_says_where_in_our_code_it_was_raised() -> None:
    with pytest.raises(TypeError) as raised:
        money_text("no number", "USD")  # type: ignore[arg-type]

    told = told_error(raised.value, raised.tb)
    assert re.fullmatch(r"TypeError: .* \(values/money\.py:\d+\)", told)


def test_of_others_code_no_place_is_told() -> None:
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads("")

    assert told_error(raised.value, raised.tb).startswith("JSONDecodeError: Expecting value: ")
    assert ".py" not in told_error(raised.value, raised.tb)


def test_a_long_error_is_cut() -> None:
    assert len(told_error(ValueError("word " * 500), None)) == 500
