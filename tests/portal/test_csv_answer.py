"""Tables for spreadsheets."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.csv_answer import Cell, cell_text, csv_answer


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_a_text_that_a_spreadsheet_would_calculate_is_quoted(text: str) -> None:
    assert cell_text(text) == f"'{text}"


@pytest.mark.parametrize(
    "cell, expected",
    [
        (Decimal("-21.3500"), "-21.35"),
        (Decimal("1E+3"), "1000"),
        (-3, "-3"),
        (None, ""),
        (date(2024, 11, 30), "2024-11-30"),
        (datetime(2024, 11, 5, 15, tzinfo=UTC), "2024-11-05T15:00:00Z"),
        ("US / resolved", "US / resolved"),
    ],
)
def test_numbers_stay_numbers_and_times_are_in_utc(cell: Cell, expected: str) -> None:
    assert cell_text(cell) == expected


def test_an_answer_is_a_download_of_its_name() -> None:
    answer = csv_answer(name="lines", header=["a", "b"], rows=[["x, y", Decimal("0.10")]])

    assert answer["Content-Disposition"] == 'attachment; filename="lines.csv"'
    assert answer.getvalue().decode() == 'a,b\r\n"x, y",0.1\r\n'
