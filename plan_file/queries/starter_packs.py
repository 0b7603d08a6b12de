"""Starter packs: plan files of the trade with sample usage, each explained in a text beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from plan_file.format.event_files import read_events
from plan_file.format.events import Event

FOLDER = Path(__file__).resolve().parent.parent / "starter_packs"

FIRST_MONTH = date(2026, 9, 1)
"""Where the packs' contracts begin; usage is of this month and the next, never after a 28th."""

MONTHS = 2

_ORDER = ("voice-agent", "support-agent", "token-reseller", "ucaas", "agent-platform")
_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(?=\d\d)")


class NoSuchPack(LookupError):
    """There is no starter pack of this code."""


@dataclass(frozen=True, slots=True)
class StarterPack:
    """A pack as it lies in its folder; `text` is its explanation, without the title."""

    code: str
    title: str
    summary: str
    text: str
    plan: Path
    usage: Path

    def plan_text(self, *, first_month: date = FIRST_MONTH) -> str:
        """Return the plan file with its dates moved so that it begins in this month."""
        return moved(self.plan.read_text(encoding="utf-8"), first_month=first_month)

    def usage_text(self, *, first_month: date = FIRST_MONTH) -> str:
        """Return the file of events, moved in the same way."""
        return moved(self.usage.read_text(encoding="utf-8"), first_month=first_month)


def starter_packs() -> tuple[StarterPack, ...]:
    """Return all packs in the order in which they are shown."""
    return tuple(_read(FOLDER / code) for code in _ORDER)


def starter_pack(*, code: str) -> StarterPack:
    """
    Return one pack.

    :raises NoSuchPack:
    """
    if code not in _ORDER:
        raise NoSuchPack(code)
    return _read(FOLDER / code)


def pack_events(pack: StarterPack, *, first_month: date, zone: str) -> list[Event]:
    """Return the sample usage, moved; plain dates are midnights in the zone."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / pack.usage.name
        path.write_text(pack.usage_text(first_month=first_month), encoding="utf-8")
        return list(read_events(path, zone=zone))


def moved(text: str, *, first_month: date) -> str:
    """Return the text with all its dates moved by whole months; times of day stay."""
    months = (first_month.year - FIRST_MONTH.year) * 12 + first_month.month - FIRST_MONTH.month

    def shifted(found: re.Match[str]) -> str:
        year, month = divmod(int(found[1]) * 12 + int(found[2]) - 1 + months, 12)
        return f"{year:04d}-{month + 1:02d}-"

    return _DATE.sub(shifted, text)


def _read(folder: Path) -> StarterPack:
    heading, _, text = (folder / "pack.md").read_text(encoding="utf-8").partition("\n")
    text = text.strip()
    (usage,) = folder.glob("usage.*")
    return StarterPack(
        code=folder.name,
        title=heading.removeprefix("# ").strip(),
        summary=text.partition("\n")[0],
        text=text,
        plan=folder / "plan.yaml",
        usage=usage,
    )
