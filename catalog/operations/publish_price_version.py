"""Publishing a draft of a price: from then on it charges, and is fixed."""

from datetime import datetime

from django.db import transaction

from catalog.models import Price, PriceVersion
from catalog.operations.note_reversals import note_reversals
from catalog.queries.draft_terms import open_version_before, price_with_draft
from invoicing.rating.terms.per_unit import PerUnit
from values.problems import InvalidTerms, Problem


class AlreadyPublished(ValueError):
    """A published version is fixed; there is nothing to publish."""


@transaction.atomic
def publish_price_version(
    *, version: PriceVersion, now: datetime, ends_previous: bool = False
) -> PriceVersion:
    """
    Return the version, published at `now`.

    With `ends_previous` the open version before it ends where this one starts. What contracts
    agreed is not looked at here: `contracts.operations.publish_price_version` does.

    :raises AlreadyPublished:
    :raises InvalidTerms: it overlaps another published version, a fallback is missing, or no
        version of its rate card is published, so that everything would cost the fallback.
    """
    Price.objects.select_for_update().get(pk=version.price_id)
    draft = PriceVersion.objects.select_related(
        "price__meter", "price__legal_entity", "rate_card__meter"
    ).get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("this version is published already")
    price = price_with_draft(version=draft, ends_previous=ends_previous)
    terms = next(v for v in price.versions if v.effective_from == draft.effective_from)
    model = terms.model
    card = model.rate_card if isinstance(model, PerUnit) else None
    if card is not None and not card.versions:
        raise InvalidTerms(
            [Problem(("rate_card",), f"no version of rate card '{card.code}' is published")]
        )
    before = open_version_before(draft, draft.price.versions.all())
    if ends_previous and before is not None:
        before.effective_to = draft.effective_from
        before.save(update_fields=["effective_to"])
    draft.published_at = now
    draft.save(update_fields=["published_at"])
    note_reversals(version=draft, terms=terms)
    return draft
