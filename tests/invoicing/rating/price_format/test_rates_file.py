"""How problems of rows are told to people, who see a document and a file beside it."""

import pytest

from invoicing.rating.price_format.rates_file import RatesFile
from tests.invoicing.rating.calls.calling import a_rate
from values.problems import Path, Problem

DECK = RatesFile("deck.csv", ((2, a_rate(prefix="44")), (5, a_rate(prefix="49"))))


@pytest.mark.parametrize(
    "path, told",
    [
        (("rates", 1), ("deck.csv line 2",)),
        (("rates", 2, "prefix"), ("deck.csv line 5", "prefix")),
        (("rates", 0, "prefix"), ("rates", 0, "prefix")),
        (("decimals",), ("decimals",)),
        ((), ()),
    ],
)
def test_rows_of_the_file_are_named_by_their_lines_and_others_as_they_are(
    path: Path, told: Path
) -> None:
    problem = Problem(path, "rates[2] ties with rates[0]")

    found = DECK.told(problem, after=1, other=lambda at: f"row {at + 1}")

    assert found == Problem(told, "deck.csv line 5 ties with row 1")
