"""A customer's last period by another plan or a draft."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Plan, PlanPrice, Price, PriceVersion, RateCardVersion, RateEntry
from contracts.models import Contract
from contracts.queries.terms import with_terms
from invoicing.models import Invoice
from invoicing.queries.what_if import (
    WhatIf,
    drafts_to_compare,
    plan_to_compare,
    plans_to_compare,
    unstated,
    what_if,
)
from tests import factories as make
from tests.factories import NOW
from usage.models import Meter
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db

DECEMBER_10 = datetime(2024, 12, 10, tzinfo=UTC)


@pytest.fixture
def held() -> Contract:
    buyer = make.acme(clock_at=DECEMBER_10)
    made = make.acme_contract(buyer)
    make.accepted(make.source(make.partner(buyer)), make.six_bodies())
    return with_terms(Contract.objects.filter(pk=made.pk)).get()


def _flat_plan(rate: str = "0.50") -> Plan:
    """Another plan on the same meter: one price for every minute, a fee and seats."""
    plan = Plan.objects.create(legal_entity=make.northwind(), code="flat", name="Flat")
    kinds: list[tuple[str, str, Meter | None, Decimal | None, dict[str, Any]]] = [
        ("minutes", "usage", make.ai_call_meter(), Decimal(rate), {}),
        ("fee", "recurring", None, None, {"amount": "10"}),
        ("seats", "seat", None, Decimal(3), {}),
    ]
    for position, (code, kind, meter, price_of_one, keys) in enumerate(kinds):
        price = Price.objects.create(
            legal_entity=plan.legal_entity, code=code, kind=kind, meter=meter
        )
        PriceVersion.objects.create(
            price=price, name=code.capitalize(), unit_price=price_of_one, terms_keys=keys,
            model="per_unit" if price_of_one else "", published_at=NOW,
        )  # fmt: skip
        PlanPrice.objects.create(plan=plan, price=price, position=position)
    return plan


def _by_plan(held: Contract, plan: Plan) -> WhatIf:
    read = plan_to_compare(contract=held, plan_id=plan.pk)
    assert read is not None
    return what_if(contract=held, now=NOW, plan=read)


def test_another_plan_bills_the_usage_of_the_last_period(held: Contract) -> None:
    found = _by_plan(held, _flat_plan())

    assert (found.old.subtotal, found.new.subtotal) == (Decimal("21.35"), Decimal("35.00"))
    assert found.difference == Decimal("13.65")
    assert found.is_whole
    assert [(line.price, line.amount) for line in found.new.lines][-1] == ("fee", Decimal("10.00"))


def test_lines_of_one_name_stand_side_by_side_and_new_ones_last(held: Contract) -> None:
    card = RateCardVersion.objects.get().rate_card
    draft = RateCardVersion.objects.create(
        rate_card=card, effective_from=datetime(2030, 1, 1, tzinfo=UTC)
    )
    match = {"region": "US", "call_outcome": "resolved"}
    RateEntry.objects.create(version=draft, match=match, rate=Decimal("0.10"))
    (only,) = drafts_to_compare(contract=held)

    found = what_if(contract=held, now=NOW, draft=only)

    changes = [(line.new and line.new.description, line.difference) for line in found.lines]
    assert changes[0] == ("AI Calls - US / resolved", Decimal("-1.30"))
    assert found.difference == sum(difference for _, difference in changes)


def test_the_overrides_of_the_contract_stay(held: Contract) -> None:
    plan = Plan.objects.create(legal_entity=make.northwind(), code="twin", name="Twin")
    PlanPrice.objects.create(plan=plan, price=Price.objects.get(code="ai-call"))

    assert _by_plan(held, plan).difference == 0


def test_seats_that_the_contract_does_not_state_may_be_supposed(held: Contract) -> None:
    plan = plan_to_compare(contract=held, plan_id=_flat_plan().pk)
    assert plan is not None
    assert unstated(contract=held, plan=plan) == ["seats"]

    without = what_if(contract=held, now=NOW, plan=plan).new.subtotal
    found = what_if(contract=held, now=NOW, plan=plan, quantities={"seats": Decimal(4)})

    assert found.new.subtotal - without == Decimal("12.00")


def test_plans_of_other_sellers_and_currencies_are_not_compared(held: Contract) -> None:
    plan = _flat_plan()
    euros = Plan.objects.create(
        legal_entity=plan.legal_entity, code="euros", name="Euros", currency="EUR"
    )
    other = make.northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    Plan.objects.create(legal_entity=other, code="theirs", name="Theirs")

    assert list(plans_to_compare(contract=held)) == [plan]
    assert plan_to_compare(contract=held, plan_id=euros.pk) is None


def test_nothing_is_written_and_the_queries_are_few(held: Contract) -> None:
    plan = _flat_plan()
    before = list(Invoice.objects.order_by("pk").values())

    with CaptureQueriesContext(connection) as queries:
        _by_plan(held, plan)

    assert len(queries) <= 20
    assert list(Invoice.objects.order_by("pk").values()) == before


def test_a_contract_that_is_over_is_compared_on_its_last_period(held: Contract) -> None:
    clock = held.customer.test_clock
    assert clock is not None
    clock.now_at = datetime(2026, 12, 24, tzinfo=UTC)
    clock.save()
    again = with_terms(Contract.objects.filter(pk=held.pk)).get()

    found = _by_plan(again, _flat_plan())

    assert found.period.end == held.ends_at
    assert (found.old.subtotal, found.new.subtotal) == (Decimal("0.00"), Decimal("10.00"))


def test_a_contract_that_lies_ahead_has_nothing_to_compare(held: Contract) -> None:
    clock = held.customer.test_clock
    assert clock is not None
    clock.now_at = datetime(2024, 10, 1, tzinfo=UTC)
    with pytest.raises(InvalidTerms, match="has not begun"):
        what_if(contract=held, now=NOW)
