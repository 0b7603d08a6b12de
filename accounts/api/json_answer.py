"""Writing answers as JSON, with stored bodies in them exactly as they were sent."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

_ENCODER = JSONEncoder(allow_nan=False)


class AsSent(str):
    """A text that is JSON already; it goes into an answer digit by digit."""


class AnswerRenderer(BaseRenderer):
    """JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the answer's bytes; no data is an empty body."""
        return b"" if data is None else json_text(data).encode()


def json_text(value: Any) -> str:
    """Return a value as JSON."""
    if isinstance(value, AsSent):
        return value
    if isinstance(value, Mapping):
        parts = (f"{json.dumps(str(name))}:{json_text(part)}" for name, part in value.items())
        return "{" + ",".join(parts) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join(map(json_text, value)) + "]"
    return _ENCODER.encode(value)
