"""The page of one invoice, its living part, its PDF and its lines for a spreadsheet."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.render_document import render_document
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from tests.portal.views.invoice_pages import of_invoice, printed_rows, reader, table
from tests.refusals import damage

pytestmark = pytest.mark.django_db

PAGES = ("invoice", "invoice_live", "invoice_pdf", "invoice_csv")


def page_of(invoice: Invoice, asked: str = "") -> str:
    return reader(invoice.customer).get(of_invoice("invoice", invoice) + asked).content.decode()


def test_the_page_names_the_invoice_both_parties_and_what_is_due() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("5.00")]))

    page = page_of(invoice)

    assert "<h1>Invoice INV-2024-000007</h1>" in page
    for words in ("Northwind Voice", "Basil&#x27;s Bakery", "Net 30 days", "by Dec 31, 2024"):
        assert words in page
    assert 'class="badge badge-bad">Overdue by ' in page


def test_each_line_leads_to_why_and_to_its_events() -> None:
    invoice = invoices.issued_example()

    page = page_of(invoice)

    for line in invoice.lines.all():
        address = f"{of_invoice('invoice', invoice)}lines/{line.public_id}/"
        assert f'href="{address}"' in page
        assert f'href="{address}events/"' in page


def test_an_open_invoice_says_that_amounts_are_so_far_and_refreshes_itself() -> None:
    invoice = invoices.upcoming_example()

    page = page_of(invoice)

    assert "Upcoming: amounts so far." in page
    assert "Data to Nov 21, 2026 07:00 EST" in page
    assert 'hx-trigger="every 5s"' in page
    assert of_invoice("invoice_pdf", invoice) not in page


def test_an_issued_invoice_stands_still() -> None:
    page = page_of(invoices.issued_example())

    assert "hx-get" not in page
    assert "amounts so far" not in page


def test_the_living_part_is_sent_when_the_amounts_have_changed_and_not_before() -> None:
    invoice = invoices.upcoming_example()
    client, live = reader(invoice.customer), of_invoice("invoice_live", invoice)
    seen = {"seen": client.get(of_invoice("invoice", invoice)).context["version"]}
    unchanged = client.get(live, seen)
    sender = make.source(invoice.customer.partners.get())
    make.accepted(sender, [make.call_body("seventh", minutes=2)])
    refresh_customer(customer_id=invoice.customer_id, now=make.NOW.replace(hour=13))

    changed = client.get(live, seen)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert printed_rows(changed.content.decode())["totals"][0] == ["Subtotal", "$21.75"]


def test_the_whole_page_is_asked_for_when_the_invoice_has_been_issued() -> None:
    invoice = invoices.issued_example()

    answer = reader(invoice.customer).get(
        of_invoice("invoice_live", invoice), {"seen": "draft 2024-12-01T05:00:00+00:00"}
    )

    assert answer["HX-Refresh"] == "true"


def test_a_void_invoice_says_that_nothing_is_owed() -> None:
    invoice = invoices.issued(invoices.draft_of([Row("5.00")]))
    with damage():
        Invoice.objects.filter(pk=invoice.pk).update(state=InvoiceState.VOID)

    page = page_of(invoice)

    assert "This invoice is void." in page
    assert "Made void" in page


def test_the_timeline_tells_what_happened_and_what_comes() -> None:
    invoice = invoices.issued_example()
    client = reader(invoice.customer)

    def told(of: Invoice) -> list[str]:
        moments = client.get(of_invoice("invoice", of)).context["timeline"]
        return [f"{moment.what} {moment.when}".strip() for moment in moments]

    before = told(invoice)
    render_document(invoice_id=invoice.pk, now=make.NOW)

    assert before == [
        "Period began Nov 1, 2024",
        "Period closed after Nov 30, 2024",
        "Issued Dec 1, 2024",
        "The PDF is being made",
    ]
    assert told(invoice)[3:] == ["PDF made Nov 21, 2026 07:00 EST"]
    following = invoice.customer.invoices.get(period_start=invoice.period_end)
    assert told(following) == [
        "Period began Dec 1, 2024",
        "Period closes after Dec 31, 2024",
        "To be issued on Jan 1, 2025",
    ]


def test_the_pdf_is_the_stored_document() -> None:
    invoice = invoices.issued_example()
    document = render_document(invoice_id=invoice.pk, now=make.NOW)

    answer = reader(invoice.customer).get(of_invoice("invoice_pdf", invoice))

    assert answer.content == bytes(document.content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="TEST-INV-2024-000001.pdf"'


def test_a_pdf_that_is_not_there_yet_is_answered_in_words() -> None:
    issued = invoices.issued_example()
    client = reader(issued.customer)
    upcoming = issued.customer.invoices.get(period_start=issued.period_end)

    being_made = client.get(of_invoice("invoice_pdf", issued))
    not_issued = client.get(of_invoice("invoice_pdf", upcoming))

    assert (being_made.status_code, not_issued.status_code) == (404, 404)
    assert "The PDF is being made" in being_made.content.decode()
    assert "An invoice gets its PDF when it is issued." in not_issued.content.decode()


def test_the_lines_come_as_a_table_of_numbers() -> None:
    invoice = invoices.issued_example()

    rows = table(reader(invoice.customer).get(of_invoice("invoice_csv", invoice)))

    assert rows[0][:9] == [
        "section", "description", "first day", "last day", "quantity", "unit", "unit price",
        "amount", "currency",
    ]  # fmt: skip
    assert [row[1:9] for row in rows[1:3]] == [
        [f"AI Calls - US / {outcome}", "2024-11-01", "2024-11-30", *numbers, "USD"]
        for outcome, *numbers in (
            ("resolved", "13", "minute", "0.2", "2.6"),
            ("transferred", "12", "minute", "0.4", "4.8"),
        )
    ]


def test_a_description_that_a_spreadsheet_would_calculate_is_quoted_and_a_credit_is_not() -> None:
    draft = invoices.draft_of([Row("-5.00", "=cmd|' /C calc'!A0")])

    rows = table(reader(draft.customer).get(of_invoice("invoice_csv", draft)))

    assert (rows[1][1], rows[1][7]) == ("'=cmd|' /C calc'!A0", "-5")


def test_a_long_invoice_is_shown_in_parts_whose_sums_are_of_all_lines() -> None:
    draft = invoices.draft_of([Row("1.00") for _ in range(501)])
    client, address = reader(draft.customer), of_invoice("invoice", draft)

    first, second = client.get(address).content.decode(), client.get(f"{address}?page=2")

    assert len(printed_rows(first)["lines"]) == 500 + 3
    rows = printed_rows(second.content.decode())["lines"]
    assert rows[2:] == [
        ["AI Calls - US / resolved", "", "", "$1.00"],
        ["Usage subtotal", "$501.00"],
    ]
    assert "?page=2" in first
    assert client.get(f"{address}?page=3").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "%00", "", "9" * 30, "٣"])
def test_a_part_that_is_no_number_is_not_found(number: str) -> None:
    draft = invoices.draft_of([Row("1.00")])

    answer = reader(draft.customer).get(of_invoice("invoice", draft) + f"?page={number}")

    assert answer.status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_an_invoice_of_others_is_answered_as_if_there_were_none(name: str) -> None:
    invoice = invoices.issued_example()
    basil = make.basil()

    assert reader(basil).get(of_invoice(name, invoice, customer=basil)).status_code == 404
    assert reader(basil).get(of_invoice(name, invoice)).status_code == 404


@pytest.mark.parametrize("wrong", ["inv_1", "lin_00000000000000000000000000", "1", "%00"])
def test_an_id_that_is_none_is_not_found(wrong: str) -> None:
    basil = make.basil()

    answer = reader(basil).get(f"/portal/{basil.public_id}/invoices/{wrong}/")

    assert answer.status_code == 404


def test_who_may_only_read_sees_all_and_asks_nothing() -> None:
    invoice = invoices.issued_example()
    render_document(invoice_id=invoice.pk, now=make.NOW)
    client = reader(invoice.customer, role=Role.READ_ONLY)

    assert [client.get(of_invoice(name, invoice)).status_code for name in PAGES] == [200] * 4
    assert "Ask about" not in client.get(of_invoice("invoice", invoice)).content.decode()
    assert "Ask about this invoice" in page_of(invoice)


def test_the_queries_do_not_grow_with_the_lines() -> None:
    upcoming = invoices.upcoming_example()
    basil = invoices.basil_with_address()
    short = invoices.draft_of([Row("1.00")], buyer=basil)

    def queries(invoice: Invoice) -> int:
        client = reader(invoice.customer)
        with CaptureQueriesContext(connection) as captured:
            client.get(of_invoice("invoice", invoice))
        return len(captured)

    with_credit, few = queries(upcoming), queries(short)
    with damage():
        Invoice.objects.filter(pk=short.pk).delete()
    many = invoices.draft_of([Row("1.00") for _ in range(40)], buyer=basil)

    assert queries(many) == few
    assert with_credit <= 15


def test_times_are_those_of_the_customer() -> None:
    draft = invoices.draft_of([Row("1.00")])
    Invoice.objects.filter(pk=draft.pk).update(computed_at=datetime(2024, 12, 1, 3, tzinfo=UTC))

    assert "Data to Nov 30, 2024 22:00 EST" in page_of(draft)
