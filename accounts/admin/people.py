"""The people of a customer, for staff: who may sign in, who was invited."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import ReadOnlyAdmin
from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import instant_words, state_badge
from accounts.models import Customer, Invitation, Membership, PartnerInvitation, Role
from accounts.operations.change_role import change_role
from accounts.operations.invite_person import (
    AlreadyInvited,
    AlreadyOfTheTeam,
    StaffNeedNoInvitation,
    invite_person,
)
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.operations.remove_person import remove_person
from accounts.operations.resend_invitation import InvitationIsOver, resend_invitation
from accounts.operations.revoke_invitation import InvitationAccepted, revoke_invitation
from accounts.operations.write_invitation import TooManyInvitations
from accounts.queries.team import team

MOST_INVITATIONS_SHOWN = 20


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="E-mail", help_text="The invitation goes there; it works once, for 7 days."
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.OWNER)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(choices=Role.choices)


def _invite(admin_: Any, request: HttpRequest, customer: Customer, entered: dict[str, Any]) -> str:
    sent = invite_person(
        customer=customer,
        email=entered["email"],
        role=Role(entered["role"]),
        by=request.user,  # type: ignore[arg-type]
        now=datetime.now(UTC),
    )
    return f"An invitation is on its way to {sent.email}."


INVITE = Button(
    name="invite",
    label="Invite a person",
    permission="accounts.add_invitation",
    press=_invite,
    refusals=(AlreadyOfTheTeam, AlreadyInvited, StaffNeedNoInvitation, TooManyInvitations),
    form=InviteForm,
)


def people_table(customer: Customer) -> Table:
    """Return who may open the customer's pages."""
    rows = [
        (
            text(
                person.email,
                link=reverse("admin:accounts_membership_change", args=[person.membership_id]),
                detail=person.name,
            ),
            text(person.role.words),
            text(instant_words(person.last_seen_at, customer.timezone)),
            text("on" if person.has_second_factor else "off"),
        )
        for person in team(customer=customer)
    ]
    return Table(
        "People",
        ("Person", "Role", "Last seen", "Second factor"),
        rows,
        empty="Nobody may sign in yet. Invite the first person, who then invites the others.",
        shows="accounts.membership",
    )


def invitations_table(customer: Customer) -> Table:
    """Return the newest invitations, whatever became of them."""
    now = datetime.now(UTC)
    invitations = customer.invitations.select_related("invited_by")[:MOST_INVITATIONS_SHOWN]
    rows = [
        (
            text(each.email, link=reverse("admin:accounts_invitation_change", args=[each.pk])),
            text(Role(each.role).words),
            text(invitation_state(each, now)),
            text(instant_words(each.created_at, customer.timezone)),
            text(each.invited_by.email),
        )
        for each in invitations
    ]
    headings = ("E-mail", "Role", "State", "Sent", "By")
    return Table("Invitations", headings, rows, empty="None.", shows="accounts.invitation")


def _change_role(
    admin_: Any, request: HttpRequest, place: Membership, entered: dict[str, Any]
) -> str:
    changed = change_role(membership=place, role=Role(entered["role"]))
    return f"{changed.user} now has the role “{Role(changed.role).words}”."


def _remove(
    admin_: Any, request: HttpRequest, place: Membership, entered: dict[str, Any]
) -> HttpResponse:
    remove_person(membership=place)
    messages.success(request, f"{place.user} was removed from {place.customer}.")
    return redirect("admin:accounts_customer_change", place.customer_id)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who may open which customer's pages."""

    list_display = ("user", "customer", "role_words", "created_at")
    list_filter = ("role", "customer__brand")
    list_select_related = ("user", "customer")
    search_fields = ("user__email", "customer__name", "customer__external_id")
    fields = ("customer", "user", "role", "wants_invoices", "wants_credit_alerts", "created_at")
    buttons = (
        Button(
            name="change_role",
            label="Change role",
            permission="accounts.change_membership",
            press=_change_role,
            refusals=(LastOwner, NoLongerOfTheTeam),
            form=RoleForm,
            facts=lambda admin_, request, place: {"initial": {"role": place.role}},
        ),
        Button(
            name="remove",
            label="Remove",
            permission="accounts.delete_membership",
            press=_remove,
            refusals=(LastOwner, NoLongerOfTheTeam),
            form=forms.Form,
        ),
    )

    @admin.display(description="role", ordering="role")
    def role_words(self, place: Membership) -> str:
        return Role(place.role).words


def _resend(
    admin_: Any, request: HttpRequest, invitation: Invitation, entered: dict[str, Any]
) -> HttpResponse:
    sent = resend_invitation(
        invitation=invitation,
        by=request.user,  # type: ignore[arg-type]
        now=datetime.now(UTC),
    )
    messages.success(
        request, f"A new invitation is on its way to {sent.email}. The old link is dead."
    )
    return redirect("admin:accounts_invitation_change", sent.pk)


def _revoke(
    admin_: Any, request: HttpRequest, invitation: Invitation, entered: dict[str, Any]
) -> str:
    revoke_invitation(invitation=invitation, now=datetime.now(UTC))
    return f"The invitation of {invitation.email} was revoked. Its link is dead."


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited, and what became of it."""

    list_display = ("email", "customer", "role_words", "state", "created_at", "invited_by")
    list_filter = ("role", "customer__brand")
    list_select_related = ("customer", "invited_by")
    search_fields = ("email", "customer__name", "customer__external_id")
    fields = (
        "customer", "email", "role", "state", "invited_by", "created_at", "expires_at",
        "accepted_at", "accepted_by", "revoked_at",
    )  # fmt: skip
    readonly_fields = ("state",)
    buttons = (
        Button(
            name="send_again",
            label="Send again",
            permission="accounts.add_invitation",
            press=_resend,
            refusals=(InvitationIsOver, TooManyInvitations),
            is_offered=lambda invitation: invitation.is_outstanding,
        ),
        Button(
            name="revoke",
            label="Revoke",
            permission="accounts.change_invitation",
            press=_revoke,
            refusals=(InvitationAccepted,),
            is_offered=lambda invitation: invitation.is_outstanding,
        ),
    )

    @admin.display(description="role", ordering="role")
    def role_words(self, invitation: Invitation) -> str:
        return Role(invitation.role).words

    @admin.display(description="state")
    def state(self, invitation: Invitation) -> SafeString:
        return invitation_state(invitation, datetime.now(UTC))


def invitation_state(invitation: Invitation | PartnerInvitation, now: datetime) -> SafeString:
    """Return what became of an invitation, to a customer's or a partner's pages."""
    if invitation.accepted_at is not None:
        return state_badge("accepted", "good")
    if invitation.revoked_at is not None:
        return state_badge("revoked", "plain")
    return (
        state_badge("open", "waiting")
        if invitation.is_open(now=now)
        else state_badge("expired", "plain")
    )


def people_tables(customer: Customer) -> Sequence[Table]:
    """Return the tables of people and invitations on the customer's page."""
    return (people_table(customer), invitations_table(customer))
