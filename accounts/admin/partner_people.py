"""The people of a partner, for staff: who may sign in, who was invited."""

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
from accounts.admin.pages.words import instant_words
from accounts.admin.people import MOST_INVITATIONS_SHOWN, invitation_state
from accounts.models import Partner, PartnerInvitation, PartnerMembership, PartnerRole
from accounts.operations.invite_person import (
    AlreadyInvited,
    AlreadyOfTheTeam,
    StaffNeedNoInvitation,
)
from accounts.operations.keep_an_owner import LastOwner, NoLongerOfTheTeam
from accounts.operations.partner_people.change_role import change_role
from accounts.operations.partner_people.invite_person import invite_person
from accounts.operations.partner_people.remove_person import remove_person
from accounts.operations.partner_people.resend_invitation import resend_invitation
from accounts.operations.partner_people.revoke_invitation import revoke_invitation
from accounts.operations.partner_people.write_invitation import NoBrand
from accounts.operations.resend_invitation import InvitationIsOver
from accounts.operations.revoke_invitation import InvitationAccepted
from accounts.operations.write_invitation import TooManyInvitations
from accounts.queries.partner_team import partner_team


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="E-mail", help_text="The invitation goes there; it works once, for 7 days."
    )
    role = forms.ChoiceField(choices=PartnerRole.choices, initial=PartnerRole.OWNER)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(choices=PartnerRole.choices)


def _invite(admin_: Any, request: HttpRequest, partner: Partner, entered: dict[str, Any]) -> str:
    sent = invite_person(
        partner=partner,
        email=entered["email"],
        role=PartnerRole(entered["role"]),
        by=request.user,  # type: ignore[arg-type]
        now=datetime.now(UTC),
    )
    return f"An invitation is on its way to {sent.email}."


INVITE = Button(
    name="invite",
    label="Invite a person",
    permission="accounts.add_partnerinvitation",
    press=_invite,
    refusals=(AlreadyOfTheTeam, AlreadyInvited, StaffNeedNoInvitation, TooManyInvitations, NoBrand),
    form=InviteForm,
)


def people_tables(partner: Partner) -> Sequence[Table]:
    """Return the tables of people and invitations on the partner's page."""
    return (_people_table(partner), _invitations_table(partner))


def _people_table(partner: Partner) -> Table:
    rows = [
        (
            text(
                person.email,
                link=reverse(
                    "admin:accounts_partnermembership_change", args=[person.membership_id]
                ),
                detail=person.name,
            ),
            text(person.role.words),
            text(instant_words(person.last_seen_at)),
            text("on" if person.has_second_factor else "off"),
        )
        for person in partner_team(partner=partner)
    ]
    return Table(
        "People",
        ("Person", "Role", "Last seen", "Second factor"),
        rows,
        empty="Nobody may sign in yet. Invite the first person, who then invites the others.",
        shows="accounts.partnermembership",
    )


def _invitations_table(partner: Partner) -> Table:
    now = datetime.now(UTC)
    rows = [
        (
            text(
                each.email, link=reverse("admin:accounts_partnerinvitation_change", args=[each.pk])
            ),
            text(PartnerRole(each.role).words),
            text(invitation_state(each, now)),
            text(instant_words(each.created_at)),
            text(each.invited_by.email),
        )
        for each in partner.invitations.select_related("invited_by")[:MOST_INVITATIONS_SHOWN]
    ]
    headings = ("E-mail", "Role", "State", "Sent", "By")
    shows = "accounts.partnerinvitation"
    return Table("Invitations", headings, rows, empty="None.", shows=shows)


def _change_role(
    admin_: Any, request: HttpRequest, place: PartnerMembership, entered: dict[str, Any]
) -> str:
    changed = change_role(membership=place, role=PartnerRole(entered["role"]))
    return f"{changed.user} now has the role “{PartnerRole(changed.role).words}”."


def _remove(
    admin_: Any, request: HttpRequest, place: PartnerMembership, entered: dict[str, Any]
) -> HttpResponse:
    remove_person(membership=place)
    messages.success(request, f"{place.user} was removed from {place.partner}.")
    return redirect("admin:accounts_partner_change", place.partner_id)


@admin.register(PartnerMembership)
class PartnerMembershipAdmin(ReadOnlyAdmin):
    """Who may open which partner's pages."""

    list_display = ("user", "partner", "role_words", "created_at")
    list_filter = ("role", "partner")
    list_select_related = ("user", "partner")
    search_fields = ("user__email", "partner__name")
    fields = ("partner", "user", "role", "created_at")
    buttons = (
        Button(
            name="change_role",
            label="Change role",
            permission="accounts.change_partnermembership",
            press=_change_role,
            refusals=(LastOwner, NoLongerOfTheTeam),
            form=RoleForm,
            facts=lambda admin_, request, place: {"initial": {"role": place.role}},
        ),
        Button(
            name="remove",
            label="Remove",
            permission="accounts.delete_partnermembership",
            press=_remove,
            refusals=(LastOwner, NoLongerOfTheTeam),
            form=forms.Form,
        ),
    )

    @admin.display(description="role", ordering="role")
    def role_words(self, place: PartnerMembership) -> str:
        return PartnerRole(place.role).words


def _resend(
    admin_: Any, request: HttpRequest, invitation: PartnerInvitation, entered: dict[str, Any]
) -> HttpResponse:
    sent = resend_invitation(
        invitation=invitation,
        by=request.user,  # type: ignore[arg-type]
        now=datetime.now(UTC),
    )
    messages.success(
        request, f"A new invitation is on its way to {sent.email}. The old link is dead."
    )
    return redirect("admin:accounts_partnerinvitation_change", sent.pk)


def _revoke(
    admin_: Any, request: HttpRequest, invitation: PartnerInvitation, entered: dict[str, Any]
) -> str:
    revoke_invitation(invitation=invitation, now=datetime.now(UTC))
    return f"The invitation of {invitation.email} was revoked. Its link is dead."


@admin.register(PartnerInvitation)
class PartnerInvitationAdmin(ReadOnlyAdmin):
    """Who was invited to a partner's pages, and what became of it."""

    list_display = ("email", "partner", "role_words", "state", "created_at", "invited_by")
    list_filter = ("role", "partner")
    list_select_related = ("partner", "invited_by")
    search_fields = ("email", "partner__name")
    fields = (
        "partner", "email", "role", "state", "invited_by", "created_at", "expires_at",
        "accepted_at", "accepted_by", "revoked_at",
    )  # fmt: skip
    readonly_fields = ("state",)
    buttons = (
        Button(
            name="send_again",
            label="Send again",
            permission="accounts.add_partnerinvitation",
            press=_resend,
            refusals=(InvitationIsOver, TooManyInvitations, NoBrand),
            is_offered=lambda invitation: invitation.is_outstanding,
        ),
        Button(
            name="revoke",
            label="Revoke",
            permission="accounts.change_partnerinvitation",
            press=_revoke,
            refusals=(InvitationAccepted,),
            is_offered=lambda invitation: invitation.is_outstanding,
        ),
    )

    @admin.display(description="role", ordering="role")
    def role_words(self, invitation: PartnerInvitation) -> str:
        return PartnerRole(invitation.role).words

    @admin.display(description="state")
    def state(self, invitation: PartnerInvitation) -> SafeString:
        return invitation_state(invitation, datetime.now(UTC))
