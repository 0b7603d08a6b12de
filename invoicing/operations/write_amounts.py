"""Writing what an invoice comes to: its lines, taxes, credits and totals, all anew."""

from collections import Counter
from datetime import datetime
from uuid import uuid5

from djmoney.money import Money

from invoicing.assembly.carried_format import carried_as_json
from invoicing.assembly.result import InvoiceResult
from invoicing.models import CreditApplication, CreditShare, Invoice, InvoiceLine, InvoiceTaxLine
from invoicing.queries.computation import Computation
from invoicing.rating.lines import Line
from values.exact import plain
from values.number import as_shown
from values.period import Period


def write_amounts(*, invoice: Invoice, computation: Computation, now: datetime) -> None:
    """
    Replace everything on an invoice that is not issued by a computation.

    The caller holds the customer's lock.
    """
    result = computation.result
    invoice.lines.all().delete()
    invoice.tax_lines.all().delete()
    invoice.credit_applications.all().delete()
    seen: Counter[str] = Counter()
    lines = InvoiceLine.objects.bulk_create(
        _line_row(invoice, computation, line, position, seen)
        for position, line in enumerate(result.lines, start=1)
    )
    InvoiceTaxLine.objects.bulk_create(
        InvoiceTaxLine(
            invoice=invoice,
            position=position,
            rule=tax.rule,
            label=tax.label,
            base=tax.base,
            rate=tax.rate,
            amount=Money(tax.amount, result.currency),
            exempt_base=tax.exempt_base,
            exempt_reason=list(tax.exempt_reason),
        )
        for position, tax in enumerate(result.taxes, start=1)
    )
    _write_draws(invoice, computation, lines)
    _write_totals(invoice, result)
    invoice.tax_snapshot = result.tax_snapshot
    invoice.usage_snapshot = computation.snapshot
    invoice.carried = carried_as_json(result.carried)
    invoice.closes_at = computation.closes_at
    invoice.computed_at = now
    # Nothing stands in the way of a period without lines: it is skipped.
    invoice.stopped_error = computation.stopped if result.lines else ""
    invoice.stopped_detail = _STOPPED_WORDS.get(invoice.stopped_error, "")
    invoice.save()


_STOPPED_WORDS = {
    "NO_TAX_DECISION": "The legal entity has not said whether it is registered for tax. "
    "Set its tax registration; the next bill run issues the invoice."
}


def _line_row(
    invoice: Invoice, computation: Computation, line: Line, position: int, seen: Counter[str]
) -> InvoiceLine:
    dimensions = dict(line.dimensions)
    version = "" if line.rate_version is None else line.rate_version.isoformat()
    rate = "" if line.unit_price is None else plain(as_shown(line.unit_price))
    about = f"{line.price}|{sorted(line.dimensions)}|{version}|{rate}|{line.period.start}"
    # Two tiers may cost the same, and a flat fee as much as a tier: then their order tells.
    nth = seen[about]
    seen[about] += 1
    about = f"{about}|{nth}" if nth else about
    span = usage_span(line)
    return InvoiceLine(
        uid=uuid5(invoice.uid, about),
        invoice=invoice,
        position=position,
        section=line.section,
        price=line.price,
        description=line.description,
        dimensions=dimensions,
        meter_id=None if line.meter is None else computation.meter_ids[line.meter],
        dimension_set_id=_dimension_set_id(computation, line),
        quantity=as_shown(line.quantity),
        unit=line.unit or "",
        unit_price=line.unit_price,
        exact_amount=as_shown(line.exact_amount),
        amount=Money(line.amount, line.currency),
        events=line.events,
        rate_version=line.rate_version,
        tax_code=line.tax_code or "",
        period_start=line.period.start,
        period_end=line.period.end,
        usage_from=None if span is None else span.start,
        usage_to=None if span is None else span.end,
        left=None if line.left is None else as_shown(line.left),
        trace=line.trace.as_json(),
    )


def _dimension_set_id(computation: Computation, line: Line) -> int | None:
    """Return the one combination that a line is of; None where it takes them all, or a part."""
    if line.meter is None or not line.slices:
        return None
    # Where a rate looks at more, events without that property look like the combination.
    if line.meter not in computation.kept_together:
        return None
    own = tuple(sorted(line.dimensions))
    if any(part.dimensions != own for part in line.slices):
        return None
    stored = {named for meter, named in computation.dimension_ids if meter == line.meter}
    # Models that ignore group keys take all usage together, as if no event had any.
    if own or line.trace.model == "per_unit" or stored == {()}:
        return computation.dimension_ids.get((line.meter, own))
    return None


def usage_span(line: Line) -> Period | None:
    """Return the time from the line's first slice to its last; None for a fee."""
    if not line.slices:
        return None
    return Period(
        min(part.period.start for part in line.slices),
        max(part.period.end for part in line.slices),
    )


def _write_draws(invoice: Invoice, computation: Computation, lines: list[InvoiceLine]) -> None:
    result = computation.result
    draws = [*result.discounts_applied, *result.credits_applied]
    applications = CreditApplication.objects.bulk_create(
        CreditApplication(
            invoice=invoice,
            grant=computation.grants[draw.grant.reference],
            position=position,
            amount=Money(draw.amount, result.currency),
            quantity=draw.quantity,
        )
        for position, draw in enumerate(draws, start=1)
    )
    CreditShare.objects.bulk_create(
        CreditShare(
            application=application,
            line=lines[index],
            amount=Money(amount, result.currency),
        )
        for application, draw in zip(applications, draws, strict=True)
        for index, amount in draw.shares
    )


def _write_totals(invoice: Invoice, result: InvoiceResult) -> None:
    currency = result.currency
    invoice.subtotal = Money(result.subtotal, currency)
    invoice.discounts = Money(result.discounts, currency)
    invoice.tax = Money(result.tax, currency)
    invoice.total = Money(result.total, currency)
    invoice.credits_applied = Money(result.total - result.amount_due, currency)
    invoice.amount_due = Money(result.amount_due, currency)
    invoice.issue_date, invoice.due_date = result.issue_date, result.due_date
