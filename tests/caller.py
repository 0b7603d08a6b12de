"""A partner's program: it calls the API with a key."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Caller:
    """Sends `key` as bearer with every call; paths are below /api/v1."""

    key: str | None
    client: Client = field(default_factory=Client)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        """Return the answer to a GET."""
        return self.client.get(f"/api/v1{path}", query or {}, headers=self._headers(headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Return the answer to a POST of a value as JSON, or of raw bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers.setdefault("Content_Type", "application/json")
        return self.client.post(
            f"/api/v1{path}", raw, headers["Content_Type"], headers=self._headers(headers)
        )

    def put(self, path: str, body: Any, **headers: str) -> Any:
        """Return the answer to a PUT of a value as JSON."""
        return self._send("PUT", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Return the answer to a PATCH of a value as JSON."""
        return self._send("PATCH", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method,
            f"/api/v1{path}",
            raw,
            headers.setdefault("Content_Type", "application/json"),
            headers=self._headers(headers),
        )

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named if self.key is None else {"Authorization": f"Bearer {self.key}", **named}
