"""Addresses of a customer, as far as tax needs them."""

from dataclasses import dataclass

from plan_file.format.identity import read_country
from values.fields import Keys, Place

KEYS = Keys(("country", "state", "county", "city", "postal_code"))


@dataclass(frozen=True)
class Address:
    """A place; what is not known of it is None."""

    country: str
    state: str | None = None
    county: str | None = None
    city: str | None = None
    postal_code: str | None = None


def read_address(place: Place) -> Address | None:
    """Return the address, None where it has problems."""
    section = place.section(KEYS)
    country_place = section.need("country")
    country = read_country(country_place) if country_place else ""
    state, county, city, postal_code = (section.text_or(key, None) for key in KEYS.now[1:])
    return section.build(
        lambda: Address(
            country=country, state=state, county=county, city=city, postal_code=postal_code
        )
    )
