"""The link in an invitation to a partner: accepting it, with the account one has or a new one."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import PartnerInvitation, PartnerMembership, PartnerRole
from accounts.operations.partner_people.accept_invitation import (
    accept_as_new_person,
    accept_invitation,
)
from accounts.queries.partner_brand import partner_brand
from accounts.queries.partner_invitations import (
    open_invitation,
    place_by_invitation,
    was_just_accepted,
)
from portal.views.invitation_page import InvitationPage


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Return what to do with the invitation, or accept it."""
    return _PAGE.answer(request, token)


def _around(found: PartnerInvitation) -> dict[str, object]:
    return {
        "partner": found.partner,
        "brand": partner_brand(partner=found.partner),
        "role": PartnerRole(found.role),
    }


def _address_of(place: PartnerMembership) -> str:
    return reverse("partner:overview", args=[place.partner.public_id])


_PAGE = InvitationPage[PartnerInvitation, PartnerMembership](
    folder="partner",
    open_invitation=open_invitation,
    place_by_invitation=place_by_invitation,
    was_just_accepted=was_just_accepted,
    accept=accept_invitation,
    accept_as_new_person=accept_as_new_person,
    around=_around,
    address_of=_address_of,
)
