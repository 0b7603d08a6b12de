from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.assembly.bill import usage_bill
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.invoice import TaxNotSpread, assemble_invoice
from invoicing.assembly.metered import QuantityNotSliced
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, cuts, rated_properties
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCard, RateCardVersion, RateEntry
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.tax.interface import TaxAnswer, TaxCalculator, TaxLine, TaxRequest
from invoicing.tax.unregistered import NoTaxRegistered
from tests.invoicing.ai_call_centre import (
    EVENTS,
    GRANT,
    METER,
    NOV_1,
    NOVEMBER,
    PRICE,
    TERMS,
    call,
    calls,
)
from usage.metering.aggregation import aggregate
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent, Quantity
from values.money import Rounding, round_money, spread
from values.number import Number
from values.period import Period

NOV_16 = datetime(2024, 11, 16, tzinfo=UTC)
GIFT = replace(GRANT, code="gift", kind=GrantKind.PROMOTIONAL, left=Decimal("5.00"))


@dataclass(frozen=True)
class TenPercent:
    """A tax on everything, so that credit before and after tax can be told apart."""

    inclusive: bool = False

    def calculate(self, request: TaxRequest) -> TaxAnswer:
        amounts = [line.amount for line in request.lines]
        base = sum(amounts, Decimal("0.00"))
        tax = round_money(base / 10, currency=request.currency, rounding=Rounding.HALF_UP)
        shares = tuple(enumerate(spread(tax, amounts, currency=request.currency)))
        line = TaxLine(
            rule="ten",
            label="Tax",
            base=base,
            rate=Decimal("0.1"),
            amount=tax,
            exempt_base=Decimal(0),
            inclusive=self.inclusive,
            shares=shares,
        )
        return TaxAnswer(lines=(line,), snapshot={"rule": "ten"})


def invoice(
    events: Iterable[MeteredEvent],
    *,
    terms: ContractTerms = TERMS,
    grants: Sequence[GrantBalance] = (),
    tax: TaxCalculator = NoTaxRegistered(),  # noqa: B008
    more_cuts: Sequence[datetime] = (),
) -> InvoiceResult:
    events = list(events)
    instants = [*cuts(terms, grants, NOVEMBER), *more_cuts]
    quantities = {
        code: aggregate(meter, events, NOVEMBER, instants, also=rated_properties(terms, code))
        for code, meter in terms.meters.items()
    }
    return assemble_invoice(
        terms=terms,
        bill=usage_bill(NOVEMBER, issue_date=date(2024, 12, 1), due_date=date(2025, 1, 15)),
        usage=GivenUsage(quantities),
        grants=grants,
        tax=tax,
    )


def texts(*amounts: Number) -> list[str]:
    return [str(amount) for amount in amounts]


def test_the_ai_call_centre_owes_nothing_after_its_prepaid_credit() -> None:
    result = invoice(EVENTS, grants=[GRANT])

    assert [(line.description, str(line.quantity), str(line.amount)) for line in result.lines] == [
        ("AI Calls - US / resolved", "13", "2.60"),
        ("AI Calls - US / transferred", "12", "4.80"),
        ("AI Calls - EU / resolved", "6", "1.50"),
        ("AI Calls - EU / escalated", "15", "11.25"),
        ("AI Calls - APAC / resolved", "4", "1.20"),
    ]
    assert texts(result.subtotal, result.discounts, result.tax, result.total) == [
        "21.35",
        "0.00",
        "0.00",
        "21.35",
    ]
    assert [(it.grant.code, str(it.amount)) for it in result.credits_applied] == [
        ("grant-1", "21.35")
    ]
    assert str(result.amount_due) == "0.00"
    assert result.taxes == ()
    assert result.tax_snapshot == {"registration": "none"}
    assert (result.unmatched, result.quarantined, result.unpriced) == ((), (), ())


def test_the_agreed_rate_of_the_contract_is_billed() -> None:
    assert texts(invoice(calls(("US", "escalated", "4"))).total) == ["3.00"]


def test_a_region_in_lower_case_is_billed_at_the_fallback_with_a_hint() -> None:
    result = invoice(calls(("us", "resolved", "2")))

    assert texts(result.total) == ["0.80"]
    assert [item.hint for item in result.unmatched] == [{"region": "US"}]


def test_no_usage_is_an_invoice_without_lines() -> None:
    result = invoice([], grants=[GRANT])

    assert result.lines == ()
    assert texts(result.subtotal, result.total, result.amount_due) == ["0.00"] * 3
    assert result.credits_applied == ()


