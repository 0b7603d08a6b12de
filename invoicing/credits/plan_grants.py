"""What a plan gives each period: credits by the month, as a lot of its own for every period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.credits.grants import GrantBalance, GrantKind, size_problems
from values.calendar import BillingCalendar
from values.period import Period
from values.problems import Problem, refuse


@dataclass(frozen=True)
class PlanGrant:
    """
    What a plan gives every billing period: an `amount`, or a `quantity` of a `unit`.

    A lot expires when so many periods have ended, with 1 that of its own. The rest is as in
    a `GrantBalance`.

    :raises InvalidTerms: with paths relative to the grant, in the words of the plan file.
    """

    code: str
    kind: GrantKind
    currency: str
    amount: Decimal | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    expires_after_periods: int = 1
    priority: int = 50
    applies_to: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        if not self.code.strip():
            problems.append(Problem(("code",), "must not be empty"))
        problems += self._size_problems()
        if self.expires_after_periods < 1:
            problems.append(Problem(("expires_after_periods",), "must be 1 or more"))
        refuse(problems)

    @property
    def size(self) -> Decimal:
        """What each lot holds: an amount, or a quantity of the unit."""
        size = self.amount if self.quantity is None else self.quantity
        assert size is not None, "the constructor refuses a grant of nothing"
        return size

    def _size_problems(self) -> list[Problem]:
        if self.amount is not None and (self.quantity is not None or self.unit is not None):
            return [Problem(("amount",), "stands beside quantity and unit, write one of them")]
        if self.amount is None and self.quantity is None:
            return [Problem((), "needs an amount, or a quantity with its unit")]
        if self.quantity is not None and self.unit is None:
            return [Problem(("unit",), "is required where the grant is a quantity")]
        key = "amount" if self.quantity is None else "quantity"
        problems = size_problems(self.size, unit=self.unit, currency=self.currency)
        if not problems and self.size == 0:
            problems = [Problem((key,), "must be more than 0")]
        return problems


def lots(
    grant: PlanGrant, periods: Iterable[Period], *, calendar: BillingCalendar
) -> tuple[GrantBalance, ...]:
    """
    Return a full lot for each period that a contract is billed for, in their order.

    `periods` are as far as the contract (and its plan) covers them: a lot is there from the
    first day of one, never prorated. It lasts to the end of a whole period of the calendar,
    even beyond the contract's.
    """
    return tuple(
        GrantBalance(
            code=grant.code,
            kind=grant.kind,
            left=grant.size,
            currency=grant.currency,
            effective_from=period.start,
            expires_at=_expiry(grant, period, calendar),
            priority=grant.priority,
            applies_to=grant.applies_to,
            unit=grant.unit,
        )
        for period in periods
    )


def _expiry(grant: PlanGrant, period: Period, calendar: BillingCalendar) -> datetime:
    whole = calendar.full_period_at(period.start)
    for _ in range(grant.expires_after_periods - 1):
        whole = calendar.full_period_at(whole.end)
    return whole.end
