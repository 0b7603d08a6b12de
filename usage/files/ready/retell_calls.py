"""
Retell's calls: the answers of its API as JSON or NDJSON.

A record is up to three legs: the telephone call, which lasts until a transfer ends; the AI's part
of it, until the hand-over; and the transfer. `parent_leg_id` is the call in Twilio's records.
Times are milliseconds since 1970; so is `duration_ms`, which is the AI's part. Costs are cents of
a dollar.
"""

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
from usage.files.ready.call_properties import constant, length, text, time
from usage.files.ready.ready_mapping import ReadyMapping

_OUR_NUMBER = Origin(
    ("agent_id",), by="direction", cases={"inbound": "to_number", "outbound": "from_number"}
)
_AT = TimeRule(Origin(("start_timestamp",)))
_NAME = Origin(constant="call")
_UNANSWERED = {
    "dial_busy": "busy",
    "dial_no_answer": "no-answer",
    "dial_failed": "failed",
    "invalid_destination": "failed",
    "telephony_provider_permission_denied": "failed",
    "telephony_provider_unavailable": "failed",
    "sip_routing_error": "failed",
    "marked_as_spam": "failed",
    "user_declined": "failed",
    "registered_call_timeout": "failed",
    "concurrency_limit_reached": "failed",
    "no_valid_payment": "failed",
}
_STATUS = text("status", "disconnection_reason", values=_UNANSWERED, others=Others.LEFT_OUT)
_NOBODY = Condition("disconnection_reason", tuple(_UNANSWERED))
_SHARED = (
    text("parent_leg_id", "telephony_identifier.twilio_call_sid"),
    text("session_id", "call_id"),
    text("agent", "agent_id"),
    text("reason", "disconnection_reason"),
    _STATUS,
)

RETELL_CALLS = ReadyMapping(
    code="retell_calls",
    name="Retell calls",
    signs=frozenset({"call_id", "start_timestamp", "call_status"}),
    also_called={},
    mapping=FileMapping(
        left_out=Condition("call_status", ("registered", "ongoing", "not_connected")),
        events=(
            EventRule(
                label="telephone call",
                when=(Condition("call_type", ("phone_call",)),),
                customer=_OUR_NUMBER,
                event_name=_NAME,
                key=KeyRule(("call_id",)),
                occurred_at=_AT,
                properties=(
                    text("direction", "direction"),
                    text("leg", "direction"),
                    text("from_number", "from_number"),
                    text("to_number", "to_number"),
                    time("answer_at", "start_timestamp"),
                    time("end_at", "transfer_end_timestamp", "end_timestamp"),
                    length(
                        "transfer_end_timestamp",
                        "end_timestamp",
                        since="start_timestamp",
                        unanswered=_NOBODY,
                    ),
                    *_SHARED,
                ),
            ),
            EventRule(
                label="AI session",
                customer=_OUR_NUMBER,
                event_name=_NAME,
                key=KeyRule(("call_id",), suffix=":ai"),
                occurred_at=_AT,
                properties=(
                    constant("direction", "ai"),
                    constant("leg", "ai_session"),
                    text("call_type", "call_type"),
                    time("answer_at", "start_timestamp"),
                    time("end_at", "end_timestamp"),
                    PropertyRule(
                        "duration_seconds",
                        Origin(("duration_ms",)),
                        PropertyType.DURATION,
                        factor=Decimal("0.001"),
                        zero_where=_NOBODY,
                    ),
                    PropertyRule(
                        "upstream_cost",
                        Origin(("call_cost.combined_cost",)),
                        PropertyType.NUMBER,
                        factor=Decimal("0.01"),
                    ),
                    constant("upstream_currency", "USD"),
                    *_SHARED,
                ),
            ),
            EventRule(
                label="transfer",
                when=(Condition("transfer_destination"), Condition("transfer_end_timestamp")),
                customer=_OUR_NUMBER,
                event_name=_NAME,
                key=KeyRule(("call_id",), suffix=":transfer"),
                occurred_at=TimeRule(Origin(("end_timestamp",))),
                properties=(
                    constant("direction", "outbound"),
                    constant("leg", "transfer"),
                    text("to_number", "transfer_destination"),
                    time("answer_at", "end_timestamp"),
                    time("end_at", "transfer_end_timestamp"),
                    length("transfer_end_timestamp", since="end_timestamp"),
                    *_SHARED[:-1],
                ),
            ),
        ),
    ),
)
