"""The people of a partner: everybody sees them, owners invite and remove."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import KeyMode, PartnerInvitation, PartnerMembership, PartnerRole
from accounts.operations.invite_person import AlreadyInvited, AlreadyOfTheTeam
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.operations.partner_people.change_role import change_role as give_role
from accounts.operations.partner_people.invite_person import invite_person
from accounts.operations.partner_people.remove_person import remove_person as take_out
from accounts.operations.partner_people.resend_invitation import resend_invitation as send_again
from accounts.operations.partner_people.revoke_invitation import revoke_invitation as take_back
from accounts.operations.resend_invitation import InvitationIsOver
from accounts.operations.revoke_invitation import InvitationAccepted
from accounts.operations.write_invitation import TooManyInvitations
from accounts.queries.partner_brand import partner_brand
from partner_portal.documents.key_row import KeyRow, key_row
from partner_portal.forms.team import InviteForm, RoleForm
from partner_portal.pages import page, partner_page
from partner_portal.queries.keys import keys_of, makers_of
from partner_portal.queries.team_page import invitation_rows, people_rows
from partner_portal.viewer import PartnerViewer, Right

TEAM_REFUSALS = (LastOwner, NoLongerOfTheTeam)
INVITATION_REFUSALS = (InvitationIsOver, InvitationAccepted, TooManyInvitations)


@partner_page()
def team(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the people, and the invitations that nobody has accepted."""
    now, brand = datetime.now(UTC), partner_brand(partner=viewer.partner)
    context = {
        "people": people_rows(partner=viewer.partner, me=viewer.user, now=now),
        "invitations": invitation_rows(partner=viewer.partner, brand_name=brand.name, now=now),
        "roles": [(role.words.capitalize(), role.promise) for role in PartnerRole],
        "brand": brand,
    }
    return page(request, viewer, "partner/team/team.html", context)


@partner_page(Right.MANAGE_TEAM, methods=("GET", "POST"))
def invite(request: HttpRequest, viewer: PartnerViewer) -> HttpResponse:
    """Return the form of an invitation, or send it."""
    form = InviteForm(request.POST or None, initial={"role": PartnerRole.DEVELOPER})
    if request.method == "POST" and form.is_valid():
        try:
            sent = invite_person(
                partner=viewer.partner,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                by=viewer.user,
                now=datetime.now(UTC),
            )
        except (AlreadyOfTheTeam, AlreadyInvited) as refusal:
            form.add_error("email", str(refusal))
        except TooManyInvitations as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"An invitation is on its way to {sent.email}.")
            return _to_team(viewer)
    context = {"form": form}
    return page(request, viewer, "partner/team/invite.html", context)


@partner_page(Right.MANAGE_TEAM, methods=("GET", "POST"))
def change_role(request: HttpRequest, viewer: PartnerViewer, *, person_id: int) -> HttpResponse:
    """Return the form of a person's role, or change it."""
    place = _place(viewer, person_id)
    form = RoleForm(request.POST or None, initial={"role": place.role})
    if request.method == "POST" and form.is_valid():
        try:
            given = give_role(membership=place, role=form.cleaned_data["role"])
        except TEAM_REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            words = PartnerRole(given.role).words
            messages.success(request, f"{place.user.email} now has the role “{words}”.")
            return _to_team(viewer)
    context = {"form": form, "person": place.user, "is_me": _is_me(viewer, place)}
    template = "partner/team/change_role.html"
    return page(request, viewer, template, context)


@partner_page(Right.MANAGE_TEAM, methods=("GET", "POST"))
def remove_person(request: HttpRequest, viewer: PartnerViewer, *, person_id: int) -> HttpResponse:
    """Return the question whether to remove a person, or do it."""
    place = _place(viewer, person_id)
    if request.method != "POST":
        context = {
            "person": place.user,
            "is_me": _is_me(viewer, place),
            "live_keys": _live_keys(viewer, datetime.now(UTC)),
        }
        return page(request, viewer, "partner/team/remove_person.html", context)
    try:
        take_out(membership=place)
    except TEAM_REFUSALS as refusal:
        messages.error(request, str(refusal))
        return _to_team(viewer)
    messages.success(request, f"{place.user.email} was removed and sees these pages no more.")
    return redirect("home") if _is_me(viewer, place) else _to_team(viewer)


@partner_page(Right.MANAGE_TEAM, methods=("POST",))
def revoke_invitation(
    request: HttpRequest, viewer: PartnerViewer, *, invitation_id: str
) -> HttpResponse:
    """Take an invitation back."""

    def revoke(invitation: PartnerInvitation) -> str:
        take_back(invitation=invitation, now=datetime.now(UTC))
        return f"The invitation of {invitation.email} was revoked. Its link is dead."

    return _on_invitation(request, viewer, invitation_id, revoke)


@partner_page(Right.MANAGE_TEAM, methods=("POST",))
def resend_invitation(
    request: HttpRequest, viewer: PartnerViewer, *, invitation_id: str
) -> HttpResponse:
    """Send an invitation again."""

    def resend(invitation: PartnerInvitation) -> str:
        send_again(invitation=invitation, by=viewer.user, now=datetime.now(UTC))
        return f"A new invitation is on its way to {invitation.email}. The old link is dead."

    return _on_invitation(request, viewer, invitation_id, resend)


def _on_invitation(
    request: HttpRequest,
    viewer: PartnerViewer,
    invitation_id: str,
    act: Callable[[PartnerInvitation], str],
) -> HttpResponse:
    invitation = PartnerInvitation.with_public_id(invitation_id, partner=viewer.partner)
    if invitation is None:
        raise Http404
    try:
        messages.success(request, act(invitation))
    except INVITATION_REFUSALS as refusal:
        messages.error(request, str(refusal))
    return _to_team(viewer)


def _live_keys(viewer: PartnerViewer, now: datetime) -> list[KeyRow]:
    """Return the live keys that work, all of them: who leaves may have read any secret."""
    of_mode = keys_of(partner=viewer.partner, mode=KeyMode.LIVE)
    found = [key for key in of_mode if key.is_usable(now=now)]
    makers, brand = makers_of(keys=found), partner_brand(partner=viewer.partner)
    return [key_row(key, now=now, maker=makers.get(key.pk), brand_name=brand.name) for key in found]


def _place(viewer: PartnerViewer, person_id: int) -> PartnerMembership:
    places = viewer.partner.memberships.select_related("user")
    place = places.filter(pk=person_id).first()
    if place is None:
        raise Http404
    return place


def _is_me(viewer: PartnerViewer, place: PartnerMembership) -> bool:
    return place.user_id == viewer.user.pk


def _to_team(viewer: PartnerViewer) -> HttpResponse:
    return redirect("partner:team", partner_id=viewer.partner.public_id)
