"""Forgetting a saved filter."""

from accounts.models import User
from billing_portal.models import SavedFilter


class NotOwn(LookupError):
    """The filter is somebody else's, or there is none."""


def delete_filter(*, user: User, filter_id: int) -> SavedFilter:
    """
    Return the filter of this person that is no more.

    :raises NotOwn:
    """
    own = SavedFilter.objects.filter(user=user, pk=filter_id).first()
    if own is None:
        raise NotOwn
    SavedFilter.objects.filter(pk=own.pk).delete()
    return own
