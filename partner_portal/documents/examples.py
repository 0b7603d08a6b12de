"""Requests to copy: `curl` with a partner's own key prefix and customer ids in it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import KeyMode
from partner_portal.documents.sample_event import body_text


@dataclass(frozen=True, slots=True)
class Example:
    """A request: its name, what to know of it, the command, and which scope its key needs."""

    name: str
    words: str
    command: str
    scope: str


def key_line(*, prefix: str, mode: KeyMode) -> str:
    """Return the line that puts the key into a variable; its secret is typed by whoever has it."""
    shown = prefix or f"vb_{mode.value}_xxxxxxxx"
    return f"export API_KEY='{shown}_…'"


def examples(*, site: str, customer: str, event: Mapping[str, Any]) -> list[Example]:
    """
    Return the requests of a first hour, in their order.

    `site` is where the API answers, without a slash at the end; `customer` an id to use; `event`
    the body of one, whatever its key.
    """
    first = {**event, "idempotency_key": "my-event-1"}
    second = {**event, "idempotency_key": "my-event-2"}
    return [
        Example(
            "Send an event",
            "201 is stored, 200 was known, 202 waits in quarantine with the reason, 409 means "
            "that its key is taken by another event.",
            _post(f"{site}/api/v1/events", body_text(first)),
            "events:write",
        ),
        Example(
            "Send many",
            "Up to 10,000 events or 5 MB. The answer says what became of each; a bad one costs "
            "only itself.",
            _post(f"{site}/api/v1/events/batch", body_text({"events": [first, second]})),
            "events:write",
        ),
        Example(
            "What became of them",
            "The latest first. With the id of one event, also what each meter counted of it.",
            _get(f"{site}/api/v1/events?customer={customer}&limit=10"),
            "events:read",
        ),
        Example(
            "What waits in quarantine",
            "Each with its reason; these pages say what to do about it.",
            _get(f"{site}/api/v1/events?status=quarantined"),
            "events:read",
        ),
        Example(
            "Your customers",
            "With both ids that an event may name.",
            _get(f"{site}/api/v1/customers"),
            "customers:read",
        ),
    ]


def _post(address: str, body: str) -> str:
    return _lines(
        f"curl {shlex.quote(address)}",
        '-H "Authorization: Bearer $API_KEY"',
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(body)}",
    )


def _get(address: str) -> str:
    return _lines(f"curl {shlex.quote(address)}", '-H "Authorization: Bearer $API_KEY"')


def _lines(*parts: str) -> str:
    return " \\\n  ".join(parts)
