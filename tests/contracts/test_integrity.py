"""An activated contract is a promise: its terms do not change, also not by SQL."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contracts.models import Contract, ContractMeter, ContractOverride, OverrideEntry
from tests import factories as make
from tests.refusals import refused, sql

pytestmark = pytest.mark.django_db

FIXED = "the terms of an activated contract do not change"


@pytest.fixture
def activated() -> Contract:
    """Acme's agreement, with its override and its entry."""
    return make.acme_contract(make.acme())


@pytest.mark.parametrize(
    "change",
    [
        "starts_at = starts_at - interval '1 day'",
        "ends_at = NULL",
        "net_terms_days = 0",
        "anchor_day = 15",
        "activated_at = NULL",
        "customer_id = customer_id + 1",
    ],
)
def test_an_activated_contract_does_not_change(activated: Contract, change: str) -> None:
    with refused(FIXED):
        sql(f"UPDATE contracts_contract SET {change}")


def test_an_activated_contract_is_not_deleted(activated: Contract) -> None:
    with refused(FIXED):
        sql("DELETE FROM contracts_contract")


def test_overrides_of_an_activated_contract_neither_come_change_nor_go(
    activated: Contract,
) -> None:
    override = activated.overrides.get()

    for table, change in (
        ("contracts_contractoverride", "fallback_rate = 0"),
        ("contracts_overrideentry", "rate = 0"),
    ):
        with refused(FIXED):
            sql(f"UPDATE {table} SET {change}")
        with refused(FIXED):
            sql(f"DELETE FROM {table}")
    with refused(FIXED):
        ContractOverride.objects.create(
            contract=activated, price=override.price, fallback_rate=Decimal(0)
        )
    with refused(FIXED):
        OverrideEntry.objects.create(override=override, match={"region": "EU"}, rate=Decimal(0))


def test_overrides_do_not_move_to_another_contract(activated: Contract) -> None:
    draft = make.contract(make.basil(), activated=False)
    price = activated.plan.items.get().price
    spare = ContractOverride.objects.create(
        contract=make.contract(make.carla(), activated=False), price=price
    )
    entry = OverrideEntry.objects.create(override=spare, match={"region": "EU"}, rate=Decimal(0))
    override = activated.overrides.get()

    with refused(FIXED):
        sql(
            "UPDATE contracts_contractoverride SET contract_id = %s WHERE id = %s",
            draft.pk,
            override.pk,
        )
    with refused(FIXED):
        sql(
            "UPDATE contracts_overrideentry SET override_id = %s WHERE override_id = %s",
            spare.pk,
            override.pk,
        )
    with refused(FIXED):
        sql(
            "UPDATE contracts_overrideentry SET override_id = %s WHERE id = %s",
            override.pk,
            entry.pk,
        )


def test_a_draft_changes_and_goes_with_its_overrides() -> None:
    draft = make.contract(make.basil(), activated=False)
    override = ContractOverride.objects.create(
        contract=draft, price=draft.plan.items.get().price, fallback_rate=Decimal("0.1")
    )
    OverrideEntry.objects.create(override=override, match={"region": "EU"}, rate=Decimal(1))
    draft.net_terms_days = 30
    draft.save()

    draft.delete()

    assert not ContractOverride.objects.exists()


def test_rates_of_overrides_are_not_negative() -> None:
    draft = make.contract(make.basil(), activated=False)
    price = draft.plan.items.get().price

    for name in ("unit_price", "fallback_rate"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContractOverride.objects.create(contract=draft, price=price, **{name: Decimal(-1)})
    override = ContractOverride.objects.create(contract=draft, price=price)
    with pytest.raises(IntegrityError), transaction.atomic():
        OverrideEntry.objects.create(override=override, match={}, rate=Decimal(-1))


def test_a_contract_lasts_some_time() -> None:
    day = date(2024, 11, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        make.contract(make.basil(), start=day, end=day, activated=False)


def test_an_anchor_day_is_a_day_of_a_month() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.contract(make.basil(), anchor_day=32, activated=False)


def test_a_week_has_no_eighth_day() -> None:
    made = make.contract(
        make.basil(), plan=make.ai_call_center(billing_period="week"), anchor_day=8, activated=False
    )

    with pytest.raises(ValidationError, match="Weeks begin on a day from 1"):
        made.full_clean()


def test_two_contracts_do_not_price_a_meter_at_one_time(activated: Contract) -> None:
    draft = make.contract(activated.customer, start=date(2026, 10, 31), end=None, activated=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        ContractMeter.objects.create(
            contract=draft,
            customer=draft.customer,
            meter=make.ai_call_meter(),
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
        )


def test_a_priced_meter_is_fixed(activated: Contract) -> None:
    with refused():
        sql("UPDATE contracts_contractmeter SET ends_at = now()")
    with refused():
        sql("DELETE FROM contracts_contractmeter")