def test_promotional_credit_lowers_what_is_taxed_and_prepaid_credit_pays_the_tax_too() -> None:
    prepaid = replace(GRANT, left=Decimal("10.00"))
    result = invoice(EVENTS, grants=[prepaid, GIFT], tax=TenPercent())

    assert texts(result.subtotal, result.discounts) == ["21.35", "5.00"]
    assert texts(result.taxes[0].base, result.tax) == ["16.35", "1.64"]
    assert texts(result.total, result.amount_due) == ["17.99", "7.99"]
    assert [it.grant.code for it in result.discounts_applied] == ["gift"]
    assert [it.grant.code for it in result.credits_applied] == ["grant-1"]


def test_an_inclusive_tax_is_shown_and_not_added() -> None:
    result = invoice(EVENTS, tax=TenPercent(inclusive=True))

    assert texts(result.tax, result.total) == ["2.14", "21.35"]


def test_a_tax_that_is_not_spread_over_lines_stops_the_invoice() -> None:
    class Careless:
        def calculate(self, request: TaxRequest) -> TaxAnswer:
            line = TaxLine("x", "X", Decimal(1), Decimal(1), Decimal(1), Decimal(0))
            return TaxAnswer((line,))

    with pytest.raises(TaxNotSpread):
        invoice(EVENTS, tax=Careless())


def test_a_grant_that_expires_inside_the_period_pays_for_what_happened_before() -> None:
    half = replace(GRANT, expires_at=NOV_16)
    events = [call(15, "US", "resolved", "10"), call(16, "US", "resolved", "20")]
    result = invoice(events, grants=[half])

    assert texts(result.lines[0].amount, result.amount_due) == ["6.00", "4.00"]


def test_a_quantity_across_a_cut_is_an_error_not_a_wrong_rate() -> None:
    with pytest.raises(QuantityNotSliced):
        assemble_invoice(
            terms=TERMS,
            bill=usage_bill(NOVEMBER, issue_date=date(2024, 12, 1), due_date=date(2024, 12, 1)),
            usage=GivenUsage({"AI_CALL": [Quantity((), NOVEMBER, Decimal(1), 1)]}),
            grants=[replace(GRANT, expires_at=NOV_16)],
            tax=NoTaxRegistered(),
        )


def test_a_quantity_outside_the_period_is_an_error() -> None:
    december = Period(NOVEMBER.end, NOVEMBER.end + timedelta(days=1))
    with pytest.raises(QuantityNotSliced):
        assemble_invoice(
            terms=TERMS,
            bill=usage_bill(NOVEMBER, issue_date=date(2024, 12, 1), due_date=date(2024, 12, 1)),
            usage=GivenUsage({"AI_CALL": [Quantity((), december, Decimal(1), 1)]}),
            grants=[],
            tax=NoTaxRegistered(),
        )


def test_usage_before_a_price_is_in_force_is_unpriced_not_free() -> None:
    late = replace(PRICE, versions=(replace(PRICE.versions[0], effective_from=NOV_16),))
    events = [call(15, "US", "resolved", "10"), call(16, "US", "resolved", "20")]
    result = invoice(events, terms=replace(TERMS, prices=(late,)))

    assert texts(result.total) == ["4.00"]
    (unpriced,) = result.unpriced
    assert unpriced.meter == "AI_CALL"
    assert [part.quantity for part in unpriced.slices] == [Decimal(10)]


def test_usage_of_a_meter_without_a_price_is_unpriced() -> None:
    result = invoice(EVENTS, terms=replace(TERMS, prices=()))

    assert result.lines == ()
    assert sum(part.events for part in result.unpriced[0].slices) == 6


def test_a_price_version_that_changes_inside_the_period_makes_a_line_each() -> None:
    versions = (
        PriceVersion(NOV_16, None, "Calls, new", PerUnit(unit_price=Decimal("0.30"))),
        PriceVersion(None, NOV_16, "Calls", PerUnit(unit_price=Decimal("0.20"))),
    )
    terms = replace(TERMS, prices=(PriceTerms("ai-call", "AI_CALL", versions),))
    events = [call(15, "US", "resolved", "10"), call(16, "US", "resolved", "20")]
    result = invoice(events, terms=terms)

    assert [(line.description, str(line.amount)) for line in result.lines] == [
        ("Calls - US / resolved", "2.00"),
        ("Calls, new - US / resolved", "6.00"),
    ]
    assert [line.rate_version for line in result.lines] == [None, NOV_16]


