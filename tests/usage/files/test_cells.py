"""Single cells as text and truth, whatever a format makes of them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from usage.files.cells import BadValue, as_boolean, as_text, is_no_time


@pytest.mark.parametrize(
    "value, text",
    [
        ("x", "x"), (True, "true"), (False, "false"), (7, "7"), (Decimal("0.10"), "0.10"),
        (datetime(2024, 11, 5, 10, tzinfo=UTC), "2024-11-05T10:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_cell_is_written_as_it_stands(value: Any, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        None, "", "  ", "0000-00-00 00:00:00", " 0000-00-00 00:00:00 ", "0000-00-00T00:00:00Z",
        "0000-00-00", "0000-00-00 00:00:00.000000", "00/00/0000 00:00", "00.00.0000", "0", 0,
        Decimal("0.0"),
    ],
)  # fmt: skip
def test_zeroes_are_no_time(value: Any) -> None:
    assert is_no_time(value)


@pytest.mark.parametrize(
    "value",
    [
        "2024-00-00 00:00:00", "0000-00-00 10:00:00", "00:00:00", "0000", "00", "0001-01-01", "-0",
        "soon", 1, False, [], datetime(2024, 11, 5, tzinfo=UTC),
    ],
)  # fmt: skip
def test_whatever_else_stands_for_a_time_is_read_as_one(value: Any) -> None:
    assert not is_no_time(value)


@pytest.mark.parametrize("value", [True, "Yes", " true ", "1", 1])
def test_what_is_true_is_true(value: Any) -> None:
    assert as_boolean(value) is True


@pytest.mark.parametrize("value", [False, "no", "0", 0])
def test_what_is_false_is_false(value: Any) -> None:
    assert as_boolean(value) is False


@pytest.mark.parametrize("value", ["2", "", [True]])
def test_anything_else_is_neither(value: Any) -> None:
    with pytest.raises(BadValue):
        as_boolean(value)
