"""The front door: everybody goes to the pages that are theirs."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.models import User
from portal.pages import customers_of, partners_of


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Return the way to one's customer or partner, a choice of several, or the admin."""
    assert isinstance(request.user, User)
    customers, partners = customers_of(user=request.user), partners_of(user=request.user)
    if len(customers) == 1 and not partners:
        return redirect("portal:overview", customer_id=customers[0].public_id)
    if len(partners) == 1 and not customers:
        return redirect("partner:overview", partner_id=partners[0].public_id)
    if not customers and not partners and request.user.is_staff:
        return redirect("admin:index")
    context = {"customers": customers, "partners": partners}
    return render(request, "portal/choose_pages.html", context)
