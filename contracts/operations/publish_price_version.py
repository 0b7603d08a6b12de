"""Publishing a draft of a price that every activated contract can live with."""

from datetime import datetime

from catalog.models import PriceVersion
from catalog.operations import publish_price_version as catalog
from contracts.operations.keep_agreements import agreements_kept


def publish_price_version(
    *, version: PriceVersion, now: datetime, ends_previous: bool = False
) -> PriceVersion:
    """
    Return the version, published at `now`.

    With `ends_previous` the open version before it ends where this one starts.

    :raises AlreadyPublished:
    :raises InvalidTerms: the price book refuses it, or an override of an activated contract
        does not fit it; that contract could not be billed any more.
    """
    price_ids = {version.price_id}
    with agreements_kept(price_ids=price_ids):
        return catalog.publish_price_version(version=version, now=now, ends_previous=ends_previous)
