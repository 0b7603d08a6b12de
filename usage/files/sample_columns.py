"""The names of values in objects of JSON."""

from collections.abc import Iterable
from typing import Any

from usage.files.limits import LONGEST_HEADING
from usage.files.rows import Row, is_whole_text

_DEEPEST = 4
_MOST_NAMES = 400


def sample_columns(rows: Iterable[Row]) -> list[str]:
    """Return the names that objects of JSON have, also inside of others, joined by dots."""
    found: dict[str, None] = {}
    for row in rows:
        _names(row.cells, "", found, depth=1)
    return list(found)


def _names(value: Any, prefix: str, found: dict[str, None], *, depth: int) -> None:
    for name, part in value.items():
        if not is_whole_text(name) or len(name) > LONGEST_HEADING:
            continue  # No mapping could be kept that names it.
        if isinstance(part, dict) and depth < _DEEPEST:
            _names(part, f"{prefix}{name}.", found, depth=depth + 1)
        elif not isinstance(part, list | dict) and len(found) < _MOST_NAMES:
            found.setdefault(f"{prefix}{name}")
