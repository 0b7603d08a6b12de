"""The boxes of a row of a deck that hold more than one word: steps, and other properties."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from catalog.admin.match_form import read_value, text_of
from catalog.admin.price_terms.call_boxes import RATE_COLUMNS
from catalog.admin.price_terms.columns import Cell, Column

_STEP = re.compile(r"(\S+)\s*:\s*(\S+)\s+per\s+(\S+)(?:\s+by\s+(\S+))?")
_STEP_KEYS = ("from_second", "price", "per_seconds", "increment_seconds")


@dataclass(frozen=True, slots=True)
class StepsColumn(Column):
    """Rates by elapsed time: ``0: 0.2 per 60 by 60; 60: 0.1 per 60 by 1``."""

    def keys(self, cell: Cell) -> object:
        parts = [part.strip() for part in str(cell).split(";") if part.strip()]
        return [_step(part) for part in parts] or None

    def cell(self, said: object) -> Cell:
        steps = said if isinstance(said, list) else []
        return "; ".join(_step_text(step) for step in steps)


@dataclass(frozen=True, slots=True)
class MatchColumn(Column):
    """What else a row asks for: ``model=fast; voice=["a", "b"]``."""

    def keys(self, cell: Cell) -> object:
        parts = [part.strip() for part in str(cell).split(";") if part.strip()]
        match: dict[str, object] = {}
        for part in parts:
            name, _, value = part.partition("=")
            match[name.strip()] = _value(value.strip())
        return match or None

    def cell(self, said: object) -> Cell:
        match = said if isinstance(said, Mapping) else {}
        return "; ".join(f"{name}={text_of(value)}" for name, value in match.items())


def _step(text: str) -> dict[str, object]:
    found = _STEP.fullmatch(text)
    if found is None:
        # What it is not is said by who reads the keys, at this box.
        return {"from_second": text, "price": None}
    said = zip(_STEP_KEYS, found.groups(), strict=True)
    return {key: value for key, value in said if value is not None}


def _step_text(step: Mapping[str, object]) -> str:
    by = f" by {step['increment_seconds']}" if step.get("increment_seconds") is not None else ""
    return f"{step['from_second']}: {step['price']} per {step.get('per_seconds', 60)}{by}"


def _value(text: str) -> object:
    try:
        return read_value(text) if text else ""
    except ValidationError:
        return text


DECK_COLUMNS: tuple[Column, ...] = (
    *RATE_COLUMNS,
    StepsColumn(
        ("steps",),
        "Steps instead of a rate",
        width=24,
        hint="0: 0.2 per 60 by 60; 60: 0.1 per 60 by 1",
    ),
    MatchColumn(("match",), "Other properties", width=14, hint="model=fast"),
)
