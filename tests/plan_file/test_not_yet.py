"""What a file may say and the database does not hold yet is refused by its path."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plan_file.operations.apply_plan_file import apply_plan_file
from tests.plan_file.book import Book, Parsed
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "keys,refused",
    [
        ({"parent": "basil"}, ["parent"]),
        ({"parent": "basil", "bill_to_parent": True}, ["parent", "bill_to_parent"]),
        ({"exemptions": [{"tax_types": ["SALES"]}]}, ["exemptions"]),
        ({"jurisdiction_share": {"interstate": 1}}, ["jurisdiction_share"]),
    ],
)
def test_groups_and_tax_terms_are_not_applied_yet(
    keys: dict[str, Any], refused: list[str], book: Book, parsed: Parsed
) -> None:
    book["seller"] = {"name": "Northwind Voice", "country": "US", "state": "IL"}
    book["customers"][0] |= keys

    with pytest.raises(InvalidTerms) as caught:
        apply_plan_file(document=parsed(book), now=NOW)

    assert [problem.text() for problem in caught.value.problems] == [
        f"customers[0].{key}: not supported yet" for key in refused
    ]


def test_phases_are_not_applied_yet(book: Book, parsed: Parsed) -> None:
    book["seller"] = {"name": "Northwind Voice", "country": "US", "state": "IL"}
    book["customers"][0]["contracts"][0]["phases"] = [{"from": "2025-01-01"}]

    with pytest.raises(InvalidTerms) as caught:
        apply_plan_file(document=parsed(book), now=NOW)

    assert "customers[0].contracts[0].phases: not supported yet" in [
        problem.text() for problem in caught.value.problems
    ]
