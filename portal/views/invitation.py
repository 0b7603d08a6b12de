"""The link in an invitation: accepting it, with the account one has or a new one."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import Invitation, Membership, Role
from accounts.operations.accept_invitation import accept_as_new_person, accept_invitation
from accounts.queries.invitations import open_invitation, place_by_invitation, was_just_accepted
from portal.views.invitation_page import InvitationPage


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Return what to do with the invitation, or accept it."""
    return _PAGE.answer(request, token)


def _around(found: Invitation) -> dict[str, object]:
    return {
        "customer": found.customer,
        "brand": found.customer.brand,
        "role": Role(found.role),
    }


def _address_of(place: Membership) -> str:
    return reverse("portal:overview", args=[place.customer.public_id])


_PAGE = InvitationPage[Invitation, Membership](
    folder="portal",
    open_invitation=open_invitation,
    place_by_invitation=place_by_invitation,
    was_just_accepted=was_just_accepted,
    accept=accept_invitation,
    accept_as_new_person=accept_as_new_person,
    around=_around,
    address_of=_address_of,
)
