"""Usage in, full invoice out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from accounts.columns import exact
from accounts.models import TaxRegistration
from catalog.models import (
    CallRate,
    Plan,
    PlanGrant,
    PlanPrice,
    Price,
    PriceVersion,
    RateCard,
    RateCardVersion,
    RateEntry,
)
from invoicing.assembly.sample_usage import SampleEvent, SampleQuantity
from invoicing.models import Invoice
from invoicing.operations.refresh_invoice import refresh_invoice
from invoicing.queries.plan_preview import (
    PlanPreview,
    counted_names,
    offered_combinations,
    plan_preview,
    plan_to_preview,
    preview_terms,
)
from tests import factories as make
from tests.factories import NOW, SIX_CALLS
from usage.models import Meter

pytestmark = pytest.mark.django_db

NOVEMBER_5 = date(2024, 11, 5)


def _row(region: str, outcome: str, minutes: int, day: date = NOVEMBER_5) -> SampleQuantity:
    dimensions = {"region": region, "call_outcome": outcome}
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return SampleQuantity("AI_CALL", dimensions, Decimal(minutes), at)


def _preview(
    *usage: SampleQuantity,
    day: date = NOVEMBER_5,
    currency: str = "USD",
    with_drafts: bool = False,
    plan: Plan | None = None,
    **more: Any,
) -> PlanPreview:
    plan = plan_to_preview(plan_id=(plan or make.ai_call_center()).pk)
    terms = preview_terms(plan=plan, currency=currency, now=NOW, with_drafts=with_drafts)
    return plan_preview(plan=plan, terms=terms, day=day, usage=usage, **more)


def test_the_preview_of_the_usage_that_was_billed_is_the_invoice() -> None:
    basil = make.basil()
    billed = make.contract(basil, end=None)
    bodies = make.six_bodies(customer_id="basil")
    make.accepted(make.source(make.partner(basil), "live"), bodies)
    invoice = Invoice.objects.earliest("period_start")
    invoice = refresh_invoice(invoice_id=invoice.pk, now=NOW)

    result = _preview(*(_row(*call) for call in SIX_CALLS)).result

    assert Plan.objects.get() == billed.plan
    assert (result.period.start, result.period.end) == (invoice.period_start, invoice.period_end)
    assert [(line.description, line.quantity, line.amount) for line in result.lines] == [
        (line.description, line.quantity, exact(line.amount))
        for line in invoice.lines.order_by("position")
    ]
    assert Money(result.total, "USD") == invoice.total


def test_the_rates_are_those_of_the_day() -> None:
    make.ai_call_center()
    first = RateCardVersion.objects.get()
    first.effective_to = datetime(2024, 11, 15, tzinfo=UTC)
    first.save()
    second = RateCardVersion.objects.create(
        rate_card=first.rate_card, effective_from=first.effective_to
    )
    match = {"region": "US", "call_outcome": "resolved"}
    RateEntry.objects.create(version=second, match=match, rate=Decimal("0.90"))
    second.published_at = NOW
    second.save()
    first_day, second_day = date(2024, 11, 14), date(2024, 11, 15)

    before = _preview(_row("US", "resolved", 10, first_day), day=first_day).result
    after = _preview(_row("US", "resolved", 10, second_day), day=second_day).result

    assert (before.total, after.total) == (Decimal("2.00"), Decimal("9.00"))
    assert before.period == after.period


def test_drafts_take_part_when_asked() -> None:
    make.ai_call_center()
    draft = RateCardVersion.objects.create(
        rate_card=RateCard.objects.get(), effective_from=datetime(2030, 1, 1, tzinfo=UTC)
    )
    match = {"region": "US", "call_outcome": "resolved"}
    RateEntry.objects.create(version=draft, match=match, rate=Decimal("0.77"))
    call = _row("US", "resolved", 10)

    assert _preview(call).result.total == Decimal("2.00")
    assert _preview(call, with_drafts=True).result.total == Decimal("7.70")

    PriceVersion.objects.create(
        price=PriceVersion.objects.get().price, name="Flat", unit_price=Decimal("0.01"),
        effective_from=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert _preview(call, with_drafts=True).result.lines[0].description == "Flat - US / resolved"


def test_what_no_entry_matches_is_reported_with_what_was_meant() -> None:
    result = _preview(_row("us", "resolved", 1)).result

    assert result.total == Decimal("0.40")
    assert [item.hint for item in result.unmatched] == [{"region": "US"}]


def test_another_currency_is_rounded_to_its_own_digits() -> None:
    result = _preview(_row(*SIX_CALLS[0]), currency="JPY").result

    assert (result.currency, result.total) == ("JPY", Decimal(1))


def test_without_a_decision_on_tax_the_amounts_are_shown_and_it_is_said() -> None:
    make.northwind(tax_registration=TaxRegistration.UNDECIDED)

    preview = _preview(_row(*SIX_CALLS[0]))

    assert preview.result.total == Decimal("1.00")
    assert preview.tax_words == "The seller's tax registration is not decided yet."


def test_the_combinations_that_rates_name_in_full_are_offered() -> None:
    plan = plan_to_preview(plan_id=make.ai_call_center().pk)

    offered = offered_combinations(plan=plan)

    assert len(offered) == 9
    assert offered[0] == ("AI_CALL", (("region", "US"), ("call_outcome", "resolved")))


def _full_plan() -> Plan:
    """A plan with a price of every kind, a commitment and a grant."""
    plan = make.ai_call_center()
    plan.minimum_commitment = Decimal(1000)
    plan.save()
    calls = Meter.objects.create(
        legal_entity=plan.legal_entity, code="CALL", display_name="Calls", event_name="call",
        aggregation="count", calls=True,
    )  # fmt: skip
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("fee", "recurring", {"amount": "99"}),
        ("seats", "seat", {}),
        ("setup", "one_time", {"amount": "150"}),
        ("voice", "call", {"decimals": 4, "on_unmatched": "quarantine"}),
        (
            "bonus",
            "performance",
            {
                "measure": "AI_CALL", "of": ["ai-call"],
                "bands": [{"up_to": "10"}, {"up_to": None, "percent": "10"}],
            },
        ),
    ]  # fmt: skip
    for position, (code, kind, keys) in enumerate(kinds, start=1):
        price = Price.objects.create(
            legal_entity=plan.legal_entity, code=code, kind=kind,
            meter=calls if kind == "call" else None,
        )  # fmt: skip
        is_seat = kind == "seat"
        version = PriceVersion.objects.create(
            price=price, name=code.capitalize(), model="per_unit" if is_seat else "",
            unit_price=Decimal(20) if is_seat else None, terms_keys=keys,
        )  # fmt: skip
        if kind == "call":
            CallRate.objects.create(
                version=version, position=0, prefix="44", rate_per_minute=Decimal("0.014")
            )
        version.published_at = NOW
        version.save()
        PlanPrice.objects.create(plan=plan, price=price, position=position)
    PlanGrant.objects.create(plan=plan, code="minutes", quantity=Decimal(5), unit="minute")
    PlanGrant.objects.create(plan=plan, code="welcome", amount=Decimal(30), kind="promotional")
    return plan


def test_every_kind_of_price_stands_on_the_invoice_with_the_plan_s_credit() -> None:
    call = SampleEvent(
        "call-1", "call", datetime(2024, 11, 5, 12, tzinfo=UTC),
        {
            "direction": "outbound", "to_number": "+442079460000",
            "answer_at": "2024-11-05T12:00:00Z", "duration_seconds": "78",
        },
    )  # fmt: skip

    found = _preview(
        _row("US", "resolved", 13), plan=_full_plan(), events=[call],
        quantities={"seats": Decimal(5)}, is_first=True,
    )  # fmt: skip

    result = found.result
    assert [(line.price, line.quantity, str(line.amount)) for line in result.lines] == [
        ("ai-call", Decimal(13), "2.60"),
        ("voice", Decimal(120), "0.03"),
        ("bonus", Decimal(1), "0.26"),
        ("", Decimal(1), "648.11"),
        ("fee", Decimal(1), "99.00"),
        ("seats", Decimal(5), "100.00"),
        ("setup", Decimal(1), "150.00"),
    ]
    assert (result.subtotal, result.discounts) == (Decimal("1000.00"), Decimal("30.00"))
    assert [(draw.grant.code, draw.quantity) for draw in result.credits_applied] == [
        ("minutes", Decimal(5))
    ]
    assert [(price, call.billed_seconds) for price, call in found.preview.calls] == [("voice", 120)]


def test_what_is_due_once_stands_in_the_first_period_alone() -> None:
    later = _preview(plan=_full_plan(), quantities={"seats": Decimal(1)}).result

    assert "setup" not in [line.price for line in later.lines]


def test_seats_and_what_allowances_ask_for_are_counted() -> None:
    plan = plan_to_preview(plan_id=_full_plan().pk)

    assert counted_names(terms=preview_terms(plan=plan, currency="USD", now=NOW)) == ["seats"]


def test_the_number_of_queries_is_that_of_the_parts_not_of_their_size(
    django_assert_num_queries: Any,
) -> None:
    plan = _full_plan()
    _preview(plan=plan)  # A published deck of call rates is compiled once.
    with CaptureQueriesContext(connection) as few:
        _preview(_row("US", "resolved", 13), plan=plan)

    with django_assert_num_queries(len(few)):
        _preview(*[_row("US", "resolved", 13)] * 100, plan=plan)
