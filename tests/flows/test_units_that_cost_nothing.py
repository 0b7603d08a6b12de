"""Credit in units for usage that costs less than a cent: it is used up all the same."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.columns import exact
from invoicing.models import CreditApplication, GrantEntry
from invoicing.queries.invariants import INVARIANTS, contradictions
from tests.flows.billed_book import billed_to, stored_book
from tests.flows.units_book import CREDITS
from tests.plan_file.law_books import book, meter, minutes, usage

OCTOBER_20 = datetime(2024, 10, 20, 12, tzinfo=UTC)
DECEMBER_2 = datetime(2024, 12, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_units_that_cost_less_than_a_cent_are_used_for_nothing(tmp_path: Path) -> None:
    document = book(
        usage("per_unit", name="Minutes", unit_price="0.0001"),
        meters=[meter("MINUTES", unit="minute")],
        plan={"grants": [CREDITS]},
        events=minutes((3, "30")),
    )
    customer = stored_book(document, tmp_path, now=OCTOBER_20)

    billed_to(customer, now=DECEMBER_2)

    applied = CreditApplication.objects.get()
    drawn = GrantEntry.objects.get(kind="drawn")
    assert (exact(applied.amount), applied.quantity) == (Decimal(0), Decimal(30))
    assert (exact(drawn.amount), drawn.quantity) == (Decimal(0), Decimal(-30))
    assert not any(contradictions(invariant) for invariant in INVARIANTS)
