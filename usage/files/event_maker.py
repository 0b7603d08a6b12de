"""One event rule of a mapping, ready to be used on many rows."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from usage.files.cell_readers import (
    condition_reader,
    first_reader,
    instant_of,
    instant_text,
    origin_reader,
    text_of_cell,
    usual_text,
)
from usage.files.cells import is_empty, is_no_time
from usage.files.columns import BadCell, Cells, Columns, Get
from usage.files.limits import MOST_EVENT_LETTERS
from usage.files.mapping import EventRule, FileMapping, KeyRule, Origin, TimeRule
from usage.files.property_readers import ABSENT, property_reader
from usage.files.rows import shown
from usage.files.times import BadTime, time_reader
from usage.intake.sent_event import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    LONGEST_TEXT,
    Fault,
    Rejected,
    SentEvent,
    fingerprint_of,
    held_properties,
    json_of,
    read_event,
)

KEY_MISSING = (
    "the row has no key: if the file came again it could not be told from a second event, and "
    "would be billed twice"
)
ROW_KEY = "row:"
"""How keys begin that were made of a whole row."""

_TOO_LONG = f"the properties hold more than {MOST_EVENT_LETTERS // 2**20} MB, some of them twice"
_CONTENT = msgspec.json.Encoder(decimal_format="string", order="sorted", enc_hook=str)


class RefusedRow(Rejected):
    """A row, or one of its events, that cannot be used; the column, and what stands there."""

    def __init__(self, *found: Fault, column: str = "", excerpt: str = "") -> None:
        super().__init__(*found)
        self.column = column
        self.excerpt = excerpt

    def without_cell(self) -> "RefusedRow":
        """Return the same with nothing of what stands in the cell, for who may not keep that."""
        if not self.excerpt:
            return self
        reason = f"{self.column or 'the row'}: what stands there cannot be used"
        faults = [f if f.pointer else Fault("", f.code, reason) for f in self.faults]
        return RefusedRow(*faults, column=self.column)


class EventMaker:
    """One event rule, ready to be used on many rows."""

    def __init__(self, rule: EventRule, mapping: FileMapping, cells: Columns) -> None:
        self._conditions = [condition_reader(condition, cells) for condition in rule.when]
        self._customer = origin_reader(rule.customer, cells, "customer_id")
        self._event_name = origin_reader(rule.event_name, cells, "event_name")
        self._key = _key(rule.key, cells)
        self._time = _time(rule.occurred_at, cells)
        self._properties = [
            (each.name, property_reader(each, rule, mapping, cells)) for each in rule.properties
        ]
        named = [name for each in rule.properties for name in each.origin.names()]
        # Otherwise what the row holds is all that they can come to.
        self._may_grow = len(set(named)) < len(named)
        self.column_of = {
            f"/properties/{each.name}": (each.origin.names() or [""])[0] for each in rule.properties
        }
        self.column_of["/customer_id"] = (rule.customer.names() or [""])[0]
        self.column_of["/event_name"] = (rule.event_name.names() or [""])[0]
        self.column_of["/idempotency_key"] = (rule.key.columns or ("",))[0]
        self.column_of["/occurred_at"] = (rule.occurred_at.origin.names() or [""])[0]

    @property
    def is_every(self) -> bool:
        """Return whether each row has this event."""
        return not self._conditions

    def holds(self, cells: Cells) -> bool:
        """Return whether the row has this event."""
        return all(condition(cells) for condition in self._conditions)

    def event(self, cells: Cells) -> SentEvent | Rejected:
        """Return the event, or why the row has none that can be used."""
        try:
            properties: dict[str, Any] = {}
            letters, may_grow = 0, self._may_grow
            for name, read in self._properties:
                value = read(cells)
                if value is not ABSENT:
                    properties[name] = value
                    if may_grow and type(value) is str:
                        letters += len(value)
                        if letters > MOST_EVENT_LETTERS:
                            raise BadCell("too_long", _TOO_LONG, "")
            return _event(
                self._customer(cells),
                self._event_name(cells),
                self._key(cells),
                self._time(cells),
                properties,
            )
        except BadCell as bad:
            return refused(bad)
        except Rejected as rejected:
            column = self.column_of.get(rejected.faults[0].pointer, "")
            return RefusedRow(*rejected.faults, column=column)


def _event(
    customer: str, event_name: str, key: str, at: datetime, properties: dict[str, Any]
) -> SentEvent:
    """
    Return what `read_event` would, without looking again at what the cells have been checked for.

    :raises Rejected: by `read_event`, which is asked wherever there may be something wrong.
    """
    item = {
        "customer_id": customer,
        "event_name": event_name,
        "idempotency_key": key,
        "occurred_at": instant_text(at),
        "properties": properties,
    }
    if (
        len(customer) > LONGEST_TEXT
        or len(event_name) > LONGEST_TEXT
        or len(key) > LONGEST_TEXT
        or not EARLIEST_YEAR <= at.year <= LATEST_YEAR
    ):
        return read_event(item)
    try:
        text = json_of(item)
    except UnicodeEncodeError:  # half of a surrogate pair
        return read_event(item)
    if b"\\u0000" in text:
        return read_event(item)
    said = text.decode()
    return SentEvent(
        customer, event_name, key, at, held_properties(properties, said), said, fingerprint_of(item)
    )


def refused(bad: BadCell) -> RefusedRow:
    """Return a row that cannot be used for the sake of one cell."""
    reason = f"{bad.column}: {bad}" if bad.column else str(bad)
    return RefusedRow(Fault("", bad.code, reason), column=bad.column, excerpt=shown(bad.value))


def _key(rule: KeyRule, cells: Columns) -> Get:
    if rule.of_content:
        return lambda row: _content_key(row) + rule.suffix
    gets = [(name, cells.get(name)) for name in rule.columns]
    if len(gets) == 1:
        name, get = gets[0]

        def single(row: Cells) -> str:
            value = get(row)
            if is_empty(value):
                raise BadCell("key_required", KEY_MISSING, name)
            return text_of_cell(value, name) + rule.suffix

        return usual_text(cells.place(Origin((name,))), single, suffix=rule.suffix)

    def joined(row: Cells) -> str:
        parts = [
            text_of_cell(value, name) if not is_empty(value := get(row)) else ""
            for name, get in gets
        ]
        if not any(parts):
            raise BadCell("key_required", KEY_MISSING, rule.columns[0])
        # Escaped, so that "a:b" and "c" are not "a" and "b:c"; what is too long stays too long.
        cut = (part[: LONGEST_TEXT + 1] for part in parts)
        return ":".join(p.replace("%", "%25").replace(":", "%3A") for p in cut) + rule.suffix

    return joined


def _content_key(row: Cells) -> str:
    try:
        content = _CONTENT.encode(_plain_cells(row))
    except UnicodeEncodeError as error:
        raise BadCell("encoding", "the row holds half of a character", "") from error
    digest = hashlib.sha256(content).hexdigest()
    return f"{ROW_KEY}{digest[:40]}"


def _plain_cells(row: Cells) -> Any:
    if isinstance(row, Mapping):
        return row
    return [cell.strip() if isinstance(cell, str) else cell for cell in row]


def _time(rule: TimeRule, cells: Columns) -> Get:
    read = time_reader(rule.format, zone=rule.zone, twice=rule.twice)
    get = first_reader(rule.origin, cells, nothing=is_no_time)
    column = " or ".join(rule.origin.columns)

    def time(row: Cells) -> datetime:
        value = get(row)
        if is_no_time(value):
            raise BadCell("required", "is empty, and the time of the event comes from it", column)
        return instant_of(value, read, column)

    place = None if rule.origin.by else cells.place(Origin(rule.origin.columns[:1]))
    if place is None:
        return time

    def usual(row: Cells) -> datetime:
        value = row[place]  # type: ignore[index]
        if type(value) is str:
            try:
                return read(value)
            except BadTime:
                pass  # empty, with blanks around it, or wrong: the other says
        return time(row)

    return usual
