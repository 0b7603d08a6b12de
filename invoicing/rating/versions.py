"""Versions in time: at most one in force at any instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from values.calendar import date_or_time
from values.problems import Problem

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class InForce(Protocol):
    """Half-open `[effective_from, effective_to)`; None is no bound."""

    @property
    def effective_from(self) -> datetime | None: ...

    @property
    def effective_to(self) -> datetime | None: ...


Version = TypeVar("Version", bound=InForce)


def version_at(versions: Sequence[Version], instant: datetime) -> Version | None:
    """Return the version in force at an instant, None in a gap."""
    for version in versions:
        begins, ends = version.effective_from, version.effective_to
        if (begins is None or begins <= instant) and (ends is None or instant < ends):
            return version
    return None


def gap_at(
    versions: Sequence[InForce], instant: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return from when to when no version is in force around an instant in a gap."""
    ends = (version.effective_to for version in versions)
    begins = (version.effective_from for version in versions)
    return (
        max((end for end in ends if end is not None and end <= instant), default=None),
        min((begin for begin in begins if begin is not None and begin > instant), default=None),
    )


def in_time_order(versions: Sequence[Version]) -> list[Version]:
    """Return the versions, earliest first."""
    return sorted(versions, key=_begin)


def version_problems(versions: Sequence[InForce]) -> list[Problem]:
    """Return ranges that end before they begin, and pairs of neighbours that overlap."""
    problems = [
        Problem(("versions", index, "effective_to"), "must be after effective_from")
        for index, version in enumerate(versions)
        if version.effective_to is not None and version.effective_to <= _begin(version)
    ]
    if problems:
        return problems
    ordered = sorted(enumerate(versions), key=lambda numbered: _begin(numbered[1]))
    longest = ordered[0] if ordered else None
    for numbered in ordered[1:]:
        assert longest is not None
        ends = longest[1].effective_to
        if ends is None or _begin(numbered[1]) < ends:
            problems.append(_overlap(*sorted((longest, numbered), key=lambda pair: pair[0])))
        if ends is not None and (
            numbered[1].effective_to is None or numbered[1].effective_to > ends
        ):
            longest = numbered
    return problems


def range_text(version: InForce) -> str:
    """Return ``from 2024-11-01 to 2025-11-01``, days and times of UTC, the end not included."""
    begins, ends = version.effective_from, version.effective_to
    text = "from the beginning" if begins is None else f"from {date_or_time(begins, 'UTC')}"
    return f"{text} on" if ends is None else f"{text} to {date_or_time(ends, 'UTC')}"


def _overlap(first: tuple[int, InForce], second: tuple[int, InForce]) -> Problem:
    return Problem(
        ("versions", second[0]),
        f"({range_text(second[1])}) overlaps versions[{first[0]}] ({range_text(first[1])})",
    )


def _begin(version: InForce) -> datetime:
    return version.effective_from or _BEGINNING
