"""Publishing a draft of a rate card: from then on it prices events, and is fixed."""

from datetime import datetime

from django.db import transaction

from catalog.models import RateCard, RateCardVersion
from catalog.queries.draft_terms import open_version_before, rate_card_with_draft


class AlreadyPublished(ValueError):
    """A published version is fixed; there is nothing to publish."""


@transaction.atomic
def publish_rate_card_version(
    *, version: RateCardVersion, now: datetime, ends_previous: bool = False
) -> RateCardVersion:
    """
    Return the version, published at `now`.

    With `ends_previous` the open version before it ends where this one starts. What contracts
    agreed is not looked at here: `contracts.operations.publish_rate_card_version` does.

    :raises AlreadyPublished:
    :raises InvalidTerms: it overlaps another published version, or its entries tie.
    """
    RateCard.objects.select_for_update().get(pk=version.rate_card_id)
    draft = RateCardVersion.objects.select_related("rate_card__meter").get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("this version is published already")
    rate_card_with_draft(version=draft, ends_previous=ends_previous)
    before = open_version_before(draft, draft.rate_card.versions.all())
    if ends_previous and before is not None:
        before.effective_to = draft.effective_from
        before.save(update_fields=["effective_to"])
    draft.published_at = now
    draft.save(update_fields=["published_at"])
    return draft
