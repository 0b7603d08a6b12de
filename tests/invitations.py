"""Invitations as those who get them: the link is in the e-mail, and nowhere else."""

import re

from django.core import mail

from accounts.models import Customer, Invitation, Message, Role, User
from accounts.operations.invite_person import invite_person
from accounts.operations.send_message import send_message
from accounts.operations.write_invitation import message_key
from tests import factories as make

COLLEAGUE = "nora@basil.example"


def invited(
    customer: Customer,
    email: str = COLLEAGUE,
    *,
    role: Role = Role.BILLING,
    by: User | None = None,
) -> Invitation:
    """Return an open invitation, by an owner who is made where none is given."""
    owner = by or make.member(customer)
    return invite_person(customer=customer, email=email, role=role, by=owner, now=make.NOW)


def token_sent(invitation: Invitation) -> str:
    """Send the invitation's e-mail; return the secret in the link that it carries."""
    message = Message.objects.get(key=message_key(invitation))
    send_message(message_pk=message.pk, now=make.NOW)
    body = str(mail.outbox[-1].body)
    found = re.search(r"/invitations/([^/\s]+)/", body)
    assert found is not None, body
    return found[1]
