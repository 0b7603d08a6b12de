"""Where versions stand in the file that wrote them: reading puts them in the order of time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from values.instants import parse_instant
from values.problems import Path

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def versions_written_at(document: Any, zone: str) -> dict[tuple[str, str], tuple[Path, ...]]:
    """
    Return by section and code the paths of a rate card's or price's versions, earliest first.

    The document is a raw tree that was read without a problem.
    """
    found: dict[tuple[str, str], list[tuple[datetime, Path]]] = {}
    for index, card in enumerate(document.get("rate_cards") or []):
        found["rate_cards", str(card["code"])] = [
            (_begin(version, zone), ("rate_cards", index, "versions", number))
            for number, version in enumerate(card.get("versions") or [])
        ]
    for index, price in enumerate(document.get("prices") or []):
        found.setdefault(("prices", str(price["code"])), []).append(
            (_begin(price, zone), ("prices", index))
        )
    return {
        key: tuple(path for _, path in sorted(placed, key=lambda item: item[0]))
        for key, placed in found.items()
    }


def _begin(version: Mapping[str, object], zone: str) -> datetime:
    value = version.get("effective_from")
    return _BEGINNING if value is None else parse_instant(value, zone=zone)
