"""Overrides of a file: any key of a price, with problems at their own paths."""

from typing import Any

import pytest

from invoicing.rating.overrides import overridden
from invoicing.rating.terms.per_unit import PerUnit
from tests.plan_file.book import Book, Parsed, ProblemsOf

HERE = "customers[0].contracts[0].overrides"
CALLS = {
    "code": "call",
    "kind": "usage",
    "meter": "CALLS",
    "model": "graduated",
    "tiers": [{"unit_price": 1}],
}
OTHER_CARD = {
    "code": "dear",
    "meter": "CALLS",
    "on_unmatched": "quarantine",
    "versions": [{"effective_from": "2024-01-01", "entries": []}],
}


def agreeing(book: Book, **keys: Any) -> Book:
    """Return the book, its first contract with an override of the price of calls."""
    book["customers"][0]["contracts"][0]["overrides"] = {"call": keys}
    return book


def test_a_contract_may_name_another_rate_card(book: Book, parsed: Parsed) -> None:
    book["rate_cards"].append(OTHER_CARD)

    document = parsed(agreeing(book, rate_card="dear"))

    override = document.customers[0].contracts[0].overrides["call"]
    model = overridden(document.prices[0].terms, override).versions[0].model
    assert isinstance(model, PerUnit)
    assert model.rate_card is not None
    assert model.rate_card.code == "dear"


def test_a_wrong_rate_card_is_no_second_mistake(book: Book, problems_of: ProblemsOf) -> None:
    book["rate_cards"].append(OTHER_CARD | {"meter": "CALL"})

    assert problems_of(agreeing(book, rate_card="dear")) == [
        "rate_cards[1].meter: unknown meter 'CALL', did you mean 'CALLS'?"
    ]


def test_a_wrong_price_is_no_second_mistake(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] = [CALLS | {"tiers": [{"unit_price": "x"}]}]

    assert problems_of(agreeing(book, maximum_amount=5)) == [
        "prices[0].tiers[0].unit_price: 'x' is not a number such as 12 or 0.25"
    ]


@pytest.mark.parametrize(
    "keys,expected",
    [
        ({"tires": []}, [".tires: unknown key, did you mean 'tiers'?"]),
        ({"kind": "seat"}, [".kind: is that of the price and is not replaced"]),
        ({"meter": "X"}, [".meter: is that of the price and is not replaced"]),
        ({"tiers": [{"unit_price": "x"}]}, [".tiers[0].unit_price: 'x' is not a number"]),
        ({"tiers": [{"unit_price": -1}]}, [".tiers[0].unit_price: a rate must not be negative"]),
        ({"included": {"quantity": -1}}, [".included.quantity: must not be negative"]),
        ({"amount": 5}, [".amount: belongs to recurring, one_time"]),
        ({"unit_price": "x"}, [".unit_price: 'x' is not a number"]),
        ({"unit_price": "1"}, [".unit_price: belongs to per_unit, seat"]),
        (
            {"entries": [{"match": {}, "rate": 1}]},
            [".entries: belongs to a price with a rate card"],
        ),
        (
            {"model": "per_unit", "rate_card": "rate", "fallback_rate": 1},
            [".rate_card: unknown rate card 'rate', did you mean 'rates'?"],
        ),
        (
            {"minimum_amount": "x", "section": "plattform", "tiers": []},
            [
                ".section: must be one of platform, usage,",
                ".tiers: needs at least one tier",
                ".minimum_amount: 'x' is not a number",
            ],
        ),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_its_path(
    keys: dict[str, Any], expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"] = [CALLS]

    found = problems_of(agreeing(book, **keys))

    assert len(found) == len(expected)
    for text, start in zip(found, expected, strict=True):
        assert text.startswith(f"{HERE}.call{start}")


def test_a_performance_price_looks_at_what_is_declared(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"][0] = {
        "code": "call",
        "kind": "performance",
        "measure": "CALLS",
        "of": [],
        "bands": [{"amount": 1}],
    }

    assert problems_of(agreeing(book, measure="CALL", of=["fee"])) == [
        f"{HERE}.call.measure: unknown meter 'CALL', did you mean 'CALLS'?",
        f"{HERE}.call.of[0]: unknown price 'fee'",
    ]
