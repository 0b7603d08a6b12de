"""E-mails to people, other than the one that carries an invoice."""

import pgtrigger
from django.db import models

from accounts.models.customer import Customer
from accounts.models.identity import Identified
from accounts.models.partner import Partner
from accounts.models.seller import Brand


class MessageKind(models.TextChoices):
    """What a message is about."""

    INVITATION = "invitation", "invitation"
    CREDIT_LOW = "credit_low", "credit low"
    QUESTION_ASKED = "question_asked", "question asked"
    QUESTION_ANSWERED = "question_answered", "question answered"
    USAGE_ALARM = "usage_alarm", "alarm of usage"


class Message(Identified):
    """
    One e-mail to one address, written once by its `key`, sent once, tried until it is.

    `key` says what it is about and to whom, so that whoever writes it twice writes it once.
    It goes to somebody of a customer or of a partner.
    """

    id_prefix = "msg"

    kind = models.CharField(max_length=20, choices=MessageKind.choices)
    key = models.CharField(max_length=200, unique=True)
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="messages")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    to = models.EmailField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["-queued_at", "-id"]
        indexes = [
            models.Index(
                fields=["queued_at"], condition=models.Q(sent_at=None), name="message_to_send"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer=None) ^ models.Q(partner=None),
                name="message_of_customer_or_partner",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="message_is_fixed",
                fields=[
                    "kind",
                    "key",
                    "brand",
                    "customer",
                    "partner",
                    "to",
                    "subject",
                    "text",
                    "html",
                ],
            ),
            pgtrigger.Protect(name="messages_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
