"""How rate cards, prices and overrides are written."""

from invoicing.rating.overrides import PriceOverride
from invoicing.rating.price import PriceVersion
from invoicing.rating.price_format.writing import heading_as_json, terms_as_json
from invoicing.rating.rate_card import OnUnmatched, RateCard, RateEntry, match_as_json
from plan_file.format.prices import CatalogPrice
from plan_file.format.written import at, laid_out, unless, used
from plan_file.format.yaml_layout import OneLine, Written
from values.exact import plain


def written_rate_card(card: RateCard, zone: str) -> Written:
    """Return the card with its versions."""
    return used(
        code=card.code,
        meter=card.meter,
        on_unmatched=unless(OnUnmatched.FALLBACK.value, card.on_unmatched.value),
        versions=[
            used(
                effective_from=at(version.effective_from, zone),
                effective_to=at(version.effective_to, zone),
                entries=[_rate_entry(entry) for entry in version.entries],
            )
            for version in card.versions
        ],
    )


def written_price(price: CatalogPrice, version: PriceVersion, zone: str) -> Written:
    """Return one version of the price, as an entry of its own."""
    code = price.terms.code
    heading = heading_as_json(version, zone=zone)
    if heading["name"] == code:
        del heading["name"]
    terms = {key: laid_out(value) for key, value in terms_as_json(version, zone=zone).items()}
    return used(code=code, product=price.product, **heading, meter=price.terms.meter, **terms)


def written_override(override: PriceOverride) -> Written:
    """Return the keys that are replaced; one that is taken away is null."""
    keys = {key: laid_out(value) for key, value in override.all_keys().items()}
    return keys | used(entries=[_rate_entry(entry) for entry in override.entries])


def _rate_entry(entry: RateEntry) -> Written:
    match = OneLine(match_as_json(entry.match))
    return OneLine(match=match, **used(rate=plain(entry.rate), priority=unless(0, entry.priority)))
