"""Who came in, who was kept out, and from where."""

from django.conf import settings
from django.db import models


class SignInOutcome(models.TextChoices):
    """How an attempt to sign in ended."""

    SIGNED_IN = "signed_in", "signed in"
    REFUSED = "refused", "e-mail and password do not fit"
    WRONG_CODE = "wrong_code", "wrong code"
    LOCKED = "locked", "too many failed attempts"


class SignIn(models.Model):
    """
    An attempt to sign in, or to confirm before something that matters.

    `email` is what was typed; `user` is empty where nobody has that address.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="sign_ins"
    )
    email = models.CharField("e-mail", max_length=254)
    outcome = models.CharField(max_length=10, choices=SignInOutcome.choices)
    # Comma-separated, as in "password, totp"; empty where nothing was right.
    factors = models.CharField("by", max_length=100, blank=True)
    ip = models.GenericIPAddressField("from", null=True)
    user_agent = models.CharField("browser", max_length=200, blank=True)
    at = models.DateTimeField("when")

    class Meta:
        verbose_name = "sign-in"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="sign_in_latest"),
            models.Index(fields=["email", "-at"], name="sign_in_of_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=SignInOutcome.values), name="sign_in_outcome_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_outcome_display()}"
