"""Prices of every kind as a file states them."""

import pytest

from invoicing.rating.price import PriceKind
from tests.plan_file.book import Book, Parsed, ProblemsOf

PERFORMANCE = {
    "code": "bonus",
    "kind": "performance",
    "measure": "CALLS",
    "of": ["call"],
    "bands": [{"percent": 5}],
}
FEE = {"code": "fee", "kind": "recurring", "amount": "5"}


def test_prices_that_count_no_usage_have_no_meter(book: Book, parsed: Parsed) -> None:
    book["prices"] += [FEE, PERFORMANCE]

    kinds = {price.terms.code: price.terms for price in parsed(book).prices}

    assert (kinds["fee"].kind, kinds["fee"].meter) == (PriceKind.RECURRING, None)
    assert kinds["bonus"].meters == {"CALLS"}


def test_versions_of_a_price_may_have_different_models(book: Book, parsed: Parsed) -> None:
    book["prices"][0]["effective_to"] = "2025-01-01"
    book["prices"].append(
        {
            "code": "call",
            "kind": "usage",
            "effective_from": "2025-01-01",
            "meter": "CALLS",
            "model": "volume",
            "tiers": [{"unit_price": 1}],
        }
    )

    (price,) = parsed(book).prices

    assert len(price.terms.versions) == 2


@pytest.mark.parametrize(
    "price,expected",
    [
        (FEE | {"code": "a b"}, ["prices[1].code: must be letters and digits"]),
        (FEE | {"amount": None}, ["prices[1].amount: is required"]),
        (FEE | {"meter": "CALLS"}, ["prices[1].meter: belongs to usage, call"]),
        (
            FEE | {"model": "volume", "tiers": [{"unit_price": 1}]},
            [
                "prices[1].model: belongs to seat, usage",
                "prices[1].tiers: belongs to graduated, volume, graduated_percentage",
            ],
        ),
        (
            {"code": "x", "kind": "usage", "model": "graduated", "tiers": [{"unit_price": "x"}]},
            [
                "prices[1].tiers[0].unit_price: 'x' is not a number such as 12 or 0.25",
                "prices[1].meter: is required",
            ],
        ),
        (
            PERFORMANCE | {"measure": "CALL"},
            ["prices[1].measure: unknown meter 'CALL', did you mean 'CALLS'?"],
        ),
        (
            PERFORMANCE | {"measure": {"divide": "CALLS", "by": "X"}},
            ["prices[1].measure.by: unknown meter 'X'"],
        ),
        (
            PERFORMANCE | {"of": ["call", "cal"]},
            ["prices[1].of[1]: unknown price 'cal', did you mean 'call'?"],
        ),
        (PERFORMANCE | {"of": ["bonus"]}, ["prices[1].of[0]: is this price itself"]),
    ],
)
def test_a_price_that_cannot_be_is_refused(
    price: Book, expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"].append(price)

    found = problems_of(book)

    assert len(found) == len(expected)
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))


def test_versions_of_one_price_are_of_one_kind(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] += [
        FEE | {"effective_to": "2025-01-01"},
        {"code": "fee", "kind": "one_time", "amount": 5, "effective_from": "2025-01-01"},
    ]

    assert problems_of(book) == ["prices[2].kind: all versions are of one kind"]


def test_a_rates_file_lies_beside_a_document_alone(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"].append(
        {"code": "voice", "kind": "call", "meter": "CALLS", "rates_file": "deck.csv"}
    )

    (problem,) = problems_of(book)

    assert problem.startswith("prices[1].rates_file: ")
