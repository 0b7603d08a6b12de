"""What stands on a customer's invoices: to look at, and to change."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import AddressKind, Customer
from accounts.operations.change_details import change_details
from portal.forms.details import DetailsForm, address_heading, details_of, postal_address
from portal.pages import customer_page, page
from portal.viewer import Right, Viewer


@dataclass(frozen=True, slots=True)
class AddressCard:
    """An address as it is printed, or none."""

    heading: str
    lines: tuple[str, ...]


@customer_page()
def account(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the customer's details."""
    context = {"tab": "details", "addresses": _addresses(viewer.customer)}
    return page(request, viewer, "portal/account/account.html", context)


@customer_page(Right.EDIT, methods=("GET", "POST"))
def edit_account(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the form of the details, or change them."""
    customer = viewer.customer
    form = DetailsForm(request.POST or None, initial=details_of(customer))
    if request.method == "POST" and form.is_valid():
        change_details(customer=customer, details=form.details())
        messages.success(request, "Saved. Future invoices carry the new details.")
        return redirect("portal:account", customer_id=customer.public_id)
    context = {"tab": "details", "form": form}
    return page(request, viewer, "portal/account/edit.html", context)


def _addresses(customer: Customer) -> list[AddressCard]:
    kept = {row.kind: postal_address(row).lines() for row in customer.addresses.all()}
    return [AddressCard(address_heading(kind), kept.get(kind.value, ())) for kind in AddressKind]
