"""Subjects: numbers, agents and locations that belong to a customer for a range of dates."""

from dataclasses import dataclass
from datetime import datetime

from values.fields import Keys, Place
from values.instants import always_since
from values.problems import InvalidTerms, Problem

KEYS = Keys(("id", "kind", "from", "to"))
KINDS = ("number", "agent", "location")


@dataclass(frozen=True)
class Subject:
    """A subject and the half-open range in which it is the customer's; no end is for ever."""

    subject_id: str
    kind: str
    held_from: datetime
    held_to: datetime | None

    def held_at(self, instant: datetime) -> bool:
        """Return whether the customer holds the subject at the instant."""
        return self.held_from <= instant and (self.held_to is None or instant < self.held_to)

    def overlaps(self, other: "Subject") -> bool:
        """Return whether both are held at some instant."""
        return (other.held_to is None or self.held_from < other.held_to) and (
            self.held_to is None or other.held_from < self.held_to
        )


def read_subject(place: Place, zone: str) -> Subject | None:
    """Return the subject, None where it has problems; dates are midnights in the zone."""
    section = place.section(KEYS)
    subject_id = section.text("id")
    kind = section.word_or("kind", KINDS)
    held_from = section.instant_or("from", always_since(zone), zone=zone)
    held_to = section.instant_or("to", None, zone=zone)
    return section.build(lambda: _subject(subject_id, kind, held_from, held_to))


def _subject(subject_id: str, kind: str, held_from: datetime, held_to: datetime | None) -> Subject:
    if held_to is not None and held_to <= held_from:
        raise InvalidTerms((Problem(("to",), "must be after from"),))
    return Subject(subject_id, kind, held_from, held_to)
