"""The outcomes of a line: successes whose windows passed, or which were taken back later."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from catalog.models import PriceVersion
from contracts.queries.terms import complete_terms, contract_terms, meter_ids
from invoicing.assembly.period_outcomes import outcomes_in
from invoicing.assembly.success_meter import SuccessMeter
from invoicing.models import InvoiceLine
from invoicing.queries.computation import bill_of
from invoicing.queries.stored_usage import StoredUsage
from invoicing.rating.outcomes import Outcome
from invoicing.rating.trace_steps import StepKind


def counts_outcomes() -> Exists:
    """Return the annotation of lines whether they count usage by a price of outcomes."""
    versions = PriceVersion.objects.filter(
        price__legal_entity=OuterRef("invoice__legal_entity"),
        price__code=OuterRef("price"),
        price__meter=OuterRef("meter"),
        published_at__isnull=False,
        terms_keys__has_key="outcome",
    )
    return Exists(versions)


def outcomes_of_line(*, line: InvoiceLine) -> list[Outcome]:
    """
    Return the outcomes behind a line, by the close of their windows.

    Those that count in the line's period; of a line that takes back, those that were reversed
    in it. By the function that rates them, over the usage that the invoice counted. The fewest
    queries where the line comes with its contract, and that with its plan, customer and seller.
    """
    invoice = line.invoice
    contract = invoice.contract
    complete_terms(contract)
    terms, closes = contract_terms(contract), bill_of(invoice, closes_at=invoice.closes_at).closes
    price = next((price for price in terms.prices if price.code == line.price), None)
    if price is None or closes is None:
        return []
    usage = StoredUsage(
        customer_id=invoice.customer_id,
        terms=terms,
        meter_ids=meter_ids(contract),
        snapshot=invoice.usage_snapshot,
    )
    found = outcomes_in(terms=terms, price=price, billed=closes, usage=usage)
    success = SuccessMeter.of(terms, price)
    return list(_of(line, found.reversed if _takes_back(line) else found.counted, success))


def _takes_back(line: InvoiceLine) -> bool:
    return any(step.get("step") == StepKind.REVERSED.value for step in line.trace.get("steps", ()))


def _of(
    line: InvoiceLine, outcomes: tuple[Outcome, ...], success: SuccessMeter
) -> Iterator[Outcome]:
    takes_all = not line.dimensions and line.trace.get("model") != "per_unit"
    for outcome in outcomes:
        own = dict(success.reading(outcome.success).quantity.dimensions)
        named = {key: own[key] for key in success.meter.group_keys if key in own}
        if not takes_all and named != line.dimensions:
            continue
        at = outcome.success.occurred_at
        if _takes_back(line) or (line.usage_from and line.usage_from <= at < line.usage_to):  # type: ignore[operator]
            yield outcome
