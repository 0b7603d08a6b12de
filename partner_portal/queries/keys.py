"""The API keys of a partner."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from accounts.history import rows_ever
from accounts.models import ApiKey, KeyMode, Partner, User


def keys_of(*, partner: Partner, mode: KeyMode | None = None) -> QuerySet[ApiKey]:
    """Return the partner's keys, of one mode or of both, the newest first."""
    keys = partner.api_keys.select_related("partner").order_by("-created_at", "-pk")
    return keys if mode is None else keys.filter(mode=mode)


def key_to_show(*, partner: Partner, mode: KeyMode, now: datetime) -> ApiKey | None:
    """Return the newest key of the mode that works, for examples; None where there is none."""
    return next(
        (key for key in keys_of(partner=partner, mode=mode) if key.is_usable(now=now)), None
    )


def makers_of(*, keys: Sequence[ApiKey]) -> dict[int, User]:
    """Return who made each of these keys, by its id; of one that nobody signed in made, nobody."""
    # The library joins the context with whoever was signed in.
    history = rows_ever(ApiKey)
    made = dict(
        history.objects.filter(pgh_label="insert", pgh_obj__in=[key.pk for key in keys])
        .exclude(pgh_context=None)
        .values_list("pgh_obj_id", "pgh_context__metadata__user")
    )
    people = User.objects.in_bulk({user for user in made.values() if user is not None})
    return {key: people[user] for key, user in made.items() if user in people}
