"""Pools of allowances that prices of a contract, or contracts of a group, share."""

from typing import Any

import pytest

from tests.plan_file.book import Book, ProblemsOf

HERE = "customers[0].contracts[0]"


def stated(book: Book, **keys: Any) -> Book:
    """Return the book, its first contract with these keys."""
    book["customers"][0]["contracts"][0] |= keys
    return book


POOL = {
    "kind": "usage",
    "meter": "CALLS",
    "model": "graduated",
    "tiers": [{"unit_price": 1}],
    "included": {"quantity": 100, "pool": "minutes"},
}

INCLUDED_MORE = {"included": {"quantity": 200, "pool": "minutes"}}


def test_prices_of_a_contract_in_one_pool_state_the_same_allowance(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"] = [POOL | {"code": "one"}, POOL | {"code": "two"}]
    book["plans"][0]["prices"] = ["one", "two"]

    assert problems_of(book) == []
    overrides = {"two": {"included": {"quantity": 50, "pool": "minutes"}}}
    assert problems_of(stated(book, overrides=overrides)) == [
        f"{HERE}: the prices 'one' and 'two' share the pool 'minutes' and include different things"
    ]
    overrides["one"] = dict(overrides["two"])
    assert problems_of(stated(book, overrides=overrides)) == []


def test_versions_of_different_times_may_include_different_things(
    book: Book, problems_of: ProblemsOf
) -> None:
    book["prices"] = [
        POOL | {"code": code, **keys}
        for code in ("one", "two")
        for keys in (
            {"effective_to": "2025-01-01"},
            {"effective_from": "2025-01-01", **INCLUDED_MORE},
        )
    ]
    book["plans"][0]["prices"] = ["one", "two"]

    assert problems_of(book) == []


def test_a_version_before_the_contract_shares_nothing(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] = [
        POOL | {"code": "one"},
        POOL | {"code": "two", "effective_from": "2024-11-01"},
        POOL | {"code": "two", "effective_to": "2024-11-01"} | INCLUDED_MORE,
    ]
    book["plans"][0]["prices"] = ["one", "two"]

    assert problems_of(book) == []


def test_each_phase_is_looked_at(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] = [POOL | {"code": "one"}, POOL | {"code": "two"}]
    book["plans"][0]["prices"] = ["one", "two"]
    phases = [{"from": "2025-01-01", "overrides": {"one": INCLUDED_MORE}}]

    (problem,) = problems_of(stated(book, phases=phases))

    assert problem.startswith(f"{HERE}: the prices 'one' and 'two' share the pool")


GROUP = {"quantity": 100, "pool": "minutes", "scope": "group"}
UNEQUAL = (
    "customers[1].contracts[0]: shares the pool 'minutes' with customers[0].contracts[0], "
    "whose periods begin at other times"
)


@pytest.mark.parametrize(
    "keys,interval,problems",
    [
        ({}, "month", []),
        ({"start": "2024-12-01"}, "month", []),
        ({"start": "2024-12-01"}, "quarter", [UNEQUAL]),
        ({"start": "2025-02-01"}, "quarter", []),
        ({"start": "2025-02-01"}, "year", [UNEQUAL]),
        ({"start": "2025-02-01", "anchor_date": "2020-11-01"}, "year", []),
        ({"anchor_day": 15}, "month", [UNEQUAL]),
    ],
)
def test_contracts_in_a_pool_of_the_group_have_equal_periods(
    keys: dict[str, Any],
    interval: str,
    problems: list[str],
    book: Book,
    problems_of: ProblemsOf,
) -> None:
    book["prices"] = [POOL | {"code": "call", "included": GROUP}]
    book["plans"][0]["billing_period"] = interval
    book["customers"][1]["parent"] = "acme"
    book["customers"][1]["contracts"][0] |= keys

    assert problems_of(book) == problems


def test_a_pool_of_a_group_has_one_zone(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] = [POOL | {"code": "call", "included": GROUP}]
    book["customers"][1] |= {"parent": "acme", "timezone": "America/Chicago"}

    assert problems_of(book) == [UNEQUAL]


def test_customers_that_are_no_group_share_no_pool(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] = [POOL | {"code": "call", "included": GROUP}]
    book["customers"][1]["timezone"] = "America/Chicago"

    assert problems_of(book) == []
