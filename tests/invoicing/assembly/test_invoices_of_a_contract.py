"""A contract from its first day to its last, invoice by invoice, worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from invoicing.assembly.bills import bills
from invoicing.assembly.given_usage import GivenUsage
from invoicing.assembly.invoice import assemble_invoice
from invoicing.assembly.phases import Phase, compiled
from invoicing.assembly.result import InvoiceResult
from invoicing.assembly.terms import ContractTerms, DatedQuantity, MinimumCommitment
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.rating.price import Model, PriceTerms, PriceVersion
from invoicing.rating.terms.fixed import OneTime, Recurring, Seat, Timing
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.tax.unregistered import NoTaxRegistered
from tests.invoicing.rating.fees import NEW_YORK, day, span
from usage.metering.aggregation import aggregate
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent
from values.calendar import BillingCalendar, BillingInterval

CALLS = Meter("CALL", "Calls", "call", Aggregation.SUM, "minutes", (), "minute")


def priced(code: str, model: Model, meter: str | None = None) -> PriceTerms:
    version = PriceVersion(None, None, code, model)
    return PriceTerms(code, meter, (version,))


SETUP = priced("setup", OneTime(Decimal(500)))
BASE = priced("base", Recurring(Decimal(310)))
SUPPORT = priced("support", Recurring(Decimal(30), timing=Timing.ARREARS))
SEATS = priced("seats", Seat(PerUnit(unit_price=Decimal(30))))
USAGE = priced("usage", PerUnit(unit_price=Decimal("0.105")), "CALL")
LARGER = priced("base", Recurring(Decimal(620)))

CALENDAR = BillingCalendar(
    BillingInterval.MONTH,
    1,
    NEW_YORK,
    day("2024-11-21", NEW_YORK),
    day("2025-01-11", NEW_YORK),
)
PHASES = compiled(
    [
        Phase(
            CALENDAR.start,
            (SETUP, SUPPORT, SEATS, USAGE, BASE),
            MinimumCommitment(Decimal(600), "FEE"),
        ),
        Phase(
            day("2024-12-11", NEW_YORK),
            (SETUP, SUPPORT, SEATS, USAGE, LARGER),
            MinimumCommitment(Decimal(600), "FEE"),
        ),
    ]
)
TERMS = ContractTerms(
    currency="USD",
    prices=PHASES.prices,
    meters={"CALL": CALLS},
    zone=NEW_YORK,
    starts_at=CALENDAR.start,
    quantities={
        "seats": (
            DatedQuantity(day("2024-11-01", NEW_YORK), Decimal(5)),
            DatedQuantity(day("2024-11-26", NEW_YORK), Decimal(8)),
        )
    },
    commitments=PHASES.commitments,
    phase_starts=PHASES.phase_starts,
    calendar=CALENDAR,
)
EVENTS = [
    MeteredEvent(day(text, NEW_YORK) + timedelta(hours=12), text, {"minutes": minutes})
    for text, minutes in (("2024-11-25", "100"), ("2024-12-05", "61"), ("2024-12-20", "40"))
]


def invoices(
    *, grants: list[GrantBalance], events: list[MeteredEvent], hours: int = 0
) -> list[InvoiceResult]:
    found = []
    for bill in bills(calendar=CALENDAR, grace_hours_at=lambda _: hours, net_terms_days=14):
        period = bill.period
        found.append(
            assemble_invoice(
                terms=TERMS,
                bill=bill,
                usage=GivenUsage({"CALL": aggregate(CALLS, events, period, ())}),
                grants=grants,
                tax=NoTaxRegistered(),
            )
        )
    return found


def test_every_invoice_of_a_contract_by_hand() -> None:
    found = invoices(grants=[], events=EVENTS, hours=30)

    assert [
        (
            invoice.issue_date.isoformat(),
            [
                (line.description, span(line, NEW_YORK), str(line.quantity), str(line.amount))
                for line in invoice.lines
            ],
        )
        for invoice in found
    ] == [
        (
            "2024-11-21",
            [
                ("setup", "11-21..12-01", "1", "500.00"),
                ("seats", "11-21..11-26", "5", "25.00"),
                ("seats", "11-26..12-01", "8", "40.00"),
                ("base", "11-21..12-01", "1", "103.33"),
            ],
        ),
        (
            "2024-12-02",
            [
                ("support", "11-21..12-01", "1", "10.00"),
                ("usage", "11-21..12-01", "100", "10.50"),
                ("seats", "12-01..12-11", "8", "77.42"),
                ("seats", "12-11..01-01", "8", "162.58"),
                ("base", "12-01..12-11", "1", "100.00"),
                ("base", "12-11..01-01", "1", "420.00"),
            ],
        ),
        (
            "2025-01-02",
            [
                ("support", "12-01..12-11", "1", "9.68"),
                ("support", "12-11..01-01", "1", "20.32"),
                ("usage", "12-01..01-01", "101", "10.61"),
                ("seats", "01-01..01-11", "8", "77.42"),
                ("base", "01-01..01-11", "1", "200.00"),
            ],
        ),
        ("2025-01-12", [("support", "01-01..01-11", "1", "9.68")]),
    ]
    assert [str(invoice.subtotal) for invoice in found] == ["668.33", "780.50", "318.03", "9.68"]
    assert found[0].due_date == date(2024, 12, 5)


def test_credit_pays_fees_whose_days_it_overlaps() -> None:
    grant = GrantBalance(
        code="start",
        kind=GrantKind.PREPAID,
        left=Decimal("600.00"),
        currency="USD",
        effective_from=day("2024-11-01"),
        expires_at=day("2024-11-23"),
        applies_to=("base", "seats"),
    )

    (first, *_) = invoices(grants=[grant], events=[])

    assert [str(draw.amount) for draw in first.credits_applied] == ["128.33"]
    assert str(first.amount_due) == "540.00"


@given(st.lists(st.tuples(st.integers(0, 50), st.decimals(0, 5000, places=3).map(str)), max_size=8))
def test_lines_add_up_and_each_period_keeps_its_commitment(rows: list[tuple[int, str]]) -> None:
    events = [
        MeteredEvent(CALENDAR.start + timedelta(days=after), f"{number}", {"minutes": minutes})
        for number, (after, minutes) in enumerate(rows)
    ]
    found = invoices(grants=[], events=events)

    for invoice in found:
        assert sum(line.amount for line in invoice.lines) == invoice.subtotal == invoice.total
    lines = [line for invoice in found for line in invoice.lines]
    for period, committed in zip(
        CALENDAR.periods_from(CALENDAR.start), ("200.00", "600.00", "193.55"), strict=True
    ):
        inside = [line.amount for line in lines if period.contains(line.period.start)]
        assert sum(inside) >= Decimal(committed)
