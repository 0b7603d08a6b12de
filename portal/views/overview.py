"""The first page of a customer: what is due, what runs, what is left."""

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse

from portal.documents.credit_outlook import credit_outlooks
from portal.documents.overview import overview_page, running_cards
from portal.documents.todo import todos
from portal.pages import customer_now, customer_page, page
from portal.queries.overview import (
    ANSWERS_ARE_NEWS,
    overview_of,
    running_overview,
    running_version,
)
from portal.viewer import Viewer
from values.calendar import local_date

NO_CHANGE = 204


@customer_page()
def overview(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the overview."""
    customer, now = viewer.customer, customer_now(viewer)
    zone = customer.timezone
    today = local_date(now, zone)
    found = overview_of(
        customer=customer,
        now=now,
        today=today,
        answered_since=datetime.now(UTC) - ANSWERS_ARE_NEWS,
    )
    outlooks = credit_outlooks(
        wallet=found.credit,
        invoices=found.recent,
        drawn=found.drawn,
        low_percent=customer.credit_low_percent,
        zone=zone,
        now=now,
    )
    to_do = todos(
        viewer=viewer,
        overview=found,
        outlooks=outlooks,
        has_second_factor=Authenticator.objects.filter(user=viewer.user).exists(),
    )
    shown = overview_page(
        overview=found, outlooks=outlooks, todos=to_do, zone=zone, now=now, today=today
    )
    context = {"overview": shown, "running": shown.running, "version": found.version}
    return page(request, viewer, "portal/overview/overview.html", context)


@customer_page()
def overview_live(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the running periods anew, or 204 while they are as in the version that is shown."""
    customer, now = viewer.customer, customer_now(viewer)
    version = running_version(customer=customer, now=now)
    if request.GET.get("version") == version:
        return HttpResponse(status=NO_CHANGE)
    found = running_overview(customer=customer, now=now)
    cards = running_cards(overview=found, zone=customer.timezone, now=now)
    context = {"running": cards, "version": version}
    return page(request, viewer, "portal/overview/running.html", context)
