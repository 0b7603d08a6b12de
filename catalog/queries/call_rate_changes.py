"""What another deck changes: which rows are new, gone, or cost something else."""

from collections.abc import Iterable
from dataclasses import dataclass

from invoicing.rating.match import canonical
from invoicing.rating.price_format.call_rates import rate_as_json
from invoicing.rating.terms.call_rate import CallRate

_ASKED = ("direction", "number_type", "prefix", "band", "rate_jurisdiction", "match")


@dataclass(frozen=True, slots=True)
class CallRateChange:
    """A row before and after; None is no row."""

    old: CallRate | None
    new: CallRate | None

    @property
    def kind(self) -> str:
        """Return ``added``, ``removed`` or ``changed``."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    def asks(self) -> str:
        """Return which calls the row is for."""
        row = self.new or self.old
        assert row is not None
        return row.text()


def call_rate_changes(
    *, old: Iterable[CallRate], new: Iterable[CallRate]
) -> tuple[list[CallRateChange], int]:
    """
    Return what differs, and how many rows are the same.

    Rows that ask for the same calls are one; new ones stand in their order, what is gone last.
    """
    before = {_key(row): row for row in old}
    changes, same = [], 0
    for row in new:
        known = before.pop(_key(row), None)
        if known is not None and known == row:
            same += 1
        else:
            changes.append(CallRateChange(known, row))
    return changes + [CallRateChange(row, None) for row in before.values()], same


def charge_words(row: CallRate | None) -> str:
    """Return what a row costs: ``0.014 per minute, 60/60, connect fee 0.01``."""
    if row is None:
        return ""
    keys = {key: value for key, value in rate_as_json(row).items() if key not in _ASKED}
    parts = []
    if row.rate_per_minute is not None:
        parts.append(f"{keys['rate_per_minute']} per minute")
        parts.append(f"{row.initial_seconds}/{row.increment_seconds}")
    parts += [
        f"{step.price.normalize():f} per {step.per_seconds} s from second {step.from_second}"
        for step in row.steps
    ]
    for key, label in (
        ("connect_fee", "connect fee"), ("minimum_charge", "at least"),
        ("maximum_charge", "at most"), ("tax_code", "tax code"),
    ):  # fmt: skip
        if key in keys:
            parts.append(f"{label} {keys[key]}")
    return ", ".join(parts)


def _key(row: CallRate) -> object:
    asked = (row.direction, row.number_type, row.prefix, row.band, row.rate_jurisdiction)
    return asked, canonical(row.match)
