"""Cursor paging: `?limit=&cursor=` → `{data, next_cursor, has_more}`."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes

from accounts.api.parameters import Parameter

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAXIMUM_LIMIT:
        return int(text)
    raise ValueError(f"a whole number from 1 to {MAXIMUM_LIMIT}")


LIMIT = Parameter(
    "limit",
    f"How many to return, 1 to {MAXIMUM_LIMIT}; without it {DEFAULT_LIMIT}.",
    _limit,
    OpenApiTypes.INT,
)


def cursor_parameter(*readers: Callable[[str], Any]) -> Parameter:
    """Return the parameter `cursor` of a list whose position has these parts."""

    def read(text: str) -> tuple[Any, ...]:
        try:
            padded = text + "=" * (-len(text) % 4)
            parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
                raise ValueError
            return tuple(reader(part) for reader, part in zip(readers, parts, strict=True))
        except (ValueError, binascii.Error, RecursionError) as error:
            raise ValueError("not a cursor of this list; send `next_cursor` unchanged") from error

    return Parameter("cursor", "`next_cursor` of the page before.", read)


def cursor_text(*parts: str) -> str:
    """Return a position as the text that goes out and comes back."""
    raw = json.dumps(parts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def page(
    found: Iterable[T],
    *,
    limit: int,
    position: Callable[[T], tuple[str, ...]],
    shown: Callable[[Sequence[T]], Sequence[Any]],
) -> dict[str, Any]:
    """Return a page of at most `limit` from what was found, which may be one more."""
    rows = list(found)
    kept, has_more = rows[:limit], len(rows) > limit
    return {
        "data": shown(kept),
        "next_cursor": cursor_text(*position(kept[-1])) if has_more else None,
        "has_more": has_more,
    }
