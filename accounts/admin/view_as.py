"""Looking at a customer's pages as that customer sees them, for a reason that stays on record."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.admin.pages.buttons import Button
from accounts.models import Customer
from accounts.operations.start_visit import ReasonMissing, start_visit


class VisitForm(forms.Form):
    """Why somebody looks. The name is that of every reason in the admin, so history has it too."""

    _reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="Such as “Ticket 4711: asks why November is higher”. Kept with your name and "
        "every page that you open.",
    )


def _view_as(
    admin_: Any, request: HttpRequest, customer: Customer, entered: dict[str, Any]
) -> HttpResponse:
    start_visit(
        staff=request.user,  # type: ignore[arg-type]
        customer=customer,
        reason=entered["_reason"],
        now=datetime.now(UTC),
    )
    return redirect("portal:overview", customer_id=customer.public_id)


VIEW_AS = Button(
    name="view_as",
    label="View as customer",
    permission="accounts.view_as_customer",
    press=_view_as,
    refusals=(ReasonMissing,),
    form=VisitForm,
    facts_template="admin/hub/view_as.html",
)