def test_lines_stand_by_the_prices_of_the_plan() -> None:
    meter = Meter("CALLS", "Calls", "ai_call", Aggregation.COUNT, None, (), None)
    fee = PriceTerms(
        "per-call", "CALLS", (PriceVersion(None, None, "Per call", PerUnit(Decimal("0.01"))),)
    )
    meters = {"AI_CALL": METER, "CALLS": meter}
    one_way = ContractTerms("USD", (fee, PRICE), meters)
    other_way = ContractTerms("USD", (PRICE, fee), meters)

    first, last = (invoice(EVENTS, terms=terms).lines for terms in (one_way, other_way))

    assert first[0].description == last[-1].description == "Per call"
    assert texts(first[0].quantity, first[0].amount) == ["6", "0.06"]
    assert first[0].unit is None


def test_corrections_lower_a_quantity_down_to_nothing_and_no_further() -> None:
    terms = replace(TERMS, meters={"AI_CALL": replace(METER, allows_negative=True)})
    lowered = [call(1, "US", "resolved", "10"), call(20, "US", "resolved", "-4")]
    outweighed = [call(1, "US", "resolved", "10"), call(20, "US", "resolved", "-14")]

    assert texts(invoice(lowered, terms=terms).total) == ["1.20"]
    assert invoice(outweighed, terms=terms).lines == ()


CHANGING = ContractTerms(
    "USD",
    (
        PriceTerms(
            "ai-call",
            "AI_CALL",
            (
                PriceVersion(
                    None,
                    None,
                    "AI Calls",
                    PerUnit(
                        rate_card=RateCard(
                            "rates",
                            "AI_CALL",
                            (
                                RateCardVersion(
                                    NOV_1,
                                    NOV_16,
                                    (
                                        RateEntry({"region": "US"}, Decimal("0.2005")),
                                        RateEntry({"region": "EU"}, Decimal("0.25")),
                                    ),
                                ),
                                RateCardVersion(
                                    NOV_16, None, (RateEntry({"region": "US"}, Decimal("0.31")),)
                                ),
                            ),
                        ),
                        fallback_rate=Decimal("0.40"),
                    ),
                ),
            ),
        ),
    ),
    {"AI_CALL": replace(METER, allows_negative=True)},
)
ROWS = st.tuples(
    st.integers(1, 30),
    st.sampled_from(["US", "us", "EU", None]),
    st.sampled_from(["resolved", "escalated"]),
    st.decimals(-50, 500, places=3).map(str),
)
DAYS = st.integers(1, 29).map(lambda days: NOV_1 + timedelta(days=days))


@st.composite
def some_grants(draw: st.DrawFn) -> list[GrantBalance]:
    return [
        GrantBalance(
            code=f"g{number}",
            kind=draw(st.sampled_from(GrantKind)),
            left=Decimal(draw(st.integers(0, 20000))) / 100,
            currency="USD",
            effective_from=draw(st.just(NOV_1) | DAYS),
            expires_at=draw(st.none() | st.just(NOVEMBER.end)),
            priority=draw(st.integers(0, 2)),
        )
        for number in range(draw(st.integers(0, 3)))
    ]


def printed(result: InvoiceResult) -> InvoiceResult:
    """Return all that the invoice says, without how its quantities were sliced."""
    return replace(
        result,
        lines=tuple(replace(line, slices=()) for line in result.lines),
        unmatched=tuple(replace(item, slices=()) for item in result.unmatched),
    )


@given(st.lists(ROWS, max_size=12), some_grants(), st.lists(DAYS, max_size=5), st.randoms())
def test_neither_order_nor_slicing_changes_an_invoice(
    rows: list[tuple[int, str | None, str, str]],
    grants: list[GrantBalance],
    more_cuts: list[datetime],
    random: Random,
) -> None:
    events = [call(*row) for row in rows]
    shuffled = list(events)
    random.shuffle(shuffled)

    whole = invoice(events, terms=CHANGING, grants=grants)
    other = invoice(shuffled, terms=CHANGING, grants=list(reversed(grants)), more_cuts=more_cuts)

    assert printed(other) == printed(whole)


@given(st.lists(ROWS, max_size=12), some_grants())
def test_an_invoice_adds_up_by_hand(
    rows: list[tuple[int, str | None, str, str]], grants: list[GrantBalance]
) -> None:
    result = invoice([call(*row) for row in rows], terms=CHANGING, grants=grants)

    discounts = sum(it.amount for it in result.discounts_applied)
    credit = sum(it.amount for it in result.credits_applied)
    assert result.subtotal == sum(line.amount for line in result.lines)
    assert result.discounts == discounts
    assert result.total == result.subtotal - discounts + result.tax
    assert result.amount_due == result.total - credit
    assert 0 <= discounts <= max(Decimal(0), result.subtotal)
    assert 0 <= credit <= max(Decimal(0), result.total)
