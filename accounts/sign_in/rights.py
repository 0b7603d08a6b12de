"""Whoever signed in comes with the rights that they hold, in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.fields import ArrayField
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from accounts.models import User

_HELD = """
    ARRAY(
        SELECT kind.app_label || '.' || held.codename
        FROM auth_permission AS held
        JOIN django_content_type AS kind ON kind.id = held.content_type_id
        WHERE held.id IN (
            SELECT permission_id FROM accounts_user_user_permissions
            WHERE user_id = accounts_user.id
            UNION
            SELECT given.permission_id FROM auth_group_permissions AS given
            JOIN accounts_user_groups AS part ON part.group_id = given.group_id
            WHERE part.user_id = accounts_user.id
        )
    )
"""


class SignInWithRights(AuthenticationBackend):
    """
    Sign-in as allauth does it; each request then asks once for the person and its rights.

    Superusers hold everything, which Django answers without asking.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session with its rights, None where it may not sign in."""
        rights = RawSQL(_HELD, [], output_field=ArrayField(TextField()))  # noqa: S611
        user = User.objects.annotate(rights=rights).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        if not user.is_superuser:
            # Where Django's backend keeps what it would ask for at the first question.
            user._perm_cache = set(user.rights)  # type: ignore[attr-defined]
        return user
