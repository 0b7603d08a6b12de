"""What stands on an invoice, before it is a page."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from invoicing.documents.presentation import (
    PresentedCredit,
    PresentedTax,
    PresentedTotal,
    presented_invoice,
)
from invoicing.documents.presented_lines import PresentedLine
from invoicing.models import GrantKind
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row

pytestmark = pytest.mark.django_db


def test_the_worked_example_shows_its_five_lines_and_what_pays_them() -> None:
    presented = presented_invoice(invoice=invoices.issued_example())

    assert [section.title for section in presented.sections] == ["Usage"]
    assert presented.sections[0].subtotal == "$21.35"
    assert presented.sections[0].lines == (
        PresentedLine("AI Calls - US / resolved", "", "13 minutes", "$0.20", "$2.60"),
        PresentedLine("AI Calls - US / transferred", "", "12 minutes", "$0.40", "$4.80"),
        PresentedLine("AI Calls - EU / resolved", "", "6 minutes", "$0.25", "$1.50"),
        PresentedLine("AI Calls - EU / escalated", "", "15 minutes", "$0.75", "$11.25"),
        PresentedLine("AI Calls - APAC / resolved", "", "4 minutes", "$0.30", "$1.20"),
    )
    assert presented.credits == (
        PresentedCredit("Prepaid credit grant-1", "valid to Oct 31, 2026", "-$21.35", "$9,978.65"),
    )
    assert presented.totals == (
        PresentedTotal("Subtotal", "$21.35"),
        PresentedTotal("Total", "$21.35"),
        PresentedTotal("Credits applied", "-$21.35"),
    )
    assert (presented.amount_due, presented.is_due) == ("$0.00", False)


def test_an_issued_invoice_has_its_number_and_dates() -> None:
    presented = presented_invoice(invoice=invoices.issued_example())

    assert presented.name == "Invoice TEST-INV-2024-000001"
    assert presented.notice == ""
    assert presented.period == "Nov 1 \u2013 Nov 30, 2024"
    assert (presented.issue_date, presented.due_date) == ("Dec 1, 2024", "Jan 15, 2025")
    assert presented.terms == "net 45 days"


def test_an_upcoming_invoice_says_that_amounts_are_those_so_far() -> None:
    presented = presented_invoice(invoice=invoices.upcoming_example())

    assert presented.name == "Upcoming invoice"
    assert presented.notice == "Upcoming: amounts so far"
    assert presented.issue_date == ""
    assert presented.credits[0].left == "$9,978.65"


def test_sections_stand_in_the_order_of_the_invoice_with_their_sums() -> None:
    sections = (
        "true_up", "one_time", "telephony", "usage", "premium", "overage", "included", "platform",
    )  # fmt: skip
    draft = invoices.draft_of([Row("1.00", section=code) for code in (*sections, "usage")])

    presented = presented_invoice(invoice=draft)

    assert [(section.title, section.subtotal) for section in presented.sections] == [
        ("Platform fees", "$1.00"),
        ("Included usage", "$1.00"),
        ("Usage", "$2.00"),
        ("Overage", "$1.00"),
        ("Premium features", "$1.00"),
        ("Telephony", "$1.00"),
        ("One-time charges", "$1.00"),
        ("True-ups", "$1.00"),
    ]


def test_a_line_of_another_time_than_the_invoice_names_it() -> None:
    middle = datetime(2024, 11, 16, 5, tzinfo=UTC)
    draft = invoices.draft_of([Row("1.00", period_start=middle)])

    presented = presented_invoice(invoice=draft)

    assert presented.sections[0].lines[0].note == "Nov 16 \u2013 Nov 30, 2024"


def test_an_allowance_says_what_was_used_and_what_is_left() -> None:
    draft = invoices.draft_of(
        [
            Row("0.00", section="included", quantity="716", unit="minute", events=9, left="284"),
            Row("0.00", section="included", quantity="6000", unit="second", events=9, left="24000"),
        ]
    )

    lines = presented_invoice(invoice=draft).sections[0].lines

    assert [(line.quantity, line.note) for line in lines] == [
        ("716 minutes", "284 minutes left"),
        ("100:00 min", "400:00 min left"),
    ]


def test_an_allowance_of_a_part_of_the_time_names_both() -> None:
    middle = datetime(2024, 11, 16, 5, tzinfo=UTC)
    draft = invoices.draft_of([Row("0.00", left="5", unit="minute", period_start=middle)])

    line = presented_invoice(invoice=draft).sections[0].lines[0]

    assert line.note == "Nov 16 \u2013 Nov 30, 2024 \u00b7 5 minutes left"


LIMIT = {"step": "limit", "kind": "commitment", "amount": "5000", "lines": "2664.69"}
TRACE = {"model": "per_unit", "exact_amount": "2335.31", "steps": [LIMIT]}


def test_a_line_without_a_unit_price_says_how_its_amount_was_reached() -> None:
    draft = invoices.draft_of(
        [
            Row("2335.31", "Minimum commitment", section="true_up", trace=TRACE),
            Row("99.00", "Platform", section="true_up", unit_price="99.00", trace=TRACE),
            Row("1.00", "Of old", section="true_up"),
        ]
    )

    with CaptureQueriesContext(connection) as queries:
        lines = presented_invoice(invoice=draft).sections[0].lines

    assert [line.note for line in lines] == [
        "Commitment $5,000.00 \u2212 lines $2,664.69 = $2,335.31.", "", "",
    ]  # fmt: skip
    assert len([query for query in queries if "invoicing_invoiceline" in query["sql"]]) == 1


@pytest.mark.parametrize(
    "row,text",
    [
        (Row("99.00", section="platform"), ""),
        (Row("99.00", quantity="2"), "2"),
        (Row("99.00", events=1), "1"),
        (Row("99.00", unit="seat"), "1 seat"),
        (Row("3.09", quantity="18540", unit="second", events=412), "309:00 min"),
        (Row("3.09", quantity="0.5", unit="second", events=412), "0.5 seconds"),
        (
            Row("3.00", quantity="60", unit="second", unit_price="0.05", events=412),
            "60 seconds",
        ),
        (Row("2.00", quantity="1000", unit="1K tokens", events=4), "1,000 \u00d7 1K tokens"),
    ],
)
def test_a_quantity_is_shown_where_it_tells_something(row: Row, text: str) -> None:
    draft = invoices.draft_of([row])

    assert presented_invoice(invoice=draft).sections[0].lines[0].quantity == text


def test_taxes_are_listed_and_summed() -> None:
    draft = invoices.draft_of(
        [Row("100.00")], taxes=[("Illinois tax", "100.00", "6.25"), ("Fee", "1.0505", "0.05")]
    )

    presented = presented_invoice(invoice=draft)

    assert presented.taxes == (
        PresentedTax("Illinois tax", "$100.00", "$6.25"),
        PresentedTax("Fee", "$1.0505", "$0.05"),
    )
    assert presented.totals == (
        PresentedTotal("Subtotal", "$100.00"),
        PresentedTotal("Taxes and fees", "$6.30"),
        PresentedTotal("Total", "$106.30"),
    )


def test_promotional_credit_stands_before_the_total() -> None:
    basil = invoices.basil_with_address()
    gift = make.grant(basil, code="welcome", kind=GrantKind.PROMOTIONAL, amount="50.00")
    draft = invoices.draft_of([Row("100.00")], buyer=basil, discount=(gift, "30.00"))

    presented = presented_invoice(invoice=draft)

    assert presented.credits == (
        PresentedCredit("Promotional credit welcome", "", "-$30.00", "$20.00"),
    )
    assert presented.totals == (
        PresentedTotal("Subtotal", "$100.00"),
        PresentedTotal("Promotional credit", "-$30.00"),
        PresentedTotal("Total", "$70.00"),
    )
    assert (presented.amount_due, presented.is_due) == ("$70.00", True)


def test_the_number_of_queries_does_not_grow_with_the_lines(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    example = invoices.issued_example()
    long = invoices.draft_of([Row("1.00") for _ in range(40)])

    with django_assert_num_queries(6):
        presented_invoice(invoice=example)
    with django_assert_num_queries(5):
        presented_invoice(invoice=long)
