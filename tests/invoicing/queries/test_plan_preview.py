"""Usage in, full invoice out."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from djmoney.money import Money

from accounts.columns import exact
from accounts.models import TaxRegistration
from catalog.models import Plan, PriceVersion, RateCard, RateCardVersion, RateEntry
from invoicing.models import Invoice
from invoicing.operations.refresh_invoice import refresh_invoice
from invoicing.queries.plan_preview import (
    PlanPreview,
    UsageRow,
    offered_combinations,
    plan_preview,
    plan_to_preview,
    usage_problem,
)
from tests import factories as make
from tests.factories import NOW, SIX_CALLS

pytestmark = pytest.mark.django_db

NOVEMBER_5 = date(2024, 11, 5)
SIX_ROWS = [
    UsageRow("AI_CALL", {"region": region, "call_outcome": outcome}, Decimal(minutes))
    for region, outcome, minutes in SIX_CALLS
]


def _preview(
    *usage: UsageRow, day: date = NOVEMBER_5, currency: str = "USD", with_drafts: bool = False
) -> PlanPreview:
    plan = plan_to_preview(plan_id=make.ai_call_center().pk)
    return plan_preview(
        plan=plan, currency=currency, day=day, usage=usage, now=NOW, with_drafts=with_drafts
    )


def test_the_preview_of_the_usage_that_was_billed_is_the_invoice() -> None:
    basil = make.basil()
    billed = make.contract(basil, end=None)
    bodies = make.six_bodies(customer_id="basil")
    make.accepted(make.source(make.partner(basil), "live"), bodies)
    invoice = Invoice.objects.earliest("period_start")
    invoice = refresh_invoice(invoice_id=invoice.pk, now=NOW)

    result = _preview(*SIX_ROWS).result

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
    call = UsageRow("AI_CALL", match, Decimal(10))

    before = _preview(call, day=date(2024, 11, 14)).result
    after = _preview(call, day=date(2024, 11, 15)).result

    assert (before.total, after.total) == (Decimal("2.00"), Decimal("9.00"))
    assert before.period == after.period


def test_drafts_take_part_when_asked() -> None:
    make.ai_call_center()
    draft = RateCardVersion.objects.create(
        rate_card=RateCard.objects.get(), effective_from=datetime(2030, 1, 1, tzinfo=UTC)
    )
    match = {"region": "US", "call_outcome": "resolved"}
    RateEntry.objects.create(version=draft, match=match, rate=Decimal("0.77"))
    call = UsageRow("AI_CALL", match, Decimal(10))

    assert _preview(call).result.total == Decimal("2.00")
    assert _preview(call, with_drafts=True).result.total == Decimal("7.70")

    PriceVersion.objects.create(
        price=PriceVersion.objects.get().price, name="Flat", unit_price=Decimal("0.01"),
        effective_from=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert _preview(call, with_drafts=True).result.lines[0].description == "Flat - US / resolved"


def test_what_no_entry_matches_is_reported_with_what_was_meant() -> None:
    result = _preview(
        UsageRow("AI_CALL", {"region": "us", "call_outcome": "resolved"}, Decimal(1))
    ).result

    assert result.total == Decimal("0.40")
    assert [item.hint for item in result.unmatched] == [{"region": "US"}]


def test_another_currency_is_rounded_to_its_own_digits() -> None:
    result = _preview(SIX_ROWS[0], currency="JPY").result

    assert (result.currency, result.total) == ("JPY", Decimal(1))


def test_without_a_decision_on_tax_the_amounts_are_shown_and_it_is_said() -> None:
    make.northwind(tax_registration=TaxRegistration.UNDECIDED)

    preview = _preview(SIX_ROWS[0])

    assert preview.result.total == Decimal("1.00")
    assert preview.tax_words == "The seller's tax registration is not decided yet."


def test_the_combinations_that_rates_name_in_full_are_offered() -> None:
    plan = plan_to_preview(plan_id=make.ai_call_center().pk)

    offered = offered_combinations(plan=plan)

    assert len(offered) == 9
    assert offered[0] == ("AI_CALL", (("region", "US"), ("call_outcome", "resolved")))


@pytest.mark.parametrize(
    "row, words",
    [
        (UsageRow("X", {}, Decimal(1)), "'X' is no meter of this plan; its meters: AI_CALL"),
        (
            UsageRow("AI_CALL", {"planet": "Mars"}, Decimal(1)),
            "'planet' is no property of AI_CALL; its properties: region, call_outcome",
        ),
        (
            UsageRow("AI_CALL", {}, Decimal("-1.50")),
            "-1.5 is negative, and AI_CALL allows no corrections",
        ),
        (UsageRow("AI_CALL", {}, Decimal("0.5")), ""),
    ],
)
def test_a_row_that_cannot_be_billed_says_why(row: UsageRow, words: str) -> None:
    plan = plan_to_preview(plan_id=make.ai_call_center().pk)

    assert usage_problem(row, plan=plan) == words
