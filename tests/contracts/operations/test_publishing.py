"""Publishing versions under contracts that agreed otherwise."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Price, PriceVersion, RateCard, RateCardVersion, RateEntry
from contracts.models import Contract, ContractOverride, OverrideEntry
from contracts.operations.publish_price_version import publish_price_version
from contracts.operations.publish_rate_card_version import publish_rate_card_version
from contracts.queries.terms import contract_terms, with_terms
from invoicing.operations.activate_contract import activate_contract
from invoicing.rating.terms.per_unit import PerUnit
from tests.admin_forms import errors_of, send_form
from tests.factories import (
    NOW,
    acme,
    ai_call_center,
    basil,
    contract,
    customer,
)
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db

JANUARY_1 = datetime(2025, 1, 1, tzinfo=UTC)


def _agreed(held: Contract, match: dict[str, Any], **fields: Any) -> Contract:
    """Return the contract, activated with one rate of its own."""
    override = ContractOverride.objects.create(contract=held, price=Price.objects.get())
    OverrideEntry.objects.create(override=override, match=match, rate=Decimal(1), **fields)
    return activate_contract(contract=held, now=NOW)


@pytest.fixture
def held() -> Contract:
    """Acme's contract: resolved US calls at a rate of its own."""
    return _agreed(contract(acme(), activated=False), {"region": "US", "call_outcome": "resolved"})


def _draft(match: dict[str, Any], *, start: datetime = JANUARY_1) -> RateCardVersion:
    draft = RateCardVersion.objects.create(rate_card=RateCard.objects.get(), effective_from=start)
    RateEntry.objects.create(version=draft, match=match, rate=Decimal(2), priority=0)
    return draft


def _unit_price_draft() -> PriceVersion:
    return PriceVersion.objects.create(
        price=Price.objects.get(), name="Calls", unit_price=Decimal(1), effective_from=JANUARY_1
    )


def _tie(held: Contract) -> str:
    return (
        f"contract {held.public_id} of {held.customer}: overrides.ai-call.entries[0]: "
        "(region: US) ties with entries[0] of 'ai-call-rates' (call_outcome: resolved): "
        "one event can match both at the same rank, give one of them a priority"
    )


@pytest.fixture
def us_at_one() -> Contract:
    """Acme's contract: whatever is US at a rate of its own."""
    return _agreed(contract(acme(), activated=False), {"region": "US"})


def test_a_card_that_ties_with_an_agreed_rate_is_refused_naming_the_contract(
    us_at_one: Contract,
) -> None:
    draft = _draft({"call_outcome": "resolved"})

    with pytest.raises(InvalidTerms) as refusal:
        publish_rate_card_version(version=draft, now=NOW, ends_previous=True)

    assert str(refusal.value) == _tie(us_at_one)
    draft.refresh_from_db()
    assert draft.published_at is None
    contract_terms(with_terms(Contract.objects.filter(pk=us_at_one.pk)).get())


def test_the_publish_button_refuses_it_with_the_same_words(
    staff_client: Client, us_at_one: Contract
) -> None:
    draft = _draft({"call_outcome": "resolved"})

    page = send_form(
        staff_client, reverse("admin:catalog_ratecardversion_publish", args=[draft.pk])
    )

    assert errors_of(page) == [_tie(us_at_one)]
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_price_that_leaves_its_card_misplaces_agreed_rates(
    staff_client: Client, held: Contract
) -> None:
    draft = _unit_price_draft()
    words = (
        f"contract {held.public_id} of Acme Support Co: overrides.ai-call.entries: "
        "the price has a unit price, not a rate card"
    )

    with pytest.raises(InvalidTerms) as refusal:
        publish_price_version(version=draft, now=NOW, ends_previous=True)
    page = send_form(staff_client, reverse("admin:catalog_priceversion_publish", args=[draft.pk]))

    assert str(refusal.value) == words
    assert errors_of(page) == [words]
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_version_that_every_agreement_fits_is_published(held: Contract) -> None:
    draft = _draft({"call_outcome": "resolved", "region": "US"})

    published = publish_rate_card_version(version=draft, now=NOW, ends_previous=True)

    assert published.published_at == NOW
    terms = contract_terms(with_terms(Contract.objects.filter(pk=held.pk)).get())
    model = terms.prices[0].versions[0].model
    assert isinstance(model, PerUnit)
    card = model.rate_card
    assert card is not None
    assert [version.entries[0].rate for version in card.versions] == [Decimal(1), Decimal(1)]


def test_drafts_of_contracts_hold_nothing_up() -> None:
    made = contract(acme(), activated=False)
    override = ContractOverride.objects.create(contract=made, price=Price.objects.get())
    OverrideEntry.objects.create(override=override, match={"region": "US"}, rate=Decimal(1))

    draft = _draft({"call_outcome": "resolved"})

    assert publish_rate_card_version(version=draft, now=NOW, ends_previous=True).published_at


def test_a_contract_that_is_over_before_the_version_starts_holds_nothing_up() -> None:
    over = _agreed(contract(basil(), end=date(2025, 1, 1), activated=False), {"region": "US"})

    publish_rate_card_version(
        version=_draft({"call_outcome": "resolved"}), now=NOW, ends_previous=True
    )

    contract_terms(with_terms(Contract.objects.filter(pk=over.pk)).get())


def test_a_contract_that_has_ended_still_holds_versions_of_its_own_time() -> None:
    over = _agreed(contract(basil(), end=date(2025, 2, 1), activated=False), {"region": "US"})

    with pytest.raises(InvalidTerms, match=over.public_id):
        publish_rate_card_version(
            version=_draft({"call_outcome": "resolved"}), now=NOW, ends_previous=True
        )


def test_the_first_ten_of_many_contracts_are_named_in_as_many_queries_as_one() -> None:
    plan = ai_call_center()

    def refused() -> tuple[list[str], int]:
        draft = _draft({"call_outcome": "resolved"})
        with CaptureQueriesContext(connection) as queries, pytest.raises(InvalidTerms) as found:
            publish_rate_card_version(version=draft, now=NOW, ends_previous=True)
        draft.delete()
        return [problem.text() for problem in found.value.problems], len(queries)

    def buyers(first: int, last: int) -> None:
        for number in range(first, last):
            buyer = customer(f"buyer-{number}", f"Buyer {number}")
            _agreed(contract(buyer, plan=plan, activated=False), {"region": "US"})

    buyers(0, 1)
    one, queries_for_one = refused()
    buyers(1, 12)
    many, queries_for_many = refused()

    assert len(one) == 1
    assert len(many) == 11
    assert many[-1] == "and 2 more"
    assert queries_for_many == queries_for_one
