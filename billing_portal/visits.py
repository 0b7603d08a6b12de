"""The way back from a customer's pages."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import StaffVisit
from accounts.operations.end_visit import end_visit


@require_POST
@login_required
def end_visit_view(request: HttpRequest, visit_id: str) -> HttpResponse:
    """End one's own visit and go back to the customer in the admin; those of others are 404."""
    visit = StaffVisit.with_public_id(visit_id, staff=request.user)
    if visit is None:
        raise Http404
    end_visit(visit=visit, now=datetime.now(UTC))
    return redirect("admin:accounts_customer_change", visit.customer_id)
