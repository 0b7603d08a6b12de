"""Postal addresses as they are printed."""

from dataclasses import dataclass

from babel import Locale

LOCALE = "en_US"

_STATE_BEFORE_POSTAL_CODE = frozenset({"US", "CA", "AU", "NZ", "IN"})


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A postal address; `country` is the code of two letters or empty."""

    line_1: str = ""
    line_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    def lines(self) -> tuple[str, ...]:
        """Return the lines as written on an envelope in that country."""
        if self.country in _STATE_BEFORE_POSTAL_CODE:
            place = ", ".join(part for part in (self.city, self.state) if part)
            city_line = f"{place} {self.postal_code}"
        else:
            place = f"{self.postal_code} {self.city}".strip()
            city_line = ", ".join(part for part in (place, self.state) if part)
        country = Locale.parse(LOCALE).territories.get(self.country, self.country)
        lines = (self.line_1, self.line_2, city_line, country)
        return tuple(line.strip() for line in lines if line.strip())
