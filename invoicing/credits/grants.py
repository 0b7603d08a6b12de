"""Grants: credit that was bought or given, and what it may pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from values.money import UnknownCurrency, minor_unit
from values.period import Period
from values.problems import Problem, refuse


class GrantKind(StrEnum):
    """Promotional credit lowers what is taxed, prepaid credit pays what is owed."""

    PROMOTIONAL = "promotional"
    PREPAID = "prepaid"


@dataclass(frozen=True)
class GrantBalance:
    """
    What is left of a grant of money.

    It pays invoices of its currency, for usage in `[effective_from, expires_at)` (None: no
    end), on the sections or price codes in `applies_to` (empty: all). Lower `priority` is
    drawn first.

    :raises InvalidTerms: with paths relative to the grant.
    """

    code: str
    kind: GrantKind
    left: Decimal
    currency: str
    effective_from: datetime
    expires_at: datetime | None
    priority: int = 50
    applies_to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        if not self.code.strip():
            problems.append(Problem(("code",), "must not be empty"))
        problems += amount_problems(self.left, self.currency)
        if self.expires_at is not None and self.expires_at <= self.effective_from:
            problems.append(Problem(("expires_at",), "must be after effective_from"))
        refuse(problems)

    def covers(self, period: Period) -> bool:
        """Return whether the whole period lies in the grant's time."""
        return self.effective_from <= period.start and (
            self.expires_at is None or period.end <= self.expires_at
        )

    def touches(self, period: Period) -> bool:
        """Return whether an instant of the period lies in the grant's time."""
        return period.clipped(self.effective_from, self.expires_at) is not None


def amount_problems(amount: Decimal, currency: str) -> list[Problem]:
    """Return what is wrong with the amount of a grant, under the key ``amount``."""
    try:
        unit = minor_unit(currency)
    except UnknownCurrency as error:
        return [Problem(("currency",), str(error))]
    if not isinstance(amount, Decimal) or not amount.is_finite():
        return [Problem(("amount",), "must be an exact number")]
    if amount < 0:
        return [Problem(("amount",), "must not be negative")]
    if amount.as_tuple().exponent < unit.as_tuple().exponent and amount % unit:  # type: ignore[operator]
        return [Problem(("amount",), f"has more digits than {currency} has")]
    return []


def grant_cuts(grants: Sequence[GrantBalance]) -> set[datetime]:
    """Return the instants at which a grant begins or ends to pay."""
    ends = {grant.expires_at for grant in grants if grant.expires_at is not None}
    return ends | {grant.effective_from for grant in grants}
