"""What the columns of a file probably mean; a person says whether that is right."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from typing import Any

from usage.files.cells import BadValue, as_boolean, as_number, as_text, is_empty, is_no_time
from usage.files.mapping import (
    EventRule,
    FileMapping,
    KeyRule,
    Origin,
    PropertyRule,
    PropertyType,
    TimeRule,
)
from usage.files.mapping_format import MOST_PROPERTIES
from usage.files.ready import READY
from usage.files.ready.ready_mapping import spelled
from usage.files.rows import Row, Unusable
from usage.files.sample_columns import sample_columns
from usage.files.times import BadTime, TimeFormat, time_reader

_OURS = frozenset({"event_name", "idempotency_key"})
_CUSTOMER = (
    "customer_id", "customer", "account_id", "account", "account_code", "accountcode", "tenant",
    "tenant_id", "domain", "client_id", "client", "org_id", "did", "our_number", "line", "agent_id",
)  # fmt: skip
_KEY = (
    "idempotency_key", "event_id", "cdr_id", "record_id", "leg_id", "call_leg_id", "leg_uuid", "id",
    "call_sid", "sid", "uuid", "uniqueid", "unique_id", "call_id", "callid", "origin_id",
    "message_id", "request_id", "session_id", "call", "key",
)  # fmt: skip
_ANSWER = ("answer_at", "answer_time", "answered_at", "connect_time", "connected_at", "answer")
_OTHER_TIMES = (
    "start_time", "started_at", "start_at", "start", "calldate", "call_date", "time_start",
    "setup_at", "setup_time", "timestamp", "time", "date_time", "datetime", "created_at",
    "date_created", "date", "at", "when",
)  # fmt: skip
_EVENT_NAME = ("event_name", "event", "event_type")
_CALL_NAMES = {
    "from_number": ("from_number", "from", "caller", "calling", "src", "source_number", "ani",
                    "caller_number", "calling_number", "orig_from_user"),
    "to_number": ("to_number", "to", "callee", "called", "dst", "destination", "dnis",
                  "called_number", "destination_number", "dialed", "dialed_number"),
    "direction": ("direction", "call_direction"),
    "status": ("status", "disposition", "call_status", "release_text"),
    "setup_at": ("setup_at", "setup_time", "start_time", "start", "calldate", "time_start"),
    "answer_at": (*_ANSWER, "time_answer"),
    "end_at": ("end_at", "end_time", "ended_at", "end", "hangup_time", "time_release"),
    "duration_seconds": ("duration_seconds", "billsec", "bill_seconds", "billable_seconds",
                         "talk_time", "duration", "time_talking", "seconds"),
}  # fmt: skip
_TIMES = ("setup_at", "answer_at", "end_at")
_NO_NUMBER = re.compile(r"(number|from|to|phone|did|zip|postal|code|id|key|sid|caller|src|dst)$")


def guess(columns: Sequence[str] | None, sample: Sequence[Row]) -> FileMapping:
    """
    Return the likeliest mapping of a file, from its headings and some of its rows.

    What nothing speaks for is left empty: the first column stands where one is needed.
    """
    names = list(columns) if columns is not None else sample_columns(sample)
    if columns is None and _OURS.issubset(names):
        return FileMapping()
    for ready in READY:
        if ready.fits(names):
            return ready.fitted(names, are_all=columns is not None)
    values = _sample_values(columns, names, sample)
    return FileMapping(events=(_guessed(names, values),))


def ready_code(columns: Sequence[str]) -> str:
    """Return the code of the ready mapping that is for files with these columns, or nothing."""
    return next((ready.code for ready in READY if ready.fits(columns)), "")


def ready_columns(columns: Sequence[str]) -> set[str]:
    """Return what the ready mapping for objects with these names may find in some of them."""
    fitting = next((ready for ready in READY if ready.fits(columns)), None)
    return fitting.fitted(columns, are_all=False).columns() if fitting else set()


def _guessed(names: Sequence[str], values: Mapping[str, Sequence[Any]]) -> EventRule:
    found = {spelled(name): name for name in reversed(names)}
    customer = _first(found, _CUSTOMER) or names[0]
    times = _time_columns(found) or _told_by_values(names, values)
    key = _likeliest_key(found, values) or _all_different(
        {name: cells for name, cells in values.items() if name not in times}
    )
    event_name = _first(found, _EVENT_NAME)
    calls = {
        name: column for name, others in _CALL_NAMES.items() if (column := _first(found, others))
    }
    is_call = len(calls) > 2 and {"from_number", "to_number", "direction"} & calls.keys()
    properties = _call_properties(calls) if is_call else []
    taken = {customer, key, *times[:1], event_name, *(calls.values() if is_call else ())}
    others = [name for name in names if name not in taken]
    called = {rule.name for rule in properties}
    for name in others[: MOST_PROPERTIES - len(properties)]:
        own = _not_among(called, _property_name(name))
        called.add(own)
        properties.append(PropertyRule(own, Origin((name,)), _type(name, values[name])))
    return EventRule(
        customer=Origin((customer,)),
        event_name=Origin((event_name,)) if event_name else Origin(constant=_kind(bool(is_call))),
        key=KeyRule((key,)) if key else KeyRule((names[0],)),
        occurred_at=TimeRule(Origin(times or (names[0],))),
        properties=tuple(properties),
    )


def _time_columns(found: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns of the time: that of the answer, else of the start, as nobody answered."""
    if at := _first(found, ("occurred_at",)):
        return (at,)
    return tuple(filter(None, (_first(found, _ANSWER), _first(found, _OTHER_TIMES))))


