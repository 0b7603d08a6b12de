"""Invitations to a partner's pages as those who get them: the link is in the e-mail alone."""

import re

from django.core import mail

from accounts.models import Message, Partner, PartnerInvitation, PartnerRole, User
from accounts.operations.partner_people.invite_person import invite_person
from accounts.operations.partner_people.write_invitation import message_key
from accounts.operations.send_message import send_message
from tests import factories as make

COLLEAGUE = "nora@callwave.example"


def invited(
    holder: Partner,
    email: str = COLLEAGUE,
    *,
    role: PartnerRole = PartnerRole.DEVELOPER,
    by: User | None = None,
) -> PartnerInvitation:
    """Return an open invitation, by an owner who is made where none is given."""
    owner = by or make.partner_person(holder)
    return invite_person(partner=holder, email=email, role=role, by=owner, now=make.NOW)


def token_sent(invitation: PartnerInvitation) -> str:
    """Send the invitation's e-mail; return the secret in the link that it carries."""
    message = Message.objects.get(key=message_key(invitation))
    send_message(message_pk=message.pk, now=make.NOW)
    body = str(mail.outbox[-1].body)
    found = re.search(r"/invitations/partners/([^/\s]+)/", body)
    assert found is not None, body
    return found[1]
