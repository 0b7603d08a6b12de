"""The calls of a line, each rated again as the invoice rated it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from contracts.models import Contract
from contracts.queries.terms import contract_terms, with_terms
from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.terms import ContractTerms
from invoicing.models import InvoiceLine
from invoicing.queries.computation import bill_of, carried_before
from invoicing.queries.stored_usage import properties
from invoicing.rating.calls.call_lines import CALL_MODEL
from invoicing.rating.calls.rate_calls import rate_calls
from invoicing.rating.calls.rated_call import CallStatus, RatedCall
from invoicing.rating.lots import Lot
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.calls import Calls
from usage.metering.quantity import MeteredEvent
from usage.store import store
from usage.store.interface import StoredEvent
from values.period import Period

_CHUNK = 1000
_BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class CallOfLine:
    """A call as it was sent, and what rating made of it."""

    event: StoredEvent
    rated: RatedCall


@dataclass(frozen=True, slots=True)
class CallRating:
    """What the calls of a line are rated by: as when its invoice was computed."""

    line: InvoiceLine
    terms: ContractTerms
    price: PriceTerms
    billed: BilledPeriod
    lots: Mapping[str, tuple[Lot, ...]]
    meter_id: int

    @property
    def has_bundles(self) -> bool:
        return any(
            isinstance(version.model, Calls) and version.model.bundles
            for version in self.price.versions
        )

    @property
    def span(self) -> Period:
        assert self.line.usage_from is not None
        assert self.line.usage_to is not None
        return Period(self.line.usage_from, self.line.usage_to)


def is_of_calls(line: InvoiceLine) -> bool:
    """Return whether a line is the sum of calls, or what a bundle gave to them."""
    return line.trace.get("model") == CALL_MODEL and line.usage_from is not None


def call_rating(*, line: InvoiceLine) -> CallRating | None:
    """Return how the calls of a line are rated; None for a line of no calls."""
    if not is_of_calls(line) or line.meter_id is None:
        return None
    invoice = line.invoice
    invoice.contract = with_terms(Contract.objects.filter(pk=invoice.contract_id)).get()
    terms = contract_terms(invoice.contract)
    price = next((price for price in terms.prices if price.code == line.price), None)
    closes = bill_of(invoice, closes_at=invoice.closes_at).closes
    if price is None or closes is None:
        return None
    return CallRating(line, terms, price, closes, carried_before(invoice).lots, line.meter_id)


def calls_of_line(
    *,
    rating: CallRating,
    start: datetime | None = None,
    end: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    at_most: int | None = None,
) -> Iterator[CallOfLine]:
    """
    Yield the calls of a line answered in `[start, end)`, in the order of their rating.

    By the one function that rates calls, over the usage that the invoice counted. `after` is
    the place of a call: those that follow it. Without bundles only the calls that are asked for
    are rated; what bundles gave depends on every call of the period before it, and those after
    the first `at_most` are left alone. A query for every 5,000 events.
    """
    first = max(filter(None, (rating.span.start, start, after and after[0])))
    last = min(filter(None, (rating.span.end, end)))
    if first >= last:
        return
    asked = _Asked(rating.line, first, after)
    span = Period(rating.billed.covered.start if rating.has_bundles else first, last)
    events = store.events(
        customer_id=rating.line.invoice.customer_id,
        meter_id=rating.meter_id,
        span=span,
        snapshot=rating.line.invoice.usage_snapshot,
    )
    if rating.has_bundles:
        yield from _rated_at_once(rating, events, asked, at_most)
        return
    while chunk := list(islice(events, _CHUNK)):
        yield from _rated_at_once(rating, iter(chunk), asked)


@dataclass(slots=True)
class _Asked:
    """Which of the calls that come in their order are asked for."""

    line: InvoiceLine
    first: datetime
    after: tuple[datetime, UUID] | None

    def takes(self, call: CallOfLine) -> bool:
        event = call.event
        if self.after is not None:
            # In a time of several calls the one that was shown last may be any of them.
            at, key = self.after
            is_shown_last = event.key == key
            if is_shown_last or event.occurred_at > at:
                self.after = None
            if is_shown_last or event.occurred_at <= at:
                return False
        return event.occurred_at >= self.first and _is_of(self.line, call.rated)


def _rated_at_once(
    rating: CallRating, events: Iterator[StoredEvent], asked: _Asked, at_most: int | None = None
) -> list[CallOfLine]:
    found: list[CallOfLine] = []
    current: list[StoredEvent] = []

    def metered() -> Iterator[MeteredEvent]:
        for event in events:
            current[:] = [event]
            yield MeteredEvent(event.occurred_at, event.idempotency_key, properties(event.sent))
            if at_most is not None and len(found) >= at_most:
                return

    def told(_: str, rated: RatedCall) -> None:
        call = CallOfLine(current[0], rated)
        if rated.status is CallStatus.RATED and asked.takes(call):
            found.append(call)

    terms, billed = rating.terms, rating.billed
    rate_calls(
        price=rating.price,
        calls=metered(),
        covered=billed.covered,
        full=billed.full,
        zone=terms.zone,
        currency=terms.currency,
        rounding=terms.rounding,
        sliced_at=(),
        lots=rating.lots,
        meter=terms.meters[rating.price.meter or ""],
        on_call=told,
        phase_starts=terms.phase_starts,
    )
    return found


def _is_of(line: InvoiceLine, call: RatedCall) -> bool:
    bundle = _bundle_of(line)
    if bundle is not None:
        return bundle in call.bundles
    return (
        call.billed_seconds > call.bundle_seconds
        and line.period_start <= call.at < line.period_end
        and (call.tax_code or "") == line.tax_code
        and dict(call.dimensions) == line.dimensions
    )


def _bundle_of(line: InvoiceLine) -> str | None:
    for step in line.trace.get("steps", ()):
        if step.get("step") == _BUNDLE:
            return str(step.get("code", ""))
    return None