def _told_by_values(names: Sequence[str], values: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    return next(((name,) for name in names if _are_instants(values[name])), ())


def _likeliest_key(found: Mapping[str, str], values: Mapping[str, Sequence[Any]]) -> str:
    """Return the first that is called as keys are and differs in all rows, else the first."""
    called = [found[name] for name in _KEY if name in found]
    different = _all_different({name: values[name] for name in called})
    return different or next(iter(called), "")


def _not_among(taken: Collection[str], name: str) -> str:
    """Return the name, with a number behind it where it is taken."""
    numbered = (f"{name}_{number}" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _all_different(values: Mapping[str, Sequence[Any]]) -> str:
    """Return the first column of which no two rows have the same."""
    for name, found in values.items():
        texts = {str(value) for value in found}
        if len(texts) == len(found) > 1:
            return name
    return ""


def _call_properties(calls: Mapping[str, str]) -> list[PropertyRule]:
    kinds = {
        **dict.fromkeys(_TIMES, PropertyType.TIME),
        "duration_seconds": PropertyType.DURATION,
    }
    answered, unless_zero = dict(calls), ""
    if "answer_at" not in answered and "setup_at" in answered and "duration_seconds" in answered:
        # Without an answer the duration alone says how long they talked: from the start to the
        # end it also rang, and where it is zero nobody answered.
        answered["answer_at"] = answered["setup_at"]
        answered.pop("end_at", None)
        unless_zero = answered["duration_seconds"]
    rules = [
        PropertyRule(
            name,
            Origin((column,)),
            kinds.get(name, PropertyType.TEXT),
            unless_zero=unless_zero if name == "answer_at" else "",
        )
        for name, column in answered.items()
    ]
    if "duration_seconds" not in calls and {"answer_at", "end_at"} <= calls.keys():
        ends, since = Origin((calls["end_at"],)), calls["answer_at"]
        rules.append(PropertyRule("duration_seconds", ends, PropertyType.DURATION, since=since))
    return rules


def _kind(is_call: bool) -> str:
    return "call" if is_call else "usage"


def _first(found: Mapping[str, str], names: Sequence[str]) -> str:
    return next((found[name] for name in names if name in found), "")


def _property_name(column: str) -> str:
    return spelled(column.removeprefix("properties.")) or column


def _sample_values(
    columns: Sequence[str] | None, names: Sequence[str], sample: Sequence[Row]
) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {name: [] for name in names}
    for row in sample:
        for place, name in enumerate(names):
            cells: Any = row.cells
            value = cells[place] if columns is not None else _below(cells, name)
            if not is_empty(value) and not isinstance(value, Unusable):
                values[name].append(value)
    return values


def _below(cells: Any, name: str) -> Any:
    for step in name.split("."):
        cells = cells.get(step) if isinstance(cells, dict) else None
    return cells


def _type(name: str, values: Sequence[Any]) -> PropertyType:
    if not values:
        return PropertyType.TEXT
    if all(isinstance(value, bool) for value in values) or _all(values, _is_truth_word):
        return PropertyType.BOOLEAN
    if not _NO_NUMBER.search(spelled(name)) and _all(values, _is_number):
        return PropertyType.NUMBER
    return PropertyType.TIME if _are_instants(values) else PropertyType.TEXT


def _all(values: Sequence[Any], test: Callable[[Any], bool]) -> bool:
    return all(test(value) for value in values)


def _is_truth_word(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    if not isinstance(value, str) or value in {"0", "1"}:
        return False
    try:
        as_boolean(value)
    except BadValue:
        return False
    return True


def _is_number(value: Any) -> bool:
    try:
        text = as_text(value)
        as_number(value, decimal_comma=False)
    except BadValue:
        return False
    # Numbers of telephones and accounts: nobody adds them up.
    return not text.startswith("+") and not (text.startswith("0") and text[1:2].isdigit())


def _are_instants(values: Sequence[Any]) -> bool:
    written = [value for value in values if not is_no_time(value)]
    return bool(written) and _all(written, _is_instant)


_READ_TIME = time_reader(TimeFormat.AUTO)


def _is_instant(value: Any) -> bool:
    if not isinstance(value, str) or value.isdigit():
        return False
    try:
        _READ_TIME(value)
    except BadTime:
        return False
    return True
