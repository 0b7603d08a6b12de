"""Round numbers for an axis."""

from __future__ import annotations

from decimal import Decimal

from values.exact import plain

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_SUFFIXES = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
_SPELT_OUT_BELOW = Decimal(10_000)


def nice_ticks(lowest: Decimal, highest: Decimal, *, most: int = 5) -> tuple[Decimal, ...]:
    """
    Return equally spaced round numbers that enclose zero, `lowest` and `highest`.

    At most `most` steps; a step is 1, 2, 2.5 or 5 times a power of ten. Only zero where there
    is nothing to show.
    """
    bottom, top = min(lowest, Decimal(0)), max(highest, Decimal(0))
    if bottom == top:
        return (Decimal(0),)
    magnitude = ((top - bottom) / most).adjusted()
    for power in (magnitude, magnitude + 1):
        for step in _STEPS:
            size = step.scaleb(power)
            first, last = -_steps_up_to(-bottom, size), _steps_up_to(top, size)
            if last - first <= most:
                return tuple(size * number for number in range(first, last + 1))
    raise AssertionError("ten times the magnitude always fits")


def _steps_up_to(reach: Decimal, size: Decimal) -> int:
    """Return how many steps of this size it takes to reach so far."""
    return int(reach // size) + (1 if reach % size else 0)


def short_number(value: Decimal) -> str:
    """Return a round number for an axis: ``0.25``, ``1,500``, ``25k``, ``1.5M``."""
    size = abs(value)
    if size >= _SPELT_OUT_BELOW:
        for unit, suffix in _SUFFIXES:
            if size >= unit:
                return f"{plain(value / unit)}{suffix}".replace("-", "−")
    whole, _, places = plain(size).partition(".")
    text = f"{int(whole):,}" + (f".{places}" if places else "")
    return f"−{text}" if value < 0 else text
