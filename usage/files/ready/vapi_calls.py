"""
Vapi's calls: the answers of its API as JSON or NDJSON.

A record is one call, by telephone or on the web. What follows a transfer is no part of it: that
leg is in the carrier's records. `parent_leg_id` is the call in the records of the carrier
(Twilio's `sid`). Having no duration of its own, a call lasts from its start to its end. Costs are
dollars.
"""

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

_DIRECTIONS = {
    "inboundPhoneCall": "inbound",
    "outboundPhoneCall": "outbound",
    "webCall": "web",
    "vapi.websocketCall": "web",
}
_UNANSWERED = {
    "customer-busy": "busy",
    "customer-did-not-answer": "no-answer",
    "twilio-failed-to-connect-call": "failed",
    "vonage-failed-to-connect-call": "failed",
    "vonage-rejected": "failed",
    "twilio-reported-customer-misdialed": "failed",
    "manually-canceled": "canceled",
    "phone-call-provider-closed-websocket": "failed",
}

VAPI_CALLS = ReadyMapping(
    code="vapi_calls",
    name="Vapi calls",
    signs=frozenset({"id", "type", "started_at", "ended_at"}),
    also_called={
        "customer.number": ("customer_number", "customer_phone_number"),
        "phone_number.number": ("phone_number", "assistant_phone_number"),
        "cost": ("cost_breakdown.total",),
    },
    mapping=FileMapping(
        left_out=Condition(
            "status", ("scheduled", "queued", "ringing", "in-progress", "forwarding")
        ),
        events=(
            EventRule(
                label="call",
                customer=Origin(("phoneNumber.number", "phoneNumberId", "assistantId")),
                event_name=Origin(constant="call"),
                key=KeyRule(("id",)),
                occurred_at=TimeRule(Origin(("startedAt", "createdAt"))),
                properties=(
                    text("direction", "type", values=_DIRECTIONS),
                    text("leg", "type", values=_DIRECTIONS),
                    PropertyRule(
                        "from_number",
                        Origin(
                            by="type",
                            cases={
                                "inboundPhoneCall": "customer.number",
                                "outboundPhoneCall": "phoneNumber.number",
                            },
                        ),
                    ),
                    PropertyRule(
                        "to_number",
                        Origin(
                            by="type",
                            cases={
                                "inboundPhoneCall": "phoneNumber.number",
                                "outboundPhoneCall": "customer.number",
                            },
                        ),
                    ),
                    time("setup_at", "createdAt"),
                    time("answer_at", "startedAt"),
                    time("end_at", "endedAt"),
                    length(
                        "endedAt",
                        since="startedAt",
                        unanswered=Condition("endedReason", tuple(_UNANSWERED)),
                    ),
                    text("status", "endedReason", values=_UNANSWERED, others=Others.LEFT_OUT),
                    text("reason", "endedReason"),
                    text("agent", "assistantId"),
                    text("parent_leg_id", "phoneCallProviderId"),
                    text("session_id", "id"),
                    text("account", "orgId"),
                    PropertyRule("upstream_cost", Origin(("cost",)), PropertyType.NUMBER),
                    constant("upstream_currency", "USD"),
                ),
            ),
        ),
    ),
)
