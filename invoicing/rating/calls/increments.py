"""The increments of a call: the row at its start lays them, the clock and the row price them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from invoicing.rating.calls.bands import BandCalendar
from invoicing.rating.calls.deck import DeckRow


class Run(NamedTuple):
    """Increments of `size` seconds side by side, from `start` to `end`, that begin in one band."""

    start: int
    end: int
    size: int
    band: str | None


def stepped_seconds(row: DeckRow, raw_seconds: int) -> int:
    """Return the billed seconds by the increments of the row's steps."""
    elapsed = 0
    for run in increments(row, raw_seconds, begins=0, band=None, calendar=None):
        elapsed = run.end
    return elapsed


def increments(
    row: DeckRow,
    raw_seconds: int,
    *,
    begins: int,
    band: str | None,
    calendar: BandCalendar | None,
) -> Iterator[Run]:
    """
    Yield the increments that a call of so many seconds begins, in runs.

    An increment that runs past the beginning of a step or a band stays whole. `begins` is the
    call's instant; without a calendar all increments are of its `band`.
    """
    elapsed = 0
    while elapsed < raw_seconds:
        size, until = row.increment_at(elapsed)
        if calendar is not None:
            band, changes_at = calendar.at(begins + elapsed)
            until = min(until, changes_at - begins)
        end = _end_of_run(elapsed, min(until, raw_seconds), size)
        yield Run(elapsed, end, size, band)
        elapsed = end


def amount_of(row: DeckRow, run: Run, *, free: int) -> int:
    """Return what the row asks for a run, in its units; the call's first seconds are free."""
    amount, start = 0, run.start
    while start < run.end:
        per_second, until = row.per_second_at(start)
        end = _end_of_run(start, min(until, run.end), run.size)
        amount += max(0, end - max(start, free)) * per_second
        start = end
    return amount


def _end_of_run(start: int, until: int, size: int) -> int:
    """Return the end of the last increment that begins before `until`."""
    return start - (start - until) // size * size
