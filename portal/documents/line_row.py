"""A line of an invoice as a row of a spreadsheet."""

from accounts.columns import exact
from invoicing.documents.presentation import invoice_zone
from invoicing.documents.presented_lines import section_title
from invoicing.models import Invoice, InvoiceLine
from portal.csv_answer import Cell
from values.calendar import last_day, local_date

CSV_HEADER = (
    "section", "description", "first day", "last day", "quantity", "unit", "unit price",
    "amount", "currency", "events", "id",
)  # fmt: skip


def line_cells(line: InvoiceLine, invoice: Invoice) -> list[Cell]:
    """Return the row; the numbers are those of the page, without signs and commas."""
    zone = invoice_zone(invoice)
    return [
        section_title(line.section),
        line.description,
        local_date(line.period_start, zone),
        last_day(line.period_end, zone),
        line.quantity,
        line.unit,
        line.unit_price,
        exact(line.amount),
        line.currency,
        line.events,
        line.public_id,
    ]
