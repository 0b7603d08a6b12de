"""The people of a customer: everybody sees them, owners invite and remove."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Invitation, Membership, Role
from accounts.operations.change_role import change_role as give_role
from accounts.operations.invite_person import AlreadyInvited, AlreadyOfTheTeam, invite_person
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.operations.remove_person import remove_person as take_out
from accounts.operations.resend_invitation import InvitationIsOver
from accounts.operations.resend_invitation import resend_invitation as send_again
from accounts.operations.revoke_invitation import InvitationAccepted
from accounts.operations.revoke_invitation import revoke_invitation as take_back
from accounts.operations.write_invitation import TooManyInvitations
from portal.forms.invite import InviteForm, RoleForm
from portal.pages import customer_page, page
from portal.queries.team_page import invitation_rows, people_rows
from portal.viewer import Right, Viewer

TEAM_REFUSALS = (LastOwner, NoLongerOfTheTeam)
INVITATION_REFUSALS = (InvitationIsOver, InvitationAccepted, TooManyInvitations)


@customer_page()
def team(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the people, and the invitations that nobody has accepted."""
    now = datetime.now(UTC)
    context = {
        "tab": "team",
        "people": people_rows(customer=viewer.customer, me=viewer.user, now=now),
        "invitations": invitation_rows(customer=viewer.customer, now=now),
        "roles": [(role.words.capitalize(), role.promise) for role in Role],
    }
    return page(request, viewer, "portal/account/team.html", context)


@customer_page(Right.MANAGE_TEAM, methods=("GET", "POST"))
def invite(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return the form of an invitation, or send it."""
    form = InviteForm(request.POST or None, initial={"role": Role.READ_ONLY})
    if request.method == "POST" and form.is_valid():
        try:
            sent = invite_person(
                customer=viewer.customer,
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
    context = {"tab": "team", "form": form}
    return page(request, viewer, "portal/account/invite.html", context)


@customer_page(Right.MANAGE_TEAM, methods=("GET", "POST"))
def change_role(request: HttpRequest, viewer: Viewer, *, person_id: int) -> HttpResponse:
    """Return the form of a person's role, or change it."""
    place = _place(viewer, person_id)
    form = RoleForm(request.POST or None, initial={"role": place.role})
    if request.method == "POST" and form.is_valid():
        try:
            given = give_role(membership=place, role=form.cleaned_data["role"])
        except TEAM_REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            words = Role(given.role).words
            messages.success(request, f"{place.user.email} now has the role “{words}”.")
            return _to_team(viewer)
    context = {"tab": "team", "form": form, "person": place.user, "is_me": _is_me(viewer, place)}
    template = "portal/account/change_role.html"
    return page(request, viewer, template, context)


@customer_page(Right.MANAGE_TEAM, methods=("GET", "POST"))
def remove_person(request: HttpRequest, viewer: Viewer, *, person_id: int) -> HttpResponse:
    """Return the question whether to remove a person, or do it."""
    place = _place(viewer, person_id)
    if request.method != "POST":
        context = {"tab": "team", "person": place.user, "is_me": _is_me(viewer, place)}
        return page(request, viewer, "portal/account/remove_person.html", context)
    try:
        take_out(membership=place)
    except TEAM_REFUSALS as refusal:
        messages.error(request, str(refusal))
        return _to_team(viewer)
    messages.success(request, f"{place.user.email} was removed and sees these pages no more.")
    return redirect("home") if _is_me(viewer, place) else _to_team(viewer)


@customer_page(Right.MANAGE_TEAM, methods=("POST",))
def revoke_invitation(request: HttpRequest, viewer: Viewer, *, invitation_id: str) -> HttpResponse:
    """Take an invitation back."""

    def revoke(invitation: Invitation) -> str:
        take_back(invitation=invitation, now=datetime.now(UTC))
        return f"The invitation of {invitation.email} was revoked. Its link is dead."

    return _on_invitation(request, viewer, invitation_id, revoke)


@customer_page(Right.MANAGE_TEAM, methods=("POST",))
def resend_invitation(request: HttpRequest, viewer: Viewer, *, invitation_id: str) -> HttpResponse:
    """Send an invitation again."""

    def resend(invitation: Invitation) -> str:
        send_again(invitation=invitation, by=viewer.user, now=datetime.now(UTC))
        return f"A new invitation is on its way to {invitation.email}. The old link is dead."

    return _on_invitation(request, viewer, invitation_id, resend)


def _on_invitation(
    request: HttpRequest, viewer: Viewer, invitation_id: str, act: Callable[[Invitation], str]
) -> HttpResponse:
    invitation = Invitation.with_public_id(invitation_id, customer=viewer.customer)
    if invitation is None:
        raise Http404
    try:
        messages.success(request, act(invitation))
    except INVITATION_REFUSALS as refusal:
        messages.error(request, str(refusal))
    return _to_team(viewer)


def _place(viewer: Viewer, person_id: int) -> Membership:
    places = viewer.customer.memberships.select_related("user")
    place = places.filter(pk=person_id).first()
    if place is None:
        raise Http404
    return place


def _is_me(viewer: Viewer, place: Membership) -> bool:
    return place.user_id == viewer.user.pk


def _to_team(viewer: Viewer) -> HttpResponse:
    return redirect("portal:team", customer_id=viewer.customer.public_id)
