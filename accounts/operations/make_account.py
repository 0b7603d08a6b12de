"""Making the account of somebody whose address an invitation has proved."""

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.operations.vouch_for_address import vouch_for_address
from accounts.queries.invitations import person_with_address


class AddressHasAccount(ValueError):
    """The address has an account: sign in with it to accept."""


def make_account(*, email: str, first_name: str, last_name: str, password: str) -> User:
    """
    Return the new person, whose address is verified: only it got the link.

    The password was validated by the caller.

    :raises AddressHasAccount:
    """
    if person_with_address(email=email) is not None:
        raise AddressHasAccount("There is an account with this address; sign in to accept.")
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, first_name=first_name, last_name=last_name
            )
            vouch_for_address(user=user)
    except IntegrityError as error:
        raise AddressHasAccount("There is an account with this address by now.") from error
    return user
