"""An event to try things out with: one's own last one again, or made from a meter."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Customer
from usage.admin.body import pretty_body
from usage.intake.json_body import read_json
from usage.intake.sent_event import json_of
from usage.models import Meter
from values.identifiers import uuid7


def sample_event(*, customer_id: str, meter: Meter | None, sent: str = "") -> dict[str, Any]:
    """
    Return the body of an event of a customer under a key that is new.

    Like `sent`, the body of an earlier one, where there is one; its time is left out, so that it
    happens now.
    """
    earlier = read_json(sent.encode()) if sent else {}
    return {
        "customer_id": customer_id,
        "event_name": earlier.get("event_name") or (meter.event_name if meter else "my_event"),
        "idempotency_key": f"sample-{uuid7()}",
        "properties": earlier.get("properties") or _properties(meter),
    }


def body_text(body: Mapping[str, Any]) -> str:
    """Return a body as JSON, indented; numbers keep every digit."""
    return pretty_body(json_of(body).decode())


def reference_of(customer: Customer | None) -> str:
    """Return the id under which events name a customer, in examples also where there is none."""
    return "your-customer-id" if customer is None else customer.external_id


def _properties(meter: Meter | None) -> dict[str, Any]:
    if meter is None:
        return {}
    counted = {meter.property: 1} if meter.property else {}
    return {**dict.fromkeys(meter.group_keys, "…"), **counted}
