"""Plans with what they commit to and what they grant."""

from decimal import Decimal

import pytest

from invoicing.credits.grants import GrantKind
from invoicing.credits.plan_grants import PlanGrant
from tests.plan_file.book import Book, Parsed, ProblemsOf


def test_a_plan_commits_to_an_amount_and_grants_each_period(book: Book, parsed: Parsed) -> None:
    book["plans"][0] |= {
        "currency": "EUR",
        "minimum_commitment": "500",
        "commitment_tax_code": "SAAS",
        "grants": [
            {"code": "units", "quantity": 10000, "unit": "minute", "kind": "prepaid"},
            {
                "code": "gift",
                "amount": "5.00",
                "kind": "promotional",
                "currency": "USD",
                "every": "period",
                "expires_after_periods": 3,
                "priority": 7,
                "applies_to": ["usage", "call"],
            },
        ],
    }

    (plan,) = parsed(book).plans

    assert (plan.minimum_commitment, plan.commitment_tax_code) == (Decimal(500), "SAAS")
    assert plan.grants == (
        PlanGrant("units", GrantKind.PREPAID, "EUR", None, Decimal(10000), "minute"),
        PlanGrant(
            code="gift",
            kind=GrantKind.PROMOTIONAL,
            currency="USD",
            amount=Decimal(5),
            expires_after_periods=3,
            priority=7,
            applies_to=("usage", "call"),
        ),
    )


@pytest.mark.parametrize(
    "keys,expected",
    [
        ({"minimum_commitment": "-5"}, ["minimum_commitment: must not be negative"]),
        ({"minimum_commitment": "5.001"}, ["minimum_commitment: has more digits than USD has"]),
        (
            {"minimum_commitment": "x"},
            ["minimum_commitment: 'x' is not a number such as 12 or 0.25"],
        ),
        ({"commitment_tax_code": "X"}, ["commitment_tax_code: belongs to minimum_commitment"]),
    ],
)
def test_a_commitment_that_cannot_be_is_refused(
    keys: Book, expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book["plans"][0] |= keys

    assert problems_of(book) == [f"plans[0].{problem}" for problem in expected]


@pytest.mark.parametrize(
    "keys,expected",
    [
        ({"kind": "gift"}, [".kind: must be one of promotional, prepaid"]),
        ({"kind": None}, [".kind: is required"]),
        ({"every": "month"}, [".every: must be one of period"]),
        (
            {"expires_after_periods": 0},
            [".expires_after_periods: must be a whole number from 1 to 1200"],
        ),
        ({"amount": None}, [": needs an amount, or a quantity with its unit"]),
        ({"amount": "0"}, [".amount: must be more than 0"]),
        (
            {"quantity": 5, "unit": "minute"},
            [".amount: stands beside quantity and unit, write one of them"],
        ),
        (
            {"amount": None, "quantity": 5},
            [".unit: is required where the grant is a quantity"],
        ),
        (
            {"applies_to": ["cal"]},
            [".applies_to[0]: unknown section or price 'cal', did you mean 'call'?"],
        ),
        ({"effective_from": "2024-11-01"}, [".effective_from: unknown key"]),
    ],
)
def test_a_grant_of_a_plan_that_cannot_be_is_refused(
    keys: Book, expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book["plans"][0]["grants"] = [{"code": "one", "amount": "5", "kind": "prepaid"} | keys]

    assert problems_of(book) == [f"plans[0].grants[0]{problem}" for problem in expected]


def test_grants_of_a_plan_have_codes_of_their_own(book: Book, problems_of: ProblemsOf) -> None:
    grant = {"code": "one", "amount": "5", "kind": "prepaid"}
    book["plans"][0]["grants"] = [grant, dict(grant)]

    assert problems_of(book) == [
        "plans[0].grants[1].code: 'one' is already taken by plans[0].grants[0]"
    ]


def test_a_price_stands_in_a_plan_once(book: Book, problems_of: ProblemsOf) -> None:
    book["plans"][0]["prices"] = ["call", "call"]

    assert problems_of(book) == ["plans[0].prices[1]: 'call' stands in this plan twice"]
