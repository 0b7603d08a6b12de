"""Publishing a draft of a rate card that every activated contract can live with."""

from datetime import datetime

from catalog.models import PriceVersion, RateCardVersion
from catalog.operations import publish_rate_card_version as catalog
from contracts.operations.keep_agreements import agreements_kept


def publish_rate_card_version(
    *, version: RateCardVersion, now: datetime, ends_previous: bool = False
) -> RateCardVersion:
    """
    Return the version, published at `now`.

    With `ends_previous` the open version before it ends where this one starts.

    :raises AlreadyPublished:
    :raises InvalidTerms: the price book refuses it, or an override of an activated contract
        does not fit it; that contract could not be billed any more.
    """
    using = PriceVersion.objects.filter(rate_card=version.rate_card_id, published_at__isnull=False)
    price_ids = set(using.values_list("price", flat=True))
    with agreements_kept(price_ids=price_ids):
        return catalog.publish_rate_card_version(
            version=version, now=now, ends_previous=ends_previous
        )
