"""What is stored of parts: of a unit that a grant pays, of a combination that a rate matches."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.models import CreditApplication, InvoiceLine
from plan_file.format.reading import read_document
from tests.plan_file.law_books import LAW_BOOKS, Tree, book, minutes, usage
from tests.plan_file.test_simulate_equals_invoice import billed, simulated

pytestmark = pytest.mark.django_db


def applied(tree: Tree, tmp_path: Path) -> None:
    """Bill the book, as simulated."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    document = read_document(path)
    assert billed(document) == simulated(document)


def test_a_grant_may_pay_a_third_of_a_unit(tmp_path: Path) -> None:
    tree = book(
        usage("per_unit", unit_price="0.30", maximum_amount="10"),
        customer={"credits": [{"code": "pack", "quantity": "1000", "unit": "minute"}]},
        events=minutes((2, "100")),
    )
    tree["customers"][0]["credits"][0]["kind"] = "prepaid"

    applied(tree, tmp_path)

    assert CreditApplication.objects.get().quantity == Decimal("33.333333333333333333")


def test_a_line_of_a_rate_that_looks_at_more_is_not_taken_for_its_whole_combination(
    tmp_path: Path,
) -> None:
    applied(LAW_BOOKS["rate card by a property that is no group key"], tmp_path)

    assert InvoiceLine.objects.filter(meter__isnull=False).exists()
    assert not InvoiceLine.objects.filter(dimension_set__isnull=False).exists()
