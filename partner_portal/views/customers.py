"""Whose usage a partner may send, and under which ids."""

from django.http import HttpRequest, HttpResponse

from accounts.models import Customer
from partner_portal.pages import mode_asked, page, partner_page
from partner_portal.queries.customers import listed_customers
from partner_portal.viewer import PartnerViewer

ON_A_PAGE = 50
LONGEST_SEARCH = 200


@partner_page()
def customers(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return a page of the customers of one mode."""
    mode = mode_asked(request, viewer)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    after = Customer.uid_of(request.GET.get("after", ""))
    found = listed_customers(
        partner=viewer.partner, mode=mode, text=text, after=after, limit=ON_A_PAGE + 1
    )
    context = {
        "mode": mode,
        "text": text,
        "rows": found[:ON_A_PAGE],
        "is_first": after is None,
        "next": found[ON_A_PAGE - 1].public_id if len(found) > ON_A_PAGE else "",
    }
    return page(request, viewer, "partner/customers.html", context)
