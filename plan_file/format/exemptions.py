"""Exemptions from taxes, and how a customer's calls divide over jurisdictions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from values.fields import Keys, Place
from values.problems import Problem, refuse

KEYS = Keys(("tax_types", "states", "reason", "valid_from", "valid_to", "percent"))
SHARE_KEYS = Keys(("interstate", "intrastate", "international"))
WHOLE_PERCENT = Decimal(100)


@dataclass(frozen=True)
class Exemption:
    """
    What a customer need not pay of taxes of these types in these states (empty: all).

    It holds in the half-open range; None is no bound. ``percent`` is of the base.
    """

    tax_types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    reason: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    percent: Decimal = WHOLE_PERCENT

    def __post_init__(self) -> None:
        problems = []
        if not 0 <= self.percent <= WHOLE_PERCENT:
            problems.append(Problem(("percent",), "must be from 0 to 100"))
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            problems.append(Problem(("valid_to",), "must be after valid_from"))
        refuse(problems)


@dataclass(frozen=True)
class JurisdictionShare:
    """Which share of the customer's telephony is of which jurisdiction: fractions of 1."""

    interstate: Decimal
    intrastate: Decimal
    international: Decimal

    def __post_init__(self) -> None:
        shares = {key: getattr(self, key) for key in SHARE_KEYS.now}
        problems = [
            Problem((key,), "must be from 0 to 1")
            for key, share in shares.items()
            if not 0 <= share <= 1
        ]
        if not problems and sum(shares.values()) > 1:
            problems = [Problem((), "the shares are more than 1 together")]
        refuse(problems)


def read_exemption(place: Place, zone: str) -> Exemption | None:
    """Return the exemption, None where it has problems; dates are midnights in the zone."""
    section = place.section(KEYS)
    tax_types, states = section.texts("tax_types"), section.texts("states")
    reason = section.text_or("reason", None)
    valid_from = section.instant_or("valid_from", None, zone=zone)
    valid_to = section.instant_or("valid_to", None, zone=zone)
    percent = section.decimal_or("percent", WHOLE_PERCENT)
    return section.build(
        lambda: Exemption(
            tax_types=tax_types,
            states=states,
            reason=reason,
            valid_from=valid_from,
            valid_to=valid_to,
            percent=percent,
        )
    )


def read_share(place: Place) -> JurisdictionShare | None:
    """Return the shares, None where they have problems; one left out is 0."""
    section = place.section(SHARE_KEYS)
    interstate, intrastate, international = (
        section.decimal_or(key, Decimal(0)) for key in SHARE_KEYS.now
    )
    return section.build(lambda: JurisdictionShare(interstate, intrastate, international))
