"""An invoice of a sandbox customer, line by line with the why."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse

from partner_portal.documents.sandbox import sandbox_bill
from partner_portal.pages import page, partner_page
from partner_portal.queries.sandbox import explained_lines, sandbox_of
from partner_portal.viewer import PartnerViewer
from portal.queries.invoice import invoice_of
from values.calendar import local_date

MOST_LINES = 500


@partner_page()
def invoice(
    request: HttpRequest, viewer: PartnerViewer, *, customer_id: str, invoice_id: str
) -> HttpResponse:
    """Return an invoice of the sandbox, running or closed."""
    customer = sandbox_of(partner=viewer.partner, public_id=customer_id)
    found = None if customer is None else invoice_of(customer=customer, public_id=invoice_id)
    if customer is None or found is None:
        raise Http404
    lines = explained_lines(invoices=[found], limit=MOST_LINES)
    today = local_date(customer.now(now=datetime.now(UTC)), customer.timezone)
    context = {
        "sandbox": customer,
        "bill": sandbox_bill(found, lines, customer=customer, today=today),
    }
    return page(request, viewer, "partner/sandbox/invoice.html", context)
