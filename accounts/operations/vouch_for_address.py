"""Whoever gave a person's e-mail address, staff or an invitation, stands for it."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import User


@transaction.atomic
def vouch_for_address(*, user: User, keep_asked_change: bool = True) -> None:
    """
    Make the person's e-mail the one confirmed address of its account, in small letters.

    Sign-in and password reset also go by confirmed addresses: without this, one that staff have
    replaced would still let its reader in. `keep_asked_change` leaves a new address that the
    person has asked for and not confirmed yet.
    """
    email = user.email.lower()
    if email != user.email:
        user.email = email
        user.save(update_fields=["email"])
    others = EmailAddress.objects.filter(user=user).exclude(email=email)
    if keep_asked_change:
        others = others.filter(Q(verified=True) | Q(primary=True))
    others.delete()
    held = EmailAddress.objects.filter(user=user, email=email, verified=True, primary=True)
    if not held.exists():
        # What others have of it is left over: this account holds it, and accounts are unique.
        EmailAddress.objects.filter(email__iexact=email).delete()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
