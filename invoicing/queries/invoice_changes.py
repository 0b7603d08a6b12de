"""What computing an open invoice anew would change, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.columns import exact
from contracts.models import Contract
from contracts.queries.terms import with_terms
from invoicing.models import Invoice, InvoiceLine
from invoicing.queries.computation import compute_invoice
from invoicing.rating.lines import Line
from values.number import as_shown

_LineKey = tuple[str, tuple[tuple[str, str], ...], datetime | None, datetime]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line says."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line as stored and as computed now; None is no such line."""

    old: LineFacts | None
    new: LineFacts | None

    @property
    def kind(self) -> str:
        """Return ``same``, ``changed``, ``new`` or ``gone``."""
        if self.old is None:
            return "new"
        if self.new is None:
            return "gone"
        return "same" if self.old == self.new else "changed"


@dataclass(frozen=True, slots=True)
class InvoiceChanges:
    """The lines in the order of the new invoice, those that go last; totals as (old, new)."""

    currency: str
    lines: tuple[LineChange, ...]
    total: tuple[Decimal, Decimal]
    credits: tuple[Decimal, Decimal]
    due: tuple[Decimal, Decimal]
    stopped: str

    @property
    def has_changes(self) -> bool:
        """Return whether anything would be another amount or quantity."""
        totals = (self.total, self.credits, self.due)
        return any(line.kind != "same" for line in self.lines) or any(a != b for a, b in totals)


def invoice_changes(*, invoice: Invoice) -> InvoiceChanges:
    """
    Return what `refresh_invoice` would do to an upcoming or draft invoice now; nothing is written.

    :raises InvalidTerms: when the contract's terms do not hold together any more.
    """
    invoice = Invoice.objects.select_related("legal_entity", "brand", "customer__test_clock").get(
        pk=invoice.pk
    )
    invoice.contract = with_terms(Contract.objects.filter(pk=invoice.contract_id)).get()
    computation = compute_invoice(invoice=invoice)
    result = computation.result
    return InvoiceChanges(
        currency=result.currency,
        lines=tuple(_paired(list(invoice.lines.all()), result.lines)),
        total=(exact(invoice.total), result.total),
        credits=(exact(invoice.credits_applied), result.total - result.amount_due),
        due=(exact(invoice.amount_due), result.amount_due),
        stopped=computation.stopped,
    )


def _paired(stored: list[InvoiceLine], computed: Sequence[Line]) -> list[LineChange]:
    """Pair lines about the same usage: those with the same rate first."""
    left = list(stored)
    partners: dict[int, InvoiceLine] = {}
    for with_rate in (True, False):
        for index, line in enumerate(computed):
            if index in partners:
                continue
            same = [old for old in left if _is_about(old, line, with_rate=with_rate)]
            if same:
                partners[index] = same[0]
                left.remove(same[0])
    changes = [
        LineChange(_stored_facts(partners[index]) if index in partners else None, _facts(line))
        for index, line in enumerate(computed)
    ]
    return changes + [LineChange(_stored_facts(line), None) for line in left]


def _is_about(old: InvoiceLine, new: Line, *, with_rate: bool) -> bool:
    stored: _LineKey = (
        old.price, tuple(sorted(old.dimensions.items())), old.rate_version, old.period_start,
    )  # fmt: skip
    computed: _LineKey = (
        new.price, tuple(sorted(new.dimensions)), new.rate_version, new.period.start,
    )  # fmt: skip
    return stored == computed and (not with_rate or old.unit_price == new.unit_price)


def _stored_facts(line: InvoiceLine) -> LineFacts:
    return LineFacts(
        line.description, line.quantity, line.unit, line.unit_price, exact(line.amount)
    )


def _facts(line: Line) -> LineFacts:
    quantity = as_shown(line.quantity)
    return LineFacts(line.description, quantity, line.unit or "", line.unit_price, line.amount)
