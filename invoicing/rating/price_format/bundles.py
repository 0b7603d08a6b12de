"""The keys of a bundle: free seconds, and for which calls."""

from __future__ import annotations

from datetime import datetime

from invoicing.rating.price_format.allowance import read_rollover, rollover_as_json
from invoicing.rating.price_format.call_bands import read_priority
from invoicing.rating.terms.bundle import Bundle
from values.calendar import date_or_time
from values.fields import Keys, Place

BUNDLE_KEYS = Keys(
    (
        *("code", "seconds", "directions", "number_types", "prefixes", "lines", "priority"),
        *("rollover", "effective_from", "effective_to"),
    )
)
MOST_SECONDS = 10**15


def read_bundle(place: Place, *, zone: str) -> Bundle | None:
    """Return the bundle, None where it has problems; a plain date is a midnight in the zone."""
    section = place.section(BUNDLE_KEYS)
    code = section.code("code")
    seconds_place = section.need("seconds")
    seconds = seconds_place.whole(least=0, most=MOST_SECONDS) if seconds_place else 0
    directions, number_types = section.texts("directions"), section.texts("number_types")
    prefixes, lines = section.texts("prefixes"), section.texts("lines")
    priority = section.read_or("priority", 0, read_priority)
    rollover = section.read_or("rollover", None, read_rollover)
    effective_from = section.instant_or("effective_from", None, zone=zone)
    effective_to = section.instant_or("effective_to", None, zone=zone)
    return section.build(
        lambda: Bundle(
            code=code,
            seconds=seconds,
            directions=directions,
            number_types=number_types,
            prefixes=prefixes,
            lines=lines,
            priority=priority,
            rollover=rollover,
            effective_from=effective_from,
            effective_to=effective_to,
        )
    )


def bundle_as_json(bundle: Bundle, *, zone: str | None) -> dict[str, object]:
    """
    Return the keys that `read_bundle` reads.

    Local midnights of `zone` are written as dates; without one all times are times in UTC.
    """
    written: dict[str, object] = {
        "code": bundle.code,
        "seconds": bundle.seconds,
        "directions": list(bundle.directions) or None,
        "number_types": list(bundle.number_types) or None,
        "prefixes": list(bundle.prefixes) or None,
        "lines": list(bundle.lines) or None,
        "priority": bundle.priority or None,
        "rollover": rollover_as_json(bundle.rollover) if bundle.rollover else None,
        "effective_from": _at(bundle.effective_from, zone),
        "effective_to": _at(bundle.effective_to, zone),
    }
    return {key: value for key, value in written.items() if value is not None}


def _at(instant: datetime | None, zone: str | None) -> str | None:
    if instant is None:
        return None
    if zone is None:
        return instant.isoformat().replace("+00:00", "Z")
    return date_or_time(instant, zone)
