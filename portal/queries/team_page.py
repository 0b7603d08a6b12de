"""The people and invitations of a customer, in words."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Customer, Invitation, Role, User
from accounts.queries.invitations import outstanding_invitations
from accounts.queries.team import Person, team
from invoicing.documents.formats import day
from values.calendar import local_date


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the customer as the table shows them."""

    membership_id: int
    name: str
    email: str
    role: str
    last_seen: str
    has_second_factor: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that nobody has accepted yet."""

    public_id: str
    email: str
    role: str
    invited_by: str
    is_open: bool
    until: str


def people_rows(*, customer: Customer, me: User, now: datetime) -> list[PersonRow]:
    """Return the customer's people, by e-mail."""
    return [_person_row(person, customer, me, now) for person in team(customer=customer)]


def invitation_rows(*, customer: Customer, now: datetime) -> list[InvitationRow]:
    """Return the invitations that wait or were never answered, newest first."""
    return [
        _invitation_row(invitation, customer, now)
        for invitation in outstanding_invitations(customer=customer)
    ]


def _person_row(person: Person, customer: Customer, me: User, now: datetime) -> PersonRow:
    return PersonRow(
        membership_id=person.membership_id,
        name=person.name,
        email=person.email,
        role=person.role.words.capitalize(),
        last_seen=last_seen_words(person.last_seen_at, customer.timezone, now),
        has_second_factor=person.has_second_factor,
        is_me=person.user_id == me.pk,
    )


def _invitation_row(invitation: Invitation, customer: Customer, now: datetime) -> InvitationRow:
    by = invitation.invited_by
    return InvitationRow(
        public_id=invitation.public_id,
        email=invitation.email,
        role=Role(invitation.role).words.capitalize(),
        # Which of the seller's staff wrote it is nothing that customers need.
        invited_by=customer.brand.name if by.is_staff else by.get_full_name() or by.email,
        is_open=invitation.is_open(now=now),
        until=day(local_date(invitation.expires_at, customer.timezone)),
    )


def last_seen_words(seen_at: datetime | None, zone: str, now: datetime) -> str:
    """Return a day in a zone, or how near it is: ``Today``, ``Not yet``."""
    if seen_at is None:
        return "Not yet"
    seen, today = local_date(seen_at, zone), local_date(now, zone)
    days_ago = (today - seen).days
    return {0: "Today", 1: "Yesterday"}.get(days_ago, day(seen))
