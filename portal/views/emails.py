"""Which e-mails one gets of a customer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.operations.choose_emails import choose_emails
from portal.forms.emails import EmailsForm
from portal.pages import customer_page, page
from portal.viewer import Viewer


@customer_page(methods=("GET", "POST"))
def emails(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return one's choice of e-mails, or change it; staff on a visit have none to make."""
    place = viewer.membership
    if place is None:
        return page(request, viewer, "portal/account/emails.html", {"tab": "emails"})
    if request.method == "POST":
        form = EmailsForm(request.POST)
        if form.is_valid():
            choose_emails(membership=place, **form.cleaned_data)
            messages.success(request, "Saved. Your choice holds from now on.")
            return redirect("portal:emails", customer_id=viewer.customer.public_id)
    chosen = {
        "wants_invoices": place.wants_invoices,
        "wants_credit_alerts": place.wants_credit_alerts,
    }
    context = {"tab": "emails", "form": EmailsForm(initial=chosen)}
    return page(request, viewer, "portal/account/emails.html", context)
