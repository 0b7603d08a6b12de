"""The first page of a customer: what is due, what runs, what is left."""

from django.http import HttpRequest, HttpResponse

from portal.pages import customer_page, page
from portal.viewer import Viewer


@customer_page()
def overview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the overview."""
    return page(request, viewer, "portal/overview.html")
