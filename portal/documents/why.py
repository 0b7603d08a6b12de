"""Why a line of an invoice costs what it costs, gathered from its row and its meter."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from accounts.columns import exact
from invoicing.documents.explanation import Counted, Explanation, Paid, explained
from invoicing.documents.formats import days
from invoicing.documents.presentation import invoice_zone
from invoicing.models import Grant, GrantKind, InvoiceLine
from usage.models import Meter
from values.period import Period


def why(
    line: InvoiceLine,
    *,
    credit: Sequence[tuple[Grant, Decimal]],
    hint: Mapping[str, str],
) -> Explanation:
    """Return the explanation of a line that is loaded with its invoice, seller and meter."""
    return explained(
        trace=line.trace or {},
        counted=_counted(line),
        paid=[Paid(credit=_name(grant), amount=amount) for grant, amount in credit],
        hint=hint,
        zone=line.invoice.legal_entity.timezone,
    )


def _counted(line: InvoiceLine) -> Counted:
    meter = line.meter
    return Counted(
        quantity=line.quantity,
        unit=line.unit,
        rate=line.unit_price,
        exact_amount=line.exact_amount,
        amount=exact(line.amount),
        currency=line.currency,
        time=days(Period(line.period_start, line.period_end), invoice_zone(line.invoice)),
        meter=meter.display_name if meter else "",
        summed=meter.property if meter else "",
        keys=meter.group_keys if meter else (),
        dimensions=line.dimension_set.values if line.dimension_set else line.dimensions,
        events=line.events,
        aggregation=_aggregation(meter) if meter else "",
    )


def _aggregation(meter: Meter) -> str:
    if meter.calls:
        return "calls"
    return "credits" if meter.action_property else str(meter.aggregation)


def _name(grant: Grant) -> str:
    kind = "Promotional" if grant.kind == GrantKind.PROMOTIONAL else "Prepaid"
    return f"{kind} credit {grant.code}"
