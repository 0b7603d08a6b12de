"""
Twilio's calls: its REST answers as JSON or NDJSON, and exports of them as CSV.

A record is a leg: a call that is passed on has a second record, whose `parent_call_sid` is the
first one's. `start_time` counts as the answer, as `duration` does from there; both are empty, or
the status says so, where nobody answered. `price` is negative: what Twilio takes.
"""

from dataclasses import replace
from decimal import Decimal

from usage.files.mapping import (
    Condition,
    EventRule,
    FileMapping,
    KeyRule,
    Origin,
    Others,
    PropertyRule,
    PropertyType,
    TimeRule,
)
from usage.files.ready.call_properties import text, time
from usage.files.ready.ready_mapping import ReadyMapping

_OUR_NUMBER = {
    "inbound": "to",
    "trunking-originating": "to",
    "outbound-api": "from",
    "trunking-terminating": "from",
}
# A call that is passed on usually shows its first caller's number, who may be anybody: with a
# parent it waits under that one's key, until somebody says whose it is.
_DIALLED = Origin(("parent_call_sid", "from"))
_DIRECTIONS = {
    "inbound": "inbound",
    "outbound-api": "outbound",
    "outbound-dial": "outbound",
    "trunking-terminating": "outbound",
    "trunking-originating": "inbound",
}
_LEGS = {**_DIRECTIONS, "outbound-dial": "transfer"}
_RUNNING = ("queued", "initiated", "ringing", "in-progress")
_STATUSES = {
    written: status
    for status in (*_RUNNING, "completed", "busy", "failed", "no-answer", "canceled")
    for words in (status.replace("-", " "),)
    for written in (status, words, words.title(), words.capitalize(), words.upper(), status.upper())
} | {"cancelled": "canceled", "Cancelled": "canceled", "CANCELLED": "canceled"}
_UNANSWERED = tuple(
    written for written, status in _STATUSES.items() if status not in (*_RUNNING, "completed")
)
_CALL = EventRule(
    label="call",
    when=(Condition("direction", ("outbound-dial",), other=True),),
    customer=Origin(by="direction", cases=_OUR_NUMBER),
    event_name=Origin(constant="call"),
    key=KeyRule(("sid",)),
    occurred_at=TimeRule(Origin(("start_time", "date_created"))),
    properties=(
        text("direction", "direction", values=_DIRECTIONS, others=Others.REFUSED),
        text("leg", "direction", values=_LEGS, others=Others.REFUSED),
        text("from_number", "from"),
        text("to_number", "to"),
        time("setup_at", "date_created"),
        time("answer_at", "start_time"),
        PropertyRule(
            "duration_seconds",
            Origin(("duration",)),
            PropertyType.DURATION,
            zero_where=Condition("status", _UNANSWERED),
        ),
        text("status", "status", values=_STATUSES),
        text("parent_leg_id", "parent_call_sid"),
        text("session_id", "parent_call_sid", "sid"),
        text("account", "account_sid"),
        PropertyRule("upstream_cost", Origin(("price",)), PropertyType.NUMBER, factor=Decimal(-1)),
        text("upstream_currency", "price_unit"),
    ),
)

TWILIO_CALLS = ReadyMapping(
    code="twilio_calls",
    name="Twilio calls",
    signs=frozenset({"sid", "direction", "duration", "start_time"}),
    also_called={
        "sid": ("call_sid",),
        "from": ("from_number", "from_formatted", "caller"),
        "to": ("to_number", "to_formatted", "called"),
        "start_time": ("start", "start_time_utc", "start_date"),
        "end_time": ("end", "end_time_utc", "end_date"),
        "duration": ("duration_seconds", "call_duration"),
        "status": ("call_status",),
        "date_created": ("created", "date"),
        "price_unit": ("currency",),
        "parent_call_sid": ("parent_sid",),
    },
    mapping=FileMapping(
        left_out=Condition(
            "status", tuple(word for word, status in _STATUSES.items() if status in _RUNNING)
        ),
        events=(
            _CALL,
            replace(
                _CALL,
                label="call passed on",
                when=(Condition("direction", ("outbound-dial",)),),
                customer=_DIALLED,
            ),
        ),
    ),
)
