"""A price that counts no usage, to be charged for a period, and the lines that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from invoicing.rating.fee_days import FeeDays, fee_days
from invoicing.rating.lines import Line
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.proration import Part, part_of
from invoicing.rating.trace import RateSource, StepKind, Trace, TraceStep
from values.exact import plain
from values.money import Rounding, round_money
from values.number import Number
from values.period import Period

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class FixedCharge:
    """
    A price and the period that it is charged for.

    `covered` is what the contract covers of the `full` period; `breaks` are the instants at
    which a phase begins, `zone` the customer's, in which days are counted. Money is in
    `currency`, its lines rounded once by `rounding`.
    """

    price: PriceTerms
    covered: Period
    full: Period
    zone: str
    currency: str
    rounding: Rounding = Rounding.HALF_UP
    breaks: tuple[datetime, ...] = ()

    def days(self) -> tuple[FeeDays, ...]:
        """Return the days of the period on which the price is in force, split by phases."""
        return fee_days(self.price, self.covered, breaks=self.breaks, zone=self.zone)

    def part(self, period: Period) -> Part:
        """Return how much of the full period some days are."""
        return part_of(self.full, period, zone=self.zone)

    def rounded(self, amount: Number) -> Decimal:
        """Return an amount as a line prints it."""
        return round_money(amount, currency=self.currency, rounding=self.rounding)


@dataclass(frozen=True, slots=True)
class Amount:
    """
    What a line comes to, exactly, and how.

    `unit_price` None: no single price was multiplied. `steps` and `model` go into the trace.
    """

    exact: Number
    quantity: Number = ONE
    unit: str | None = None
    unit_price: Decimal | None = None
    model: str = ""
    source: RateSource = RateSource.TERMS
    steps: tuple[TraceStep, ...] = ()


def fixed_line(
    charge: FixedCharge,
    version: PriceVersion,
    period: Period,
    amount: Amount,
    *,
    suffix: str = "",
    section: str | None = None,
) -> Line:
    """
    Return a line without events, rounded once.

    `suffix` follows the price's name after a dash; `section` is the version's unless another
    is given.
    """
    rounded = charge.rounded(amount.exact)
    return Line(
        section=section or version.section,
        price=charge.price.code,
        description=f"{version.name} - {suffix}" if suffix else version.name,
        dimensions=(),
        quantity=amount.quantity,
        unit=amount.unit,
        unit_price=amount.unit_price,
        exact_amount=amount.exact,
        amount=rounded,
        currency=charge.currency,
        events=None,
        rate_version=version.since,
        period=period,
        tax_code=version.tax_code,
        meter=None,
        slices=(),
        trace=Trace(
            price=charge.price.code,
            price_version=version.since,
            source=amount.source,
            rate_card=None,
            rate_version=version.since,
            entry=None,
            passed_over=(),
            label="",
            quantity=amount.quantity,
            unit=amount.unit,
            rate=amount.unit_price,
            currency=charge.currency,
            exact_amount=amount.exact,
            rounding=charge.rounding,
            amount=rounded,
            model=amount.model,
            steps=amount.steps,
        ),
    )


def days_step(part: Part, full_amount: Number) -> TraceStep:
    """Return the step that takes days of the full period's amount."""
    return TraceStep(
        StepKind.DAYS,
        {
            "days": str(part.days),
            "of_days": str(part.of_days),
            "amount": plain(full_amount),
        },
    )
