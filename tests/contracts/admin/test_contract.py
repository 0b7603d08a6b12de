"""Contracts and overrides in the admin."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.models import Contract, ContractOverride
from invoicing.models import Invoice
from tests.admin_forms import errors_of, rows, save_form, send_form
from tests.factories import acme, acme_contract, ai_call_center, contract, northwind


def _url(page: str, *args: Any) -> str:
    return reverse(f"admin:contracts_{page}", args=args)


def _add_override(client: Client, held: Contract, *entries: dict[str, Any], **values: Any) -> Any:
    price = held.plan.items.get().price
    url = f"{_url('contractoverride_add')}?contract={held.pk}&price={price.pk}"
    return send_form(client, url, **values, **rows("entries", *entries))


def test_days_are_local_and_the_last_one_counts(staff_client: Client) -> None:
    buyer, plan = acme(), ai_call_center()

    save_form(
        staff_client, _url("contract_add"), customer=buyer.pk, plan=plan.pk,
        starts_at="2024-11-01", ends_at="2026-10-31",
    )  # fmt: skip

    made = Contract.objects.get()
    assert made.starts_at == datetime(2024, 11, 1, 4, tzinfo=UTC)
    assert made.ends_at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    listed = staff_client.get(_url("contract_changelist")).content.decode()
    assert "Nov 1, 2024 to Oct 31, 2026" in listed
    save_form(staff_client, _url("contract_change", made.pk), net_terms_days="45")
    made.refresh_from_db()
    assert made.ends_at == datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "values, words",
    [
        ({"ends_at": "2024-01-01"}, "A contract ends after it starts."),
        ({"starts_at": "0001-01-01"}, "The year must be 2000 to 9998."),
        ({"starts_at": "1.11.2024"}, "Write a date such as 2024-11-01"),
        ({"anchor_day": "32"}, "less than or equal to 31"),
        ({"net_terms_days": "-1"}, "greater than or equal to 0"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    staff_client: Client, values: dict[str, str], words: str
) -> None:
    fields = {"customer": acme().pk, "plan": ai_call_center().pk, "starts_at": "2024-11-01"}

    page = send_form(staff_client, _url("contract_add"), **{**fields, **values})

    assert words in " ".join(errors_of(page))
    assert not Contract.objects.exists()


def test_a_plan_of_another_seller_is_refused(staff_client: Client) -> None:
    other = northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    plan = ai_call_center(legal_entity=other)

    page = send_form(
        staff_client, _url("contract_add"), customer=acme().pk, plan=plan.pk,
        starts_at="2024-11-01",
    )  # fmt: skip

    assert errors_of(page) == ["This plan is of another legal entity."]


def test_an_override_is_made_with_its_rates(staff_client: Client) -> None:
    held = contract(acme(), activated=False)

    page = _add_override(
        staff_client, held, {"key_0": "US", "key_1": "escalated", "rate": "0.75"},
        fallback_rate="0.45",
    )  # fmt: skip

    assert errors_of(page) == []
    override = ContractOverride.objects.get()
    assert override.fallback_rate == Decimal("0.45")
    assert override.entries.get().match == {"region": "US", "call_outcome": "escalated"}
    shown = staff_client.get(_url("contract_change", held.pk)).content.decode()
    assert "region: US, call_outcome: escalated: 0.75" in shown


def test_an_own_rate_that_ties_with_the_card_is_refused_naming_both(staff_client: Client) -> None:
    held = contract(acme(), activated=False)

    page = _add_override(
        staff_client, held, {"key_0": "US", "other": '{"model": "fast"}', "rate": "1"}
    )

    words = " ".join(errors_of(page))
    assert "(region: US, model: fast) ties with entries[0] of 'ai-call-rates'" in words
    assert "(region: US, call_outcome: resolved)" in words
    assert not ContractOverride.objects.exists()


def test_a_unit_price_beside_a_rate_card_is_refused(staff_client: Client) -> None:
    held = contract(acme(), activated=False)

    page = _add_override(staff_client, held, unit_price="1")

    assert page.context["adminform"].form.errors == {
        "unit_price": ["the price has a rate card, not a unit price"]
    }


def test_what_the_database_refuses_comes_back_on_the_form(staff_client: Client) -> None:
    held = contract(acme())

    page = _add_override(staff_client, held, {"key_0": "US", "rate": "1", "priority": "1"})

    assert page.status_code == 200
    assert "the terms of an activated contract do not change" in " ".join(errors_of(page))
    assert not ContractOverride.objects.exists()


def test_activate_asks_first_then_makes_the_upcoming_invoices(staff_client: Client) -> None:
    held = contract(acme(), activated=False)
    asked = staff_client.get(_url("contract_activate", held.pk)).content.decode()
    assert "Nov 1, 2024 to Oct 31, 2026" in asked

    save_form(staff_client, _url("contract_activate", held.pk), _reason="Signed by both")

    held.refresh_from_db()
    assert held.activated_at is not None
    assert Invoice.objects.filter(contract=held).count() == 2
    page = staff_client.get(_url("contract_change", held.pk)).content.decode()
    assert "Next invoice: Nov 1, 2024 to Nov 30, 2024" in page
    assert "Signed by both" in staff_client.get(_url("contract_history", held.pk)).content.decode()


def test_a_second_contract_for_the_same_usage_is_not_activated(staff_client: Client) -> None:
    buyer = acme()
    contract(buyer)
    second = contract(buyer, activated=False, start=date(2025, 1, 1))

    page = staff_client.post(_url("contract_activate", second.pk), follow=True)

    assert "of this customer prices meter 'AI_CALL'" in " ".join(errors_of(page))
    second.refresh_from_db()
    assert second.activated_at is None


def test_an_activated_contract_is_read_only(staff_client: Client) -> None:
    held = contract(acme())

    assert staff_client.post(_url("contract_change", held.pk), {}).status_code == 403
    assert staff_client.post(_url("contract_delete", held.pk), {"post": "yes"}).status_code == 403


def test_a_clerk_may_not_activate(clerk_client: Client) -> None:
    held = contract(acme(), activated=False)

    assert clerk_client.get(_url("contract_activate", held.pk)).status_code == 403
    assert clerk_client.post(_url("contract_activate", held.pk)).status_code == 403


def test_the_tester_knows_the_agreed_rate(clerk_client: Client) -> None:
    held = acme_contract(acme())

    page = clerk_client.get(
        _url("contract_tester", held.pk),
        {"quantity": "2", "at": "2024-11-05", "property_0": "US", "property_1": "escalated"},
    ).content.decode()

    assert "<strong>1.50 USD</strong>" in page
    assert "Your agreement has a rate of its own for US / escalated" in page


@pytest.mark.parametrize("state", ["draft", "coming", "active", "ended", "ending"])
def test_contracts_are_filtered_by_state(staff_client: Client, state: str) -> None:
    buyer = acme(clock_at=datetime(2026, 9, 15, tzinfo=UTC))
    contract(buyer)
    contract(buyer, activated=False, start=date(2027, 1, 1), end=None)

    page = staff_client.get(f"{_url('contract_changelist')}?state={state}")

    assert page.context["cl"].result_count == (1 if state in {"draft", "active", "ending"} else 0)
