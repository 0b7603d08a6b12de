"""Events are looked for by what they are about, in the words in which engines compare."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Customer, KeyMode
from contracts.models import Contract
from contracts.queries.terms import contract_terms, meter_ids, with_terms
from invoicing.queries.stored_usage import StoredUsage
from plan_file.format.reading import parse_document
from plan_file.operations.apply_plan_file import apply_plan_file
from tests import factories as make
from tests.plan_file.law_books import LAW_BOOKS
from usage.metering.dimension import dimension_text
from usage.store import store
from values.period import Period

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 21, 12, 0, tzinfo=UTC)
NOVEMBER = Period(datetime(2024, 11, 1, tzinfo=UTC), datetime(2024, 12, 1, tzinfo=UTC))
WRITTEN = (
    "T1", "ticket 1", "Tür", "2", 2, Decimal("2.50"), Decimal("1E+2"), 100, True, "true", None,
    Decimal("0.00"), 0, Decimal("-0"), "0",
)  # fmt: skip


@pytest.fixture
def usage() -> StoredUsage:
    """A resolution of a ticket in each of the ways in which a ticket may be written."""
    tree = {**LAW_BOOKS["outcomes"], "events": []}
    apply_plan_file(document=parse_document(json.dumps(tree)), now=NOW)
    sender = make.source(make.partner(*Customer.objects.all()), KeyMode.LIVE)
    bodies: list[dict[str, Any]] = [
        {
            "customer_id": "acme", "event_name": "resolved", "idempotency_key": f"{number:02}",
            "occurred_at": "2024-11-05T10:00:00Z", "properties": {"ticket": written},
        }
        for number, written in enumerate(WRITTEN)
    ]  # fmt: skip
    assert {outcome.status for outcome in make.accepted(sender, bodies, now=NOW)} == {"accepted"}
    contract = with_terms(Contract.objects.all()).get()
    return StoredUsage(
        customer_id=contract.customer_id,
        terms=contract_terms(contract),
        meter_ids=meter_ids(contract),
        snapshot=store.snapshot(),
    )


def found(usage: StoredUsage, **about: set[str]) -> list[str]:
    return [event.key for _, event in usage.named(("resolved",), NOVEMBER, about=about)]


@pytest.mark.parametrize("text", ["T1", "ticket 1", "Tür", "2", "2.50", "100", "true", "T9"])
def test_events_about_a_value_are_those_that_compare_as_it(usage: StoredUsage, text: str) -> None:
    about = [
        f"{number:02}"
        for number, written in enumerate(WRITTEN)
        if dimension_text("ticket", written) == text
    ]

    assert found(usage, ticket={text}) == about


def test_a_zero_is_found_however_it_was_written(usage: StoredUsage) -> None:
    assert set(found(usage, ticket={"0"})) >= {"11", "12", "13", "14"}


def test_one_of_several_properties_and_values_is_enough(usage: StoredUsage) -> None:
    assert found(usage, ticket={"T1", "Tür"}, case={"C1"}) == ["00", "02"]
