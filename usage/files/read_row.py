"""A row as the events that it stands for."""

from collections.abc import Sequence

from usage.files.cell_readers import condition_reader
from usage.files.columns import BadCell, Cells, Columns, MissingColumn
from usage.files.event_maker import KEY_MISSING, EventMaker, RefusedRow, refused
from usage.files.mapping import FileMapping
from usage.files.rows import BadRow, Row
from usage.intake.sent_event import Fault, Rejected, SentEvent, read_event

__all__ = ["MissingColumn", "RefusedRow", "RowReader"]


_LONGEST_WORDS = 300


class RowReader:
    """
    Makes events of rows, as a mapping says; made once for a file.

    :raises MissingColumn: when it is made.
    """

    def __init__(self, mapping: FileMapping, columns: Sequence[str] | None) -> None:
        cells = Columns(columns)
        self._columns = columns
        self._left_out = condition_reader(mapping.left_out, cells) if mapping.left_out else None
        self._rules = [EventMaker(rule, mapping, cells) for rule in mapping.events]
        self._as_events = not mapping.events
        # Nearly every file: each row is one event, and there is nothing to ask before.
        is_plain = self._left_out is None and len(self._rules) == 1 and self._rules[0].is_every
        self._only = self._rules[0].event if is_plain else None

    def events(self, row: Row | BadRow) -> list[SentEvent | Rejected]:
        """Return the events of a row, each with its key or refused; none for one left out."""
        if isinstance(row, BadRow):
            fault = Fault("", row.code, row.reason)
            return [RefusedRow(fault, column=row.column, excerpt=row.excerpt)]
        if self._as_events:
            return [_whole(row.cells)]
        cells = row.cells
        if self._only is not None:
            return [self._only(cells)]
        try:
            if self._left_out is not None and self._left_out(cells):
                return []
            return [rule.event(cells) for rule in self._rules if rule.holds(cells)]
        except BadCell as bad:
            return [refused(bad)]

    def column_of(self, pointer: str) -> str:
        """Return the column behind a part of the event that was refused later."""
        for rule in self._rules:
            if pointer in rule.column_of:
                return rule.column_of[pointer]
        return ""


def _whole(cells: Cells) -> SentEvent | Rejected:
    try:
        event = read_event(cells)
    except Rejected as rejected:
        # Anew: a raised one holds on to the row, and its words may be as long as a name in it.
        return RefusedRow(*map(_short, rejected.faults))
    if event.idempotency_key is None:
        return RefusedRow(Fault("/idempotency_key", "key_required", KEY_MISSING))
    if event.occurred_at is None:
        reason = "the row has no time: a file says when each event happened"
        return RefusedRow(Fault("/occurred_at", "required", reason))
    return event


def _short(fault: Fault) -> Fault:
    return Fault(fault.pointer[:_LONGEST_WORDS], fault.code, fault.detail[:_LONGEST_WORDS])
