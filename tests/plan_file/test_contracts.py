"""Contracts with their anchors, quantities, phases and overrides."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from invoicing.assembly.terms import DatedQuantity
from plan_file.format.contracts import Contract
from tests.plan_file.book import Book, Parsed, ProblemsOf

FEE = {"code": "fee", "kind": "recurring", "amount": "5"}
HERE = "customers[0].contracts[0]"


def stated(book: Book, **keys: Any) -> Book:
    """Return the book, its first contract with these keys."""
    book["customers"][0]["contracts"][0] |= keys
    return book


def contract_of(parsed: Parsed, book: Book) -> Contract:
    return parsed(book).customers[0].contracts[0]


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def with_two_plans(book: Book) -> Book:
    book["prices"].append(FEE)
    book["plans"][0]["prices"].append("fee")
    book["plans"].append({"code": "pro", "billing_period": "month", "prices": ["fee"]})
    return book


@pytest.mark.parametrize(
    "period,anchor,day", [("quarter", "2024-01-15", 15), ("week", "2024-11-13", 3)]
)
def test_an_anchor_date_says_where_a_period_begins(
    period: str, anchor: str, day: int, book: Book, parsed: Parsed
) -> None:
    book["plans"][0]["billing_period"] = period

    contract = contract_of(parsed, stated(book, anchor_date=anchor))

    assert (contract.anchor_date, contract.anchor_day) == (date.fromisoformat(anchor), day)


def test_quantities_are_in_the_order_of_time(book: Book, parsed: Parsed) -> None:
    book["customers"][0]["timezone"] = "America/New_York"
    seats = [
        {"from": "2024-11-11", "quantity": "8"},
        {"from": "2024-11-01", "quantity": "2.5"},
    ]

    contract = contract_of(parsed, stated(book, quantities={"seats": seats, "lines": 3}))

    assert contract.quantities == {
        "seats": (
            DatedQuantity(at(2024, 11, 1, 4), Decimal("2.5")),
            DatedQuantity(at(2024, 11, 11, 5), Decimal(8)),
        ),
        "lines": (DatedQuantity(at(2024, 11, 1, 4), Decimal(3)),),
    }


def test_phases_are_in_the_order_of_time(book: Book, parsed: Parsed) -> None:
    phases = [
        {"from": "2026-01-01", "overrides": {"fee": {"amount": 3}}},
        {"from": "2025-01-01", "plan": "pro"},
    ]

    contract = contract_of(parsed, stated(with_two_plans(book), phases=phases))

    assert [(phase.starts_at, phase.plan) for phase in contract.phases] == [
        (at(2025, 1, 1), "pro"),
        (at(2026, 1, 1), None),
    ]


def test_a_phase_keeps_what_it_does_not_name(book: Book, parsed: Parsed) -> None:
    phases = [
        {"from": "2025-01-01", "overrides": {"fee": {"amount": 2, "timing": "arrears"}}},
        {"from": "2026-01-01", "plan": "pro"},
        {"from": "2027-01-01", "overrides": {"fee": {"amount": 3}}},
    ]
    overrides = {"fee": {"amount": 1}, "call": {"fallback_rate": 9}}
    book = stated(with_two_plans(book), overrides=overrides, phases=phases, end="2028-01-01")

    stretches = contract_of(parsed, book).stretches

    assert [(each.starts_at.year, each.plan) for each in stretches] == [
        (2024, "basic"),
        (2025, "basic"),
        (2026, "pro"),
        (2027, "pro"),
    ]
    assert [each.overrides["fee"].keys for each in stretches] == [
        {"amount": 1},
        {"amount": 2, "timing": "arrears"},
        {"amount": 2, "timing": "arrears"},
        {"amount": 3},
    ]
    assert {each.overrides["call"].fallback_rate for each in stretches} == {Decimal(9)}
    assert [each.ends_at for each in stretches] == [
        *(each.starts_at for each in stretches[1:]),
        at(2028, 1, 1),
    ]


def test_a_phase_may_say_null_for_what_it_keeps(book: Book, parsed: Parsed) -> None:
    phases = [{"from": "2025-01-01", "plan": None, "overrides": None}]

    (phase,) = contract_of(parsed, stated(book, phases=phases)).phases

    assert (phase.plan, phase.overrides) == (None, {})


def test_a_contract_runs_from_its_start_up_to_its_end(book: Book, parsed: Parsed) -> None:
    contract = contract_of(parsed, stated(book, end="2025-01-01"))

    assert [contract.runs_at(at(*day)) for day in ((2024, 11, 1), (2025, 1, 1))] == [True, False]


def test_a_phase_at_the_start_leaves_nothing_before_it(book: Book, parsed: Parsed) -> None:
    phases = [{"from": "2024-11-01", "plan": "pro"}]

    (stretch,) = contract_of(parsed, stated(with_two_plans(book), phases=phases)).stretches

    assert (stretch.plan, stretch.starts_at, stretch.ends_at) == ("pro", at(2024, 11, 1), None)


def test_a_contract_may_override_what_only_a_later_plan_has(
    book: Book, problems_of: ProblemsOf
) -> None:
    book = with_two_plans(book)
    book["plans"][0]["prices"] = ["call"]
    overrides = {"fee": {"amount": 1}}

    assert problems_of(stated(book, overrides=overrides)) == [
        f"{HERE}.overrides.fee: the plan 'basic' has no price 'fee'"
    ]
    assert problems_of(stated(book, phases=[{"from": "2025-01-01", "plan": "pro"}])) == []


@pytest.mark.parametrize(
    "keys,expected",
    [
        (
            {"anchor_date": "2024-01-15", "anchor_day": 15},
            ["anchor_day: stands beside anchor_date, write one of them"],
        ),
        ({"end": "2024-11-01"}, ["end: must be after start"]),
        ({"anchor_date": "15"}, ["anchor_date: must be a date such as 2024-11-01"]),
        ({"quantities": {"seats": "x"}}, ["quantities.seats: 'x' is not a number"]),
        ({"quantities": {"seats": "-1"}}, ["quantities.seats: must not be negative"]),
        ({"quantities": [1]}, ["quantities: must be a mapping"]),
        (
            {"quantities": {"seats": [{"from": "2024-11-01T05:00:00Z"}, {"quantity": "-1"}]}},
            [
                "quantities.seats[0].from: must be a date",
                "quantities.seats[0].quantity: is required",
                "quantities.seats[1].from: is required",
            ],
        ),
        (
            {"quantities": {"seats": [{"from": "2024-11-01", "quantity": "-1"}]}},
            ["quantities.seats[0].quantity: must not be negative"],
        ),
        (
            {"quantities": {"seats": [{"from": "2024-11-01", "quantity": 1}] * 2}},
            ["quantities.seats[1].from: two quantities begin on this day"],
        ),
        ({"phases": [{"plan": "pro"}]}, ["phases[0].from: is required"]),
        ({"phases": ["pro"]}, ["phases[0]: must be a mapping"]),
        (
            {"phases": [{"from": "2024-10-31"}, {"from": "2026-11-01"}], "end": "2026-11-01"},
            [
                "phases[0].from: must lie in the contract's time",
                "phases[1].from: must lie in the contract's time",
            ],
        ),
        (
            {"phases": [{"from": "2025-01-01"}, {"from": "2025-01-01"}]},
            [f"phases[1].from: {HERE}.phases[0] begins on this day too"],
        ),
        (
            {"phases": [{"from": "2025-01-01", "plan": "prof"}]},
            ["phases[0].plan: unknown plan 'prof', did you mean 'pro'?"],
        ),
        (
            {"phases": [{"from": "2025-01-01", "price": "pro"}]},
            ["phases[0].price: unknown key"],
        ),
        (
            {"phases": [{"from": "2025-01-01", "plan": "pro", "overrides": {"call": {}}}]},
            ["phases[0].overrides.call: the plan 'pro' has no price 'call'"],
        ),
        (
            {"phases": [{"from": "2025-01-01", "overrides": {"fee": {"amount": "x"}}}]},
            ["phases[0].overrides.fee.amount: 'x' is not a number"],
        ),
        (
            {"phases": [{"from": "2025-01-01", "plan": "yearly"}]},
            [
                "phases[0].plan: 'yearly' has currency EUR, the plan before it USD",
                "phases[0].plan: 'yearly' has billing_period year, the plan before it month",
            ],
        ),
    ],
)
def test_terms_that_cannot_be_are_refused(
    keys: dict[str, Any], expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book = stated(with_two_plans(book), **keys)
    book["plans"].append({"code": "yearly", "billing_period": "year", "currency": "EUR"})

    found = problems_of(book)

    assert len(found) == len(expected)
    for text, start in zip(found, expected, strict=True):
        assert text.startswith(f"{HERE}.{start}")


def test_contracts_that_overlap_may_not_price_one_meter_in_any_phase(
    book: Book, problems_of: ProblemsOf
) -> None:
    book = with_two_plans(book)
    book["customers"][0]["contracts"] = [
        {"plan": "pro", "start": "2024-11-01", "phases": [{"from": "2025-06-01", "plan": "basic"}]},
        {"plan": "basic", "start": "2025-01-01", "end": "2025-06-02"},
    ]

    assert problems_of(book) == [
        (
            "customers[0].contracts[1]: overlaps customers[0].contracts[0] in time, "
            "and both price the meter 'CALLS'"
        )
    ]
    book["customers"][0]["contracts"][1]["end"] = "2025-06-01"
    assert problems_of(book) == []


def test_contracts_that_overlap_may_measure_one_meter(book: Book, problems_of: ProblemsOf) -> None:
    book["prices"] = [
        {
            "code": "bonus",
            "kind": "performance",
            "measure": "CALLS",
            "of": [],
            "bands": [{"amount": 1}],
        }
    ]
    book["plans"][0]["prices"] = ["bonus"]
    book["customers"][0]["contracts"] *= 2

    assert problems_of(book) == []


def test_contracts_that_meet_at_an_instant_do_not_overlap(book: Book, parsed: Parsed) -> None:
    book["customers"][0]["contracts"] = [
        {"plan": "basic", "start": "2024-10-01", "end": "2024-11-01"},
        {"plan": "basic", "start": "2024-11-01", "end": "2024-12-01"},
    ]

    before, after = parsed(book).customers[0].contracts

    assert not before.overlaps(after)
    assert not after.overlaps(before)
    assert after.overlaps(after)
