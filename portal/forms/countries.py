"""Countries to choose from, by their English names."""

from babel import Locale

# Regions of the list that are no countries: unions, outlying groups, placeholders.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def country_choices() -> list[tuple[str, str]]:
    """Return code and name of each country by name, after an empty choice."""
    named = Locale.parse("en_US").territories.items()
    countries = [(code, name) for code, name in named if _is_country(code)]
    return [("", "Choose a country"), *sorted(countries, key=lambda pair: pair[1])]


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
