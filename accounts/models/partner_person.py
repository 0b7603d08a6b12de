"""Which people of a partner may sign in to its pages, and what they may do there."""

from datetime import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models.identity import Identified
from accounts.models.partner import Partner


class PartnerRole(models.TextChoices):
    """
    What a person of a partner may do. Everybody may look.

    Who makes keys every week is seldom who decides on people, so the two are apart.
    """

    OWNER = "owner", "owner: everything, and who else may sign in"
    DEVELOPER = "developer", "developer: API keys, files, replays, the sandbox"
    VIEWER = "viewer", "viewer: look, and change nothing"

    @property
    def words(self) -> str:
        """Return the role's name: ``developer``."""
        return str(self.label).partition(":")[0]

    @property
    def promise(self) -> str:
        """Return what the role may do: ``look, and change nothing``."""
        return str(self.label).partition(":")[2].strip()


@pghistory.track()
class PartnerMembership(models.Model):
    """A person of a partner, with a role."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="partner_memberships"
    )
    role = models.CharField(max_length=10, choices=PartnerRole.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "person of a partner"
        verbose_name_plural = "people of partners"
        ordering = ["partner", "user__email"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "user"], name="partner_membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=PartnerRole.values), name="partner_membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} of {self.partner}"


@pghistory.track(exclude=["token_sha256"])
class PartnerInvitation(Identified):
    """
    That somebody may become a person of a partner, by a link that works once.

    The link's secret is kept as its SHA-256 in hex. Open until it is accepted, revoked, or past
    `expires_at`.
    """

    id_prefix = "piv"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail")
    role = models.CharField(max_length=10, choices=PartnerRole.choices)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "invitation to a partner"
        verbose_name_plural = "invitations to partners"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "partner",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_partner_invitation_of_an_address",
            ),
            models.CheckConstraint(
                condition=Q(role__in=PartnerRole.values), name="partner_invitation_role_known"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at=None),
                name="partner_invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="partner_invitation_open_for_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.partner}"

    @property
    def is_outstanding(self) -> bool:
        """Return whether it was neither accepted nor revoked; it may be too old."""
        return self.accepted_at is None and self.revoked_at is None

    def is_open(self, *, now: datetime) -> bool:
        """Return whether its link lets somebody in."""
        return self.is_outstanding and now < self.expires_at

    def is_for(self, *, email: str) -> bool:
        """Return whether it went to this address."""
        return self.email.lower() == email.lower()
