from __future__ import annotations

import pytest

from invoicing.rating.calls.numbers import number_digits


@pytest.mark.parametrize(
    "written",
    [
        "+442083661177",
        "442083661177",
        "+44 20 8366 1177",
        "+44 (0)20 8366 1177",
        "tel:+44-20-8366-1177",
        "44 (20) 8366-1177",
        " +442083661177 ",
    ],
)
def test_a_number_is_its_digits_however_it_is_written(written: str) -> None:
    assert number_digits(written) == "442083661177"


@pytest.mark.parametrize("written", ["+1 242 555 1234", "+12425551234"])
def test_a_number_that_nobody_can_have_is_rated_all_the_same(written: str) -> None:
    assert number_digits(written) == "12425551234"


@pytest.mark.parametrize(
    "written, digits",
    [
        ("+999 123", "999123"),
        ("00442083661177", "00442083661177"),
        ("011 44 20", "0114420"),
        ("+1-800-FLOWERS", "18003569377"),
        ("+", ""),
        ("+999 x", ""),
    ],
)
def test_what_is_no_number_of_a_country_is_its_digits(written: str, digits: str) -> None:
    assert number_digits(written) == digits


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "anonymous",
        "Restricted",
        "sip:+442083661177@example.com",
        "sips:alice@example.com",
        "bob@example.com",
        "client:agent7",
        "sim:DE123",
        "+266696687",
        "+7378742833",
        "7378742833",
        "+2562533",
        "+8656696",
        "+86282452253",
    ],
)
def test_a_hidden_caller_has_no_number(written: str) -> None:
    assert number_digits(written) == ""
