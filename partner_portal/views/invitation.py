"""The link in an invitation to a partner: accepting it, with the account one has or a new one."""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import PartnerInvitation, PartnerMembership, PartnerRole, User
from accounts.operations.accept_invitation import (
    InvitationNotOpen,
    InvitationOfAnother,
    StaffAcceptNothing,
)
from accounts.operations.make_account import AddressHasAccount
from accounts.operations.partner_people.accept_invitation import (
    accept_as_new_person,
    accept_invitation,
)
from accounts.queries.invitations import person_with_address
from accounts.queries.partner_brand import partner_brand
from accounts.queries.partner_invitations import (
    open_invitation,
    place_by_invitation,
    was_just_accepted,
)
from portal.forms.new_person import NewPersonForm


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Return what to do with the invitation, or accept it."""
    now = datetime.now(UTC)
    if isinstance(request.user, User):
        taken = place_by_invitation(token=token, user=request.user)
        if taken is not None:
            return _to_partner(taken)
    found = open_invitation(token=token, now=now)
    if found is None:
        return _not_open(request, token, now)
    if isinstance(request.user, User):
        return _signed_in(request, found, request.user, token, now)
    if person_with_address(email=found.email) is not None:
        return _show(request, found, "partner/invitation_sign_in.html", {"next": request.path})
    return _new_person(request, found, token, now)


def _signed_in(
    request: HttpRequest, found: PartnerInvitation, user: User, token: str, now: datetime
) -> HttpResponse:
    if not found.is_for(email=user.email):
        return _show(request, found, "partner/invitation_wrong_person.html")
    if user.is_staff:
        return _show(request, found, "partner/invitation_staff.html")
    if request.method != "POST":
        return _show(request, found, "partner/invitation.html")
    try:
        place = accept_invitation(token=token, user=user, now=now)
    except (InvitationNotOpen, InvitationOfAnother, StaffAcceptNothing):
        # What was shown to be open has changed within this moment.
        return _closed(request)
    return _to_partner(place)


def _new_person(
    request: HttpRequest, found: PartnerInvitation, token: str, now: datetime
) -> HttpResponse:
    form = NewPersonForm(request.POST or None, email=found.email)
    if request.method != "POST" or not form.is_valid():
        template = "partner/invitation_new_person.html"
        return _show(request, found, template, {"form": form})
    try:
        place = accept_as_new_person(
            token=token,
            first_name=form.cleaned_data["first_name"],
            last_name=form.cleaned_data["last_name"],
            password=form.cleaned_data["password"],
            now=now,
        )
    except InvitationNotOpen:
        return _not_open(request, token, now)
    except AddressHasAccount:
        return redirect(request.path)
    login = Login(user=place.user, redirect_url=_address_of(place), signup=True)
    return perform_password_login(request, {"email": place.user.email}, login)


def _show(
    request: HttpRequest,
    found: PartnerInvitation,
    template: str,
    context: dict[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    around = {
        "invitation": found,
        "partner": found.partner,
        "brand": partner_brand(partner=found.partner),
        "role": PartnerRole(found.role),
        **(context or {}),
    }
    return TemplateResponse(request, template, around)


def _not_open(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    """Return the way in where this form was sent twice, else what every such link says."""
    is_anonymous = not isinstance(request.user, User)
    if request.method == "POST" and is_anonymous and was_just_accepted(token=token, now=now):
        messages.success(request, "Your account is made. Sign in with the password you chose.")
        return redirect_to_login(request.path)
    return _closed(request)


def _closed(request: HttpRequest) -> HttpResponse:
    """Return the one answer to every link that lets nobody in, whatever became of it."""
    return TemplateResponse(request, "portal/invitation_closed.html", status=404)


def _to_partner(place: PartnerMembership) -> HttpResponse:
    return redirect(_address_of(place))


def _address_of(place: PartnerMembership) -> str:
    return reverse("partner:overview", args=[place.partner.public_id])
