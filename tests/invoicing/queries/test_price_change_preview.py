"""Who would pay more and who less."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import (
    PlanPrice,
    Price,
    PriceVersion,
    RateCard,
    RateCardVersion,
    RateEntry,
)
from invoicing.models import Invoice
from invoicing.queries import price_change_preview as preview_module
from invoicing.queries.price_change_preview import PriceChangePreview, price_change_preview
from tests.factories import (
    accepted,
    acme,
    acme_contract,
    ai_call_center,
    basil,
    call_body,
    carla,
    contract,
    customer,
    partner,
    source,
)
from values.calendar import local_midnight

pytestmark = pytest.mark.django_db

DECEMBER_10 = datetime(2024, 12, 10, tzinfo=UTC)
JANUARY_1 = datetime(2025, 1, 1, tzinfo=UTC)


def _calls(buyer: Any, *minutes: int, **fields: Any) -> None:
    sender = source(partner(buyer, name=buyer.name), "test" if buyer.is_sandbox else "live")
    accepted(
        sender,
        [
            call_body(f"{buyer.external_id}-{place}", customer_id=buyer.external_id,
                      minutes=length, **{"occurred_at": "2024-11-05T15:00:00Z", **fields})
            for place, length in enumerate(minutes)
        ],
        now=DECEMBER_10,
    )  # fmt: skip


def _draft(**rates: str) -> RateCardVersion:
    """Return a draft from January with these rates of resolved calls by region."""
    version = RateCardVersion.objects.create(
        rate_card=RateCard.objects.get(), effective_from=JANUARY_1
    )
    for region, rate in rates.items():
        match = {"region": region, "call_outcome": "resolved"}
        RateEntry.objects.create(version=version, match=match, rate=Decimal(rate))
    return version


def _told(preview: PriceChangePreview) -> list[tuple[str, str, str, str]]:
    return [
        (effect.contract.customer.name, str(effect.old), str(effect.new), str(effect.difference))
        for effect in preview.effects
    ]


def test_the_last_full_period_is_billed_by_both_and_sorted_by_the_difference() -> None:
    basils, carlas = basil(), carla()
    contract(basils, end=None)
    contract(carlas, end=None)
    _calls(basils, 10, 3)
    _calls(carlas, 20, region="EU")

    preview = price_change_preview(version=_draft(US="0.30", EU="0.20"), now=DECEMBER_10)

    assert _told(preview) == [
        ("Basil's Bakery", "2.60", "3.90", "1.30"),
        ("Carla's Clinic", "5.00", "4.00", "-1.00"),
    ]
    assert preview.counts == {"more": 1, "less": 1, "same": 0}
    assert [(total.currency, str(total.difference)) for total in preview.totals] == [
        ("USD", "0.30")
    ]
    period = preview.effects[0].period
    assert (period.start, period.end) == (
        local_midnight(date(2024, 11, 1), "UTC"), local_midnight(date(2024, 12, 1), "UTC"),
    )  # fmt: skip


def test_what_the_draft_does_not_name_costs_the_fallback() -> None:
    basils = basil()
    contract(basils, end=None)
    _calls(basils, 10, region="EU")

    preview = price_change_preview(version=_draft(US="0.30"), now=DECEMBER_10)

    assert _told(preview) == [("Basil's Bakery", "2.50", "4.00", "1.50")]


def test_own_rates_of_a_contract_hold_also_over_the_draft() -> None:
    acmes = acme(clock_at=DECEMBER_10)
    acme_contract(acmes)
    _calls(acmes, 10, outcome="escalated")
    draft = _draft(US="0.30")
    match = {"region": "US", "call_outcome": "escalated"}
    RateEntry.objects.create(version=draft, match=match, rate=Decimal(9))

    preview = price_change_preview(version=draft, now=DECEMBER_10)

    assert _told(preview) == [("Acme Support Co", "7.50", "7.50", "0.00")]
    assert preview.counts == {"more": 0, "less": 0, "same": 1}


def test_a_draft_of_a_price_takes_the_place_of_the_one_in_force() -> None:
    basils = basil()
    price = contract(basils, end=None).plan.items.get().price
    _calls(basils, 10)
    draft = PriceVersion.objects.create(
        price=price, name="AI Calls", effective_from=JANUARY_1, unit_price=Decimal("0.15")
    )

    assert _told(price_change_preview(version=draft, now=DECEMBER_10)) == [
        ("Basil's Bakery", "2.00", "1.50", "-0.50")
    ]


def test_a_draft_of_a_price_by_a_card_uses_the_cards_rates_of_its_own_start() -> None:
    basils = basil()
    price = contract(basils, end=None).plan.items.get().price
    _calls(basils, 10)
    first = RateCardVersion.objects.get()
    first.effective_to = JANUARY_1
    first.save()
    later = _draft(US="0.70")
    later.published_at = DECEMBER_10
    later.save()
    draft = PriceVersion.objects.create(
        price=price, name="AI Calls", effective_from=JANUARY_1, rate_card=first.rate_card,
        fallback_rate=Decimal(1),
    )  # fmt: skip

    assert _told(price_change_preview(version=draft, now=DECEMBER_10)) == [
        ("Basil's Bakery", "2.00", "7.00", "5.00")
    ]


def test_a_contract_in_its_first_period_is_asked_for_what_it_has_used() -> None:
    basils = basil()
    contract(basils, end=None)
    _calls(basils, 10)

    now = datetime(2024, 11, 20, tzinfo=UTC)
    preview = price_change_preview(version=_draft(US="0.30"), now=now)

    assert _told(preview) == [("Basil's Bakery", "2.00", "3.00", "1.00")]
    assert preview.effects[0].period.end == now


def test_contracts_without_usage_are_counted_and_those_that_ended_or_lie_ahead_are_not() -> None:
    contract(basil(), end=None)
    contract(carla(), end=date(2024, 12, 1))
    contract(customer("dora", "Dora's Diner"), start=date(2025, 2, 1), end=None)
    contract(customer("emil", "Emil's Eatery"), end=None, activated=False)

    preview = price_change_preview(version=_draft(US="0.30"), now=DECEMBER_10)

    assert (preview.effects, preview.unused, preview.left_out) == ((), 1, 0)


def test_a_contract_whose_own_rates_do_not_fit_the_draft_is_named_with_the_reason() -> None:
    acmes = acme(clock_at=DECEMBER_10)
    made = acme_contract(acmes)
    _calls(acmes, 10)
    draft = _draft()
    RateEntry.objects.create(version=draft, match={"region": "*"}, rate=1)
    match = {"call_outcome": ["escalated", "lost"], "region": "US"}
    RateEntry.objects.create(version=draft, match=match, rate=1)

    preview = price_change_preview(version=draft, now=DECEMBER_10)

    assert preview.effects == ()
    assert [named for named, _ in preview.refused] == [made]
    assert "ties with" in preview.refused[0][1]


def test_more_contracts_than_are_computed_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_module, "COMPUTED_AT_MOST", 1)
    contract(basil(), end=None)
    contract(carla(), end=None)

    assert price_change_preview(version=_draft(US="1"), now=DECEMBER_10).left_out == 1


def _only_reads(sql: str) -> bool:
    return not any(word in sql for word in ("INSERT", "UPDATE", "DELETE", "SAVEPOINT"))


def test_nothing_is_written_and_each_contract_costs_two_queries() -> None:
    draft = None
    counts = []
    for name in ("basil", "carla", "dora"):
        buyer = customer(name, name)
        contract(buyer, end=None)
        _calls(buyer, 10)
        draft = draft or _draft(US="0.30")
        before = list(Invoice.objects.order_by("pk").values())
        with CaptureQueriesContext(connection) as queries:
            price_change_preview(version=RateCardVersion.objects.get(pk=draft.pk), now=DECEMBER_10)
        counts.append(len(queries))
        assert [query["sql"] for query in queries if not _only_reads(query["sql"])] == []
        assert list(Invoice.objects.order_by("pk").values()) == before

    assert counts[2] - counts[1] == counts[1] - counts[0] == 2


def test_a_fee_that_changes_touches_contracts_without_usage() -> None:
    basil = customer("basil", "Basil")
    plan = ai_call_center()
    fee = Price.objects.create(legal_entity=plan.legal_entity, code="fee", kind="recurring")
    PriceVersion.objects.create(
        price=fee, name="Fee", model="", terms_keys={"amount": "99"}, published_at=DECEMBER_10
    )
    PlanPrice.objects.create(plan=plan, price=fee, position=1)
    contract(basil, end=None)
    draft = PriceVersion.objects.create(
        price=fee,
        name="Fee",
        model="",
        terms_keys={"amount": "109"},
        effective_from=datetime(2027, 1, 1, tzinfo=UTC),
    )

    preview = price_change_preview(version=draft, now=DECEMBER_10)

    assert [(str(effect.old), str(effect.new)) for effect in preview.effects] == [
        ("99.00", "109.00")
    ]
    assert preview.unused == 0
