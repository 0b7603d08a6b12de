"""A new draft that says what another version of the price says."""

from django.db import transaction

from catalog.models import PriceVersion
from catalog.operations.replace_call_rates import replace_call_rates


@transaction.atomic
def copy_price_version(*, version: PriceVersion) -> PriceVersion:
    """Return a draft with the terms and the rates of calls of the version, without its time."""
    draft = PriceVersion.objects.create(
        price=version.price,
        name=version.name,
        section=version.section,
        tax_code=version.tax_code,
        model=version.model,
        terms_keys=version.terms_keys,
        unit_price=version.unit_price,
        rate_card=version.rate_card,
        fallback_rate=version.fallback_rate,
    )
    replace_call_rates(version=draft, rates=[row.terms() for row in version.call_rates.all()])
    return draft
