"""Customers of a file: groups, exemptions, shares and credits in units."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from plan_file.format.exemptions import Exemption, JurisdictionShare
from tests.plan_file.book import Book, Parsed, ProblemsOf

UNITS = {"code": "pack", "quantity": "10000", "unit": "credit", "kind": "prepaid"}


def test_a_customer_may_stand_under_the_head_of_a_group(book: Book, parsed: Parsed) -> None:
    book["customers"][0] |= {"parent": "basil", "bill_to_parent": True}

    kid, head = parsed(book).customers

    assert (kid.parent, kid.bill_to_parent) == ("basil", True)
    assert (head.parent, head.bill_to_parent) == (None, False)


@pytest.mark.parametrize(
    "kid,head,expected",
    [
        ({"parent": "basl"}, {}, ["[0].parent: unknown customer 'basl', did you mean 'basil'?"]),
        ({"parent": "acme"}, {}, ["[0].parent: is this customer itself"]),
        (
            {"parent": "basil"},
            {"parent": "acme"},
            [
                "[0].parent: 'basil' has a parent itself: a group has one level",
                "[1].parent: 'acme' has a parent itself: a group has one level",
            ],
        ),
        ({"bill_to_parent": True}, {}, ["[0].bill_to_parent: needs a parent"]),
        (
            {"parent": "basil", "bill_to_parent": "yes"},
            {},
            ["[0].bill_to_parent: must be true or false"],
        ),
    ],
)
def test_a_group_that_cannot_be_is_refused(
    kid: Book, head: Book, expected: list[str], book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0] |= kid
    book["customers"][1] |= head

    assert problems_of(book) == [f"customers{problem}" for problem in expected]


def test_exemptions_and_shares_are_kept(book: Book, parsed: Parsed) -> None:
    book["customers"][0] |= {
        "timezone": "America/New_York",
        "exemptions": [
            {
                "tax_types": ["SALES"],
                "states": ["TX"],
                "reason": "resale",
                "valid_from": "2025-01-01",
                "valid_to": "2027-01-01",
                "percent": "50",
            },
            {},
        ],
        "jurisdiction_share": {"interstate": "0.649", "intrastate": "0.351"},
    }

    customer = parsed(book).customers[0]

    assert customer.exemptions == (
        Exemption(
            tax_types=("SALES",),
            states=("TX",),
            reason="resale",
            valid_from=datetime(2025, 1, 1, 5, tzinfo=UTC),
            valid_to=datetime(2027, 1, 1, 5, tzinfo=UTC),
            percent=Decimal(50),
        ),
        Exemption(),
    )
    assert customer.jurisdiction_share == JurisdictionShare(
        Decimal("0.649"), Decimal("0.351"), Decimal(0)
    )


@pytest.mark.parametrize(
    "keys,expected",
    [
        ({"exemptions": [{"percent": 101}]}, "exemptions[0].percent: must be from 0 to 100"),
        (
            {"exemptions": [{"valid_from": "2025-01-01", "valid_to": "2025-01-01"}]},
            "exemptions[0].valid_to: must be after valid_from",
        ),
        (
            {"exemptions": [{"tax_type": "SALES"}]},
            "exemptions[0].tax_type: unknown key, did you mean 'tax_types'?",
        ),
        (
            {"jurisdiction_share": {"interstate": 2}},
            "jurisdiction_share.interstate: must be from 0 to 1",
        ),
        (
            {"jurisdiction_share": {"interstate": 1, "international": "0.1"}},
            "jurisdiction_share: the shares are more than 1 together",
        ),
    ],
)
def test_tax_terms_that_cannot_be_are_refused(
    keys: dict[str, Any], expected: str, book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0] |= keys

    assert problems_of(book) == [f"customers[0].{expected}"]


def test_a_grant_in_units_has_no_price_of_its_own(book: Book, parsed: Parsed) -> None:
    book["customers"][0]["credits"] = [UNITS, UNITS | {"code": "paid", "paid_amount": "90"}]

    free, paid = parsed(book).customers[0].credits

    assert (free.amount, free.quantity, free.unit) == (None, Decimal(10000), "credit")
    assert (free.size, free.balance().left, free.balance().unit) == (
        Decimal(10000),
        Decimal(10000),
        "credit",
    )
    assert (free.paid_amount, paid.paid_amount) == (Decimal(0), Decimal(90))


@pytest.mark.parametrize(
    "keys,expected",
    [
        ({"amount": 5}, "amount: stands beside quantity and unit, write one of them"),
        ({"quantity": None}, "amount: is required, or a quantity with its unit"),
        ({"unit": None}, "unit: is required beside quantity"),
        ({"quantity": "0"}, "quantity: must be more than 0"),
        ({"quantity": "-1"}, "quantity: must not be negative"),
    ],
)
def test_a_grant_is_of_money_or_of_units(
    keys: dict[str, Any], expected: str, book: Book, problems_of: ProblemsOf
) -> None:
    book["customers"][0]["credits"] = [UNITS | keys]

    assert problems_of(book) == [f"customers[0].credits[0].{expected}"]


def test_a_subject_may_go_from_one_customer_to_another(book: Book, problems_of: ProblemsOf) -> None:
    book["customers"][0]["subjects"] = [{"id": "+1312", "to": "2024-11-01"}]
    book["customers"][1]["subjects"] = [{"id": "+1312", "from": "2024-11-01"}]

    assert problems_of(book) == []


@pytest.mark.parametrize("country", ["usa", "us", "U1", "ÜS", "U"])
def test_a_country_is_two_capital_letters(
    country: str, book: Book, problems_of: ProblemsOf
) -> None:
    book["seller"] = {"name": "Northwind", "country": country}

    assert problems_of(book) == [
        "seller.country: must be a country code of two capital letters, such as US"
    ]


def test_an_empty_word_is_one_mistake(book: Book, problems_of: ProblemsOf) -> None:
    book["seller"] = {"name": "Northwind", "country": " "}
    book |= {"currency": " ", "timezone": " "}

    assert sorted(problems_of(book)) == [
        "currency: must be text that is not empty",
        "seller.country: must be text that is not empty",
        "timezone: must be text that is not empty",
    ]


def test_a_subject_ends_after_it_begins(book: Book, problems_of: ProblemsOf) -> None:
    book["customers"][0]["subjects"] = [{"id": "+1", "from": "2024-11-02", "to": "2024-11-02"}]

    assert problems_of(book) == ["customers[0].subjects[0].to: must be after from"]


def test_addresses_are_kept(book: Book, parsed: Parsed) -> None:
    chicago = {
        "country": "US", "state": "IL", "county": "Cook", "city": "Chicago", "postal_code": "60601",
    }  # fmt: skip
    book["customers"][0]["addresses"] = {"billing": chicago, "service": {"country": "DE"}}

    first, second = parsed(book).customers

    billing = first.addresses["billing"]
    assert {key: getattr(billing, key) for key in chicago} == chicago
    assert (first.addresses["service"].country, first.addresses["service"].state) == ("DE", None)
    assert second.addresses == {}


@pytest.mark.parametrize("status", ["valid", "invalid", "unverified"])
@pytest.mark.parametrize("kind", ["business", "residential", "government", "nonprofit", "reseller"])
def test_the_words_for_a_customer_are_kept(
    kind: str, status: str, book: Book, parsed: Parsed
) -> None:
    book["customers"][0] |= {"class": kind, "vat_status": status}

    customer = parsed(book).customers[0]

    assert (customer.customer_class, customer.vat_status) == (kind, status)
