"""What a list of failed tasks may say of them: ids, and errors without anybody's data."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

from django.conf import settings

LONGEST_ARGUMENTS = 500
LONGEST_ERROR = 500

_ID = re.compile(r"[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}|[0-9a-fA-F-]{36}")
_HIDDEN = "…"
# What an error quotes is a value nearly always; the rest is what people or secrets look like.
_DATA = re.compile(
    r"""
    '[^']*' | "[^"]*"                # a quoted value
    | \b[a-z][a-z0-9+.-]*://\S+      # an address, perhaps with its password
    | [^\s<>()]+@[^\s<>()]+          # an e-mail address
    | \b[\w-]{2,}_(?=[\w-]*\d)[\w-]{12,}  # a key such as vb_live_…
    | \b[A-Za-z0-9+/=_-]{24,}        # any long token
    | \+?\d[\d\s().-]{6,}\d          # a phone number
    """,
    re.VERBOSE,
)
_OURS = frozenset(
    {"accounts", "billing_portal", "catalog", "charts", "contracts", "invoicing", "plan_file",
     "portal", "usage", "values"}
)  # fmt: skip


def told_arguments(args: Any, kwargs: Any) -> str:
    """
    Return the ids among a task's arguments as JSON, the same for the same arguments.

    Texts that are no ids are left out. Longer than the column, the end is a fingerprint.
    """
    told: list[Any] = [_told(value) for value in args] if isinstance(args, list | tuple) else []
    if isinstance(kwargs, Mapping) and kwargs:
        told.append({str(name): _told(kwargs[name]) for name in sorted(kwargs)})
    text = json.dumps(told, separators=(", ", ": "), ensure_ascii=False)
    if len(text) <= LONGEST_ARGUMENTS:
        return text
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[: LONGEST_ARGUMENTS - len(mark) - 2]}… {mark}"


def told_error(error: BaseException, trace: TracebackType | None) -> str:
    """Return the error in one line: its name, its words without data, and where it was raised."""
    lines = str(error).strip().splitlines()
    words = _DATA.sub(_shown, lines[0]).replace("\x00", "").strip() if lines else ""
    place = _place(trace)
    name = type(error).__name__
    text = f"{name}: {words}" if words else name
    room = LONGEST_ERROR - len(place)
    return (text if len(text) <= room else f"{text[: room - 1]}{_HIDDEN}") + place


def _shown(found: re.Match[str]) -> str:
    return found[0] if _ID.fullmatch(found[0]) else _HIDDEN


def _told(value: Any) -> Any:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else _HIDDEN
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return _HIDDEN


def _place(trace: TracebackType | None) -> str:
    """Return the last place in our own code, such as `` (invoicing/tasks.py:75)``."""
    for frame in reversed(extract_tb(trace)):
        path = Path(frame.filename)
        if path.is_relative_to(settings.BASE_DIR):
            inside = path.relative_to(settings.BASE_DIR)
            if inside.parts[0] in _OURS:
                return f" ({inside.as_posix()}:{frame.lineno})"
    return ""
