"""The people and invitations of a partner, in words."""

from datetime import datetime

from accounts.models import Partner, PartnerInvitation, PartnerRole, User
from accounts.queries.partner_invitations import outstanding_invitations
from accounts.queries.partner_team import PartnerPerson, partner_team
from invoicing.documents.formats import day
from portal.queries.team_page import InvitationRow, PersonRow, last_seen_words
from values.calendar import local_date

ZONE = "UTC"


def people_rows(*, partner: Partner, me: User, now: datetime) -> list[PersonRow]:
    """Return the partner's people, by e-mail."""
    return [_person_row(person, me, now) for person in partner_team(partner=partner)]


def invitation_rows(*, partner: Partner, brand_name: str, now: datetime) -> list[InvitationRow]:
    """
    Return the invitations that wait or were never answered, newest first.

    `brand_name` stands for the seller's staff.
    """
    return [
        _invitation_row(invitation, brand_name, now)
        for invitation in outstanding_invitations(partner=partner)
    ]


def _person_row(person: PartnerPerson, me: User, now: datetime) -> PersonRow:
    return PersonRow(
        membership_id=person.membership_id,
        name=person.name,
        email=person.email,
        role=person.role.words.capitalize(),
        last_seen=last_seen_words(person.last_seen_at, ZONE, now),
        has_second_factor=person.has_second_factor,
        is_me=person.user_id == me.pk,
    )


def _invitation_row(invitation: PartnerInvitation, brand_name: str, now: datetime) -> InvitationRow:
    by = invitation.invited_by
    return InvitationRow(
        public_id=invitation.public_id,
        email=invitation.email,
        role=PartnerRole(invitation.role).words.capitalize(),
        invited_by=brand_name if by.is_staff else by.get_full_name() or by.email,
        is_open=invitation.is_open(now=now),
        until=day(local_date(invitation.expires_at, ZONE)),
    )
