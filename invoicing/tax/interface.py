"""The question that an invoice asks before it is issued: which taxes, on what, at which rate?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from values.number import Number
from values.period import Period


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """A line as taxed: `amount` is rounded and already lowered by promotional credit."""

    index: int
    section: str
    price: str
    tax_code: str | None
    amount: Decimal
    quantity: Number
    unit: str | None
    period: Period


@dataclass(frozen=True, slots=True)
class TaxRequest:
    """
    One invoice to be taxed; `issue_date` is a local date.

    Who sells and who buys, with their places and exemptions, is known to the calculator.
    """

    currency: str
    issue_date: date
    lines: tuple[TaxableLine, ...]


@dataclass(frozen=True, slots=True)
class TaxLine:
    """
    What one rule takes.

    `amount` is rounded by the rule; `shares` are (line index, part of the amount) and add up
    to it. An inclusive tax is part of the lines' amounts already and is not added to the total.
    """

    rule: str
    label: str
    base: Decimal
    rate: Decimal
    amount: Decimal
    exempt_base: Decimal
    exempt_reason: tuple[str, ...] = ()
    inclusive: bool = False
    shares: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class TaxAnswer:
    """The taxes in the order in which they are printed, and the facts that decided them."""

    lines: tuple[TaxLine, ...]
    snapshot: dict[str, object] = field(default_factory=dict)


class TaxStopped(Exception):
    """The invoice cannot be taxed and must not be issued; `error` is a stable word."""

    def __init__(self, *, error: str, tax_type: str | None = None) -> None:
        super().__init__(f"{error} {tax_type}" if tax_type else error)
        self.error = error
        self.tax_type = tax_type


class TaxCalculator(Protocol):
    """Whoever can answer: a setting, our own rules, a tax service."""

    def calculate(self, request: TaxRequest) -> TaxAnswer:
        """
        Return the taxes of one invoice.

        :raises TaxStopped:
        """
        ...
