"""Rate cards: versions of rates per combination of dimensions."""

from dataclasses import dataclass, replace
from datetime import datetime

from invoicing.rating.rate_card import (
    OnUnmatched,
    RateCard,
    RateCardVersion,
    RateEntry,
    parse_match,
)
from invoicing.rating.versions import in_time_order, version_problems
from plan_file.format.context import Context
from values.fields import Keys, Place
from values.problems import InvalidTerms

KEYS = Keys(("code", "meter", "on_unmatched", "versions"))
VERSION_KEYS = Keys(("effective_from", "effective_to", "entries"))
ENTRY_KEYS = Keys(("match", "rate", "priority"))

HIGHEST_PRIORITY = 1_000_000


@dataclass(frozen=True)
class _Written:
    """A version as far as it could be read; its bounds are known, its terms perhaps not."""

    effective_from: datetime
    effective_to: datetime | None
    terms: RateCardVersion | None


def read_rate_card(place: Place, context: Context) -> RateCard | None:
    """
    Return the rate card.

    One that has problems has no versions: what uses it is read on. None where it cannot be
    known what it is for.
    """
    section = place.section(KEYS)
    code = section.code("code")
    meter = context.known(section.need("meter"), "meters")
    on_unmatched = section.choice_or("on_unmatched", OnUnmatched.FALLBACK)
    bare = section.build(lambda: RateCard(code, meter, (), on_unmatched))
    versions = [_read_version(item, context.timezone) for item in section.items("versions")]
    known = [version for version in versions if version is not None]
    if len(known) == len(versions):
        _note_overlaps(place, known)
    card = section.build(
        lambda: RateCard(
            code=code,
            meter=meter,
            versions=tuple(version.terms for version in known if version.terms is not None),
            on_unmatched=on_unmatched,
        )
    )
    return replace(card, versions=tuple(in_time_order(card.versions))) if card else bare


def _note_overlaps(place: Place, versions: list[_Written]) -> None:
    """Note overlaps whatever else is wrong with the versions."""
    noted = set(place.problems)
    for problem in version_problems(versions):
        located = problem.under(*place.path)
        if located not in noted:
            place.problems.append(located)


def _read_version(place: Place, zone: str) -> _Written | None:
    section = place.section(VERSION_KEYS)
    from_place = section.need("effective_from")
    effective_from = from_place.instant(zone) if from_place else None
    effective_to = section.instant_or("effective_to", None, zone=zone)
    bounds = section.build(lambda: (effective_from, effective_to))
    entries = read_entries(section.items("entries"))
    if bounds is None or effective_from is None:
        return None
    terms = section.build(lambda: RateCardVersion(effective_from, effective_to, entries))
    return _Written(effective_from, effective_to, terms)


def read_entries(places: list[Place]) -> tuple[RateEntry, ...]:
    """Return the rate entries that have no problems, in order."""
    entries = [_read_entry(place) for place in places]
    return tuple(entry for entry in entries if entry is not None)


def _read_entry(place: Place) -> RateEntry | None:
    section = place.section(ENTRY_KEYS)
    match_place = section.need("match")
    rate_place = section.need("rate")
    rate = rate_place.decimal() if rate_place else None
    priority = section.whole_or("priority", 0, least=-HIGHEST_PRIORITY, most=HIGHEST_PRIORITY)
    if match_place is None or rate is None:
        return None
    if not isinstance(match_place.value, dict):
        match_place.problem("must be a mapping")
        return None
    try:
        match = parse_match(match_place.value)
    except InvalidTerms as error:
        match_place.attach(error)
        return None
    return section.build(lambda: RateEntry(match=match, rate=rate, priority=priority))
