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
    What is left of a grant: of money, or with `unit` a quantity of it.

    It pays invoices of its currency, for usage in `[effective_from, expires_at)` (None: no
    end), on the sections or price codes in `applies_to` (empty: all). Lower `priority` is
    drawn first. Several lots may have one code, then their start tells them apart; `reference`
    is what its owner knows it by.

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
    unit: str | None = None
    reference: int | None = None

    def __post_init__(self) -> None:
        problems = []
        if not self.code.strip():
            problems.append(Problem(("code",), "must not be empty"))
        problems += size_problems(self.left, unit=self.unit, currency=self.currency)
        if self.expires_at is not None and self.expires_at <= self.effective_from:
            problems.append(Problem(("expires_at",), "must be after effective_from"))
        refuse(problems)

    @property
    def lot(self) -> tuple[str, datetime]:
        """What tells the grant from all others of its customer: its code and its start."""
        return self.code, self.effective_from

    def is_for(self, *, section: str, price: str) -> bool:
        """Return whether a line of this section and price is in the grant's scope."""
        return not self.applies_to or section in self.applies_to or price in self.applies_to

    def covers(self, period: Period) -> bool:
        """Return whether the whole period lies in the grant's time."""
        return self.effective_from <= period.start and (
            self.expires_at is None or period.end <= self.expires_at
        )

    def touches(self, period: Period) -> bool:
        """Return whether an instant of the period lies in the grant's time."""
        return period.clipped(self.effective_from, self.expires_at) is not None


def size_problems(size: Decimal, *, unit: str | None, currency: str) -> list[Problem]:
    """
    Return what is wrong with an amount, or with a quantity of a unit.

    Under the keys ``amount``, ``quantity`` and ``unit``.
    """
    if unit is None:
        return amount_problems(size, currency)
    # An invoice in no known currency cannot be, and a grant in units pays one too.
    problems = amount_problems(Decimal(0), currency)
    if not unit.strip():
        problems.append(Problem(("unit",), "must not be empty"))
    if not isinstance(size, Decimal) or not size.is_finite():
        problems.append(Problem(("quantity",), "must be an exact number"))
    elif size < 0:
        problems.append(Problem(("quantity",), "must not be negative"))
    return problems


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
