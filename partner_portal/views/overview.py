"""The first page of a partner: what came in, what waits, what to do next."""

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse

from partner_portal.documents.overview import overview_page
from partner_portal.documents.received_chart import first_of
from partner_portal.documents.todo import todos
from partner_portal.pages import mode_asked, page, partner_page
from partner_portal.queries.overview import overview_of
from partner_portal.viewer import PartnerViewer


@partner_page()
def overview(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the overview of one mode."""
    now, mode = datetime.now(UTC), mode_asked(request, viewer)
    found = overview_of(partner=viewer.partner, mode=mode, since=first_of("day", now=now), now=now)
    to_do = todos(
        viewer=viewer,
        overview=found,
        mode=mode,
        has_second_factor=Authenticator.objects.filter(user=viewer.user).exists(),
        now=now,
    )
    context = {"mode": mode, "overview": overview_page(overview=found, now=now), "todos": to_do}
    return page(request, viewer, "partner/overview/overview.html", context)
