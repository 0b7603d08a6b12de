"""What an event's usage is billed by: price and contract, line and invoice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.admin.pages.tables import Cell, may_see, text
from accounts.admin.pages.words import NOTHING, money_words, quantity_words, start_words
from catalog.models import Price
from contracts.models import Contract
from invoicing.models import Invoice, InvoiceLine
from invoicing.queries.line_outcomes import counts_outcomes, outcomes_of_line
from usage.admin.event import invoice_address
from usage.models import Event
from usage.queries.events import ReadingFate
from usage.store.archives.archived import MonthArchived
from usage.store.interface import StoreUnavailable
from values.identifiers import parse_public_id

MOST_OUTCOMES = 2_000
"""Of lines with more outcomes, or untold many, their page tells what became of each."""


@dataclass(frozen=True, slots=True)
class _Billed:
    price_ids: Mapping[str, int]
    contracts: Mapping[str, Contract]
    invoices: Mapping[str, Invoice]
    lines: Mapping[str, InvoiceLine]


def bill_cells(event: Event, fates: Sequence[ReadingFate], *, user: Any) -> list[tuple[Cell, Cell]]:
    """Return for each meter by which price it is billed, and where; what the person may see."""
    billed = _billed(event, fates)
    return [
        (_price_cell(fate, billed, user), _bill_cell(event, fate, billed, user)) for fate in fates
    ]


def _billed(event: Event, fates: Sequence[ReadingFate]) -> _Billed:
    """Return what the fates name. Lines bring their prices, invoices and contracts along."""
    lines = _lines(fates)
    prices = {each.price: pk for each in lines.values() if (pk := getattr(each, "price_pk", None))}
    codes = {fate.price for fate in fates if fate.price}.difference(prices)
    if codes:
        named = Price.objects.filter(legal_entity=event.customer.legal_entity_id, code__in=codes)
        prices |= dict(named.values_list("code", "pk"))
    invoices = {each.invoice.public_id: each.invoice for each in lines.values()}
    contracts = {each.contract.public_id: each.contract for each in invoices.values()}
    for fate in fates:
        if fate.invoice and fate.invoice not in invoices:
            found = Invoice.with_public_id(fate.invoice)
            invoices |= {} if found is None else {fate.invoice: found}
        if fate.contract and fate.contract not in contracts:
            signed = Contract.with_public_id(fate.contract)
            contracts |= {} if signed is None else {fate.contract: signed}
    return _Billed(prices, contracts, invoices, lines)


def _lines(fates: Sequence[ReadingFate]) -> dict[str, InvoiceLine]:
    uids = [uid for fate in fates if (uid := parse_public_id(fate.line, prefix="lin"))]
    if not uids:
        return {}
    lines = InvoiceLine.objects.filter(uid__in=uids).select_related(
        "invoice__customer", "invoice__contract__plan", "invoice__contract__customer__legal_entity"
    )
    prices = Price.objects.filter(
        legal_entity=OuterRef("invoice__legal_entity"), code=OuterRef("price")
    )
    told = lines.annotate(has_outcomes=counts_outcomes(), price_pk=Subquery(prices.values("pk")))
    return {each.public_id: each for each in told}


def _price_cell(fate: ReadingFate, billed: _Billed, user: Any) -> Cell:
    price_id, contract = billed.price_ids.get(fate.price), billed.contracts.get(fate.contract)
    address = ""
    if price_id is not None and may_see(user, "catalog.price"):
        address = reverse("admin:catalog_price_change", args=[price_id])
    said = []
    line = billed.lines.get(fate.line)
    if line is not None and line.rate_version is not None:
        said.append(f"version from {start_words(line.rate_version, 'UTC')}")
    if contract is not None and may_see(user, "contracts.contract"):
        said.append(f"contract on {contract.plan}, {contract.public_id}")
    return text(fate.price or NOTHING, link=address, detail="; ".join(said))


def _bill_cell(event: Event, fate: ReadingFate, billed: _Billed, user: Any) -> Cell:
    invoice, line = billed.invoices.get(fate.invoice), billed.lines.get(fate.line)
    if invoice is None or not may_see(user, "invoicing.invoice"):
        return text(NOTHING if invoice is None else "billed")
    name = invoice.number or f"{invoice.get_state_display()} invoice"
    if line is None:
        return text(name, link=invoice_address(fate.invoice))
    size = f"{quantity_words(line.quantity, line.unit)}, {money_words(line.amount)}"
    said = [f"{line.description}: {size} for {_others(line)}"]
    if getattr(line, "has_outcomes", False):
        said.append(_outcome_words(event, line))
    address = invoice_address(fate.invoice, fate.line)
    return text(f"{name}, line {line.position}", link=address, detail="; ".join(filter(None, said)))


def _others(line: InvoiceLine) -> str:
    if line.events is None:
        return "all its usage"
    return "this event" if line.events == 1 else f"{line.events:,} events"


def _outcome_words(event: Event, line: InvoiceLine) -> str:
    """Return how the event was judged, where its line counts outcomes and that is soon found."""
    if line.events is None or line.events > MOST_OUTCOMES:
        return ""
    try:
        outcomes = outcomes_of_line(line=line)
    except (MonthArchived, StoreUnavailable):
        return ""
    zone = event.customer.timezone
    for outcome in outcomes:
        if outcome.success.key == event.idempotency_key:
            words = f"judged: {outcome.value}, counts since {start_words(outcome.counts_at, zone)}"
            taken = outcome.reversal
            return words if taken is None else f"{words}, taken back by {taken.key}"
        if outcome.reversal is not None and outcome.reversal.key == event.idempotency_key:
            return f"judged: takes back {outcome.success.key}"
    return "judged: no outcome of its own in this line"
