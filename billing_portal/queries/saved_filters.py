"""The saved filters that a person is offered above a list."""

from django.db.models import Q, QuerySet

from accounts.models import User
from billing_portal.models import SavedFilter


def filters_offered(*, user: User, model: str) -> QuerySet[SavedFilter]:
    """Return the person's own filters of a list and those of others that are for everybody."""
    offered = SavedFilter.objects.filter(Q(user=user) | Q(is_shared=True), model=model)
    return offered.select_related("user").order_by("name", "pk")
