"""Credits: amounts or units that a customer has paid ahead or was given."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.credits.grants import GrantBalance, GrantKind, amount_problems, size_problems
from plan_file.format.context import Context
from plan_file.format.granted import (
    DEFAULT_PRIORITY,
    read_applies_to,
    read_grant_kind,
    read_priority,
)
from plan_file.format.identity import read_currency
from values.fields import Keys, Place
from values.instants import always_since
from values.problems import Problem, refuse

__all__ = ["DEFAULT_PRIORITY", "Credit", "default_paid_amount", "read_credit"]

KEYS = Keys(
    (
        *("code", "amount", "quantity", "unit", "currency", "kind", "effective_from"),
        *("expires_at", "priority", "applies_to", "paid_amount"),
    )
)


@dataclass(frozen=True)
class Credit:
    """
    A grant of an ``amount`` of money, or of a ``quantity`` of a ``unit``; the others are None.

    ``paid_amount`` is what was paid for it.

    :raises InvalidTerms: it grants nothing or both; with paths relative to the grant.
    """

    code: str
    amount: Decimal | None
    currency: str
    kind: GrantKind
    effective_from: datetime
    expires_at: datetime | None
    priority: int
    applies_to: tuple[str, ...]
    paid_amount: Decimal
    quantity: Decimal | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        problems = self._size_problems()
        if self.paid_amount != self.amount:
            problems += [
                Problem(("paid_amount",), problem.message)
                for problem in amount_problems(self.paid_amount, self.currency)
            ]
        if self.expires_at is not None and self.expires_at <= self.effective_from:
            problems.append(Problem(("expires_at",), "must be after effective_from"))
        refuse(problems)

    @property
    def size(self) -> Decimal:
        """What it grants: an amount, or a quantity of the unit."""
        size = self.amount if self.quantity is None else self.quantity
        assert size is not None, "the constructor refuses a grant of nothing"
        return size

    def balance(self) -> GrantBalance:
        """Return the grant with nothing drawn yet."""
        return GrantBalance(
            code=self.code,
            kind=self.kind,
            left=self.size,
            currency=self.currency,
            effective_from=self.effective_from,
            expires_at=self.expires_at,
            priority=self.priority,
            applies_to=self.applies_to,
            unit=self.unit,
        )

    def _size_problems(self) -> list[Problem]:
        if self.amount is not None and (self.quantity is not None or self.unit is not None):
            return [Problem(("amount",), "stands beside quantity and unit, write one of them")]
        if self.amount is None and self.quantity is None:
            return [Problem(("amount",), "is required, or a quantity with its unit")]
        if self.quantity is not None and self.unit is None:
            return [Problem(("unit",), "is required beside quantity")]
        problems = size_problems(self.size, unit=self.unit, currency=self.currency)
        if not problems and self.size == 0:
            key = "amount" if self.quantity is None else "quantity"
            problems = [Problem((key,), "must be more than 0")]
        return problems


def read_credit(place: Place, *, zone: str, context: Context) -> Credit | None:
    """Return the grant, None where it has problems; dates are midnights in the zone."""
    section = place.section(KEYS)
    code = section.code("code")
    amount = section.decimal_or("amount", None)
    quantity = section.decimal_or("quantity", None)
    unit = section.text_or("unit", None)
    currency = section.read_or("currency", context.currency, read_currency)
    kind = read_grant_kind(section)
    effective_from = section.instant_or("effective_from", always_since(zone), zone=zone)
    expires_at = section.instant_or("expires_at", None, zone=zone)
    priority = read_priority(section)
    applies_to = read_applies_to(section, context)
    paid_amount = section.decimal_or("paid_amount", default_paid_amount(kind, amount))
    return section.build(
        lambda: Credit(
            code=code,
            amount=amount,
            quantity=quantity,
            unit=unit,
            currency=currency,
            kind=kind,
            effective_from=effective_from,
            expires_at=expires_at,
            priority=priority,
            applies_to=applies_to,
            paid_amount=paid_amount,
        )
    )


def default_paid_amount(kind: GrantKind, amount: Decimal | None) -> Decimal:
    """
    Return what was paid for a grant that does not say.

    Nothing for a promotional one; nothing either for units, whose worth nobody stated.
    """
    return Decimal(0) if kind is GrantKind.PROMOTIONAL or amount is None else amount
