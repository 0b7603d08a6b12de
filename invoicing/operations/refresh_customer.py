"""Keeping all of a customer's amounts as its usage makes them, whenever usage arrives."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Customer
from contracts.models import ContractMeter
from invoicing.models import Invoice, InvoiceKind, InvoiceState
from invoicing.operations.refresh_invoice import refresh_invoice
from invoicing.operations.stop_invoice import stop_invoice
from invoicing.queries.due import INVALID_TERMS, USAGE_ARCHIVED
from invoicing.queries.issue_order import ISSUE_ORDER
from usage.models import Meter, RatingVerdict, UsageArrival, Verdict
from usage.store import store
from usage.store.archives.archived import MonthArchived, archived_months, whole_hours
from usage.store.interface import StoredQuantity
from values.period import Period
from values.problems import InvalidTerms

_INSTANT = timedelta(microseconds=1)


@transaction.atomic
def refresh_customer(*, customer_id: int, now: datetime) -> bool:
    """
    Bring the customer's open invoices and verdicts up to date with its news.

    Return whether there were any. A customer that another worker has in hand is left alone:
    its news stay for the next round. They go in the same transaction as what was made of
    them: killed anywhere, it is done again. An invoice whose terms no engine takes says why;
    the customer's others are refreshed all the same.
    """
    free = Customer.objects.select_for_update(no_key=True, skip_locked=True)
    if free.filter(pk=customer_id).first() is None:
        return False
    news = list(UsageArrival.objects.filter(customer_id=customer_id))
    if not news:
        return False
    span = Period(
        min(arrival.earliest_at for arrival in news),
        max(arrival.latest_at for arrival in news) + _INSTANT,
    )
    invoices = Invoice.objects.filter(customer_id=customer_id, period_end__gt=span.start)
    # Later ones as well: what an earlier invoice draws of a grant is not left for them.
    is_open = [InvoiceState.UPCOMING, InvoiceState.DRAFT]
    for invoice in invoices.filter(state__in=is_open).order_by(*ISSUE_ORDER):
        try:
            with transaction.atomic():
                refresh_invoice(invoice_id=invoice.pk, now=now)
        except InvalidTerms as problem:
            stop_invoice(invoice_id=invoice.pk, error=INVALID_TERMS, detail=str(problem), now=now)
        except MonthArchived as archived:
            stop_invoice(invoice_id=invoice.pk, error=USAGE_ARCHIVED, detail=str(archived), now=now)
    # An opening invoice bills no usage: what comes after it is for that of its period.
    for invoice in invoices.filter(
        state__in=[InvoiceState.ISSUED, InvoiceState.SKIPPED],
        kind=InvoiceKind.PERIOD,
        period_start__lt=span.end,
    ):
        _tell_late_usage(invoice, now=now)
    _tell_uncovered_usage(customer_id, span, now=now)
    UsageArrival.objects.filter(pk__in=[arrival.pk for arrival in news]).delete()
    return True


def _tell_late_usage(invoice: Invoice, *, now: datetime) -> None:
    """Name what arrived for a period after it was billed; it is never lost in silence."""
    snapshot = store.snapshot()
    late = store.aggregate(
        customer_id=invoice.customer_id,
        meter_ids=list(
            ContractMeter.objects.filter(contract_id=invoice.contract_id).values_list(
                "meter_id", flat=True
            )
        ),
        slices=[Period(invoice.period_start, invoice.period_end)],
        snapshot=snapshot,
        unless_in=invoice.usage_snapshot,
    )
    RatingVerdict.objects.filter(invoice=invoice.public_id, verdict=Verdict.LATE).delete()
    RatingVerdict.objects.bulk_create(
        _verdict(invoice.customer_id, part, Verdict.LATE, snapshot, now, invoice=invoice.public_id)
        for part in late
    )


def _tell_uncovered_usage(customer_id: int, span: Period, *, now: datetime) -> None:
    """Name usage of a time in which no contract prices its meter."""
    snapshot = store.snapshot()
    legal_entity_id = Customer.objects.values_list("legal_entity_id", flat=True).get(pk=customer_id)
    is_archived = bool(archived_months(span))
    covers = list(
        ContractMeter.objects.filter(customer_id=customer_id).values_list(
            "meter_id", "starts_at", "ends_at"
        )
    )
    for meter_id in Meter.objects.filter(legal_entity_id=legal_entity_id).values_list(
        "pk", flat=True
    ):
        own = [(start, end) for meter, start, end in covers if meter == meter_id]
        stretch = _taken_back(customer_id, meter_id, span)
        # Sums of whole hours are there; the events of one that is cut may not be.
        while is_archived and whole_hours(stretch) != stretch:
            stretch = _taken_back(customer_id, meter_id, whole_hours(stretch))
        for gap in _gaps(stretch, sorted(own, key=lambda cover: cover[0])):
            RatingVerdict.objects.bulk_create(
                _verdict(customer_id, part, Verdict.NO_CONTRACT, snapshot, now)
                for part in store.aggregate(
                    customer_id=customer_id,
                    meter_ids=[meter_id],
                    slices=[gap],
                    snapshot=snapshot,
                )
            )


def _taken_back(customer_id: int, meter_id: int, span: Period) -> Period:
    """Take back what was said of uncovered usage in the span; return the time to speak of anew."""
    said = RatingVerdict.objects.filter(
        customer_id=customer_id,
        meter_id=meter_id,
        verdict=Verdict.NO_CONTRACT,
        starts_at__lt=span.end,
        ends_at__gt=span.start,
    )
    bounds = list(said.values_list("starts_at", "ends_at"))
    said.delete()
    return Period(
        min([span.start, *(start for start, _ in bounds)]),
        max([span.end, *(end for _, end in bounds)]),
    )


def _gaps(span: Period, covers: list[tuple[datetime, datetime | None]]) -> Iterator[Period]:
    """Yield the parts of the span that no cover (sorted by start) reaches."""
    free_from = span.start
    for start, end in covers:
        if start > free_from and free_from < span.end:
            yield Period(free_from, min(start, span.end))
        if end is None:
            return
        free_from = max(free_from, end)
    if free_from < span.end:
        yield Period(free_from, span.end)


def _verdict(
    customer_id: int,
    part: StoredQuantity,
    verdict: Verdict,
    snapshot: str,
    now: datetime,
    *,
    invoice: str = "",
) -> RatingVerdict:
    return RatingVerdict(
        customer_id=customer_id,
        meter_id=part.meter_id,
        dimensions_id=part.dimensions_id,
        starts_at=part.slice.start,
        ends_at=part.slice.end,
        verdict=verdict,
        quantity=part.quantity,
        events=part.events,
        invoice=invoice,
        decided_at=now,
        usage_snapshot=snapshot,
    )
