"""What bills may still ask of a month's events, once the others are in a file."""

from collections.abc import Iterator

from django.db import connection

from contracts.models import Contract
from contracts.queries.terms import contract_terms, meter_ids, with_terms
from invoicing.assembly.outcome_reach import outcome_rules
from invoicing.models import Invoice, InvoiceState
from usage.store.archives.needs import AskedHistory, AskedInstant, AskedSnapshot, Needs
from values.period import Period

_OPEN = (InvoiceState.UPCOMING, InvoiceState.DRAFT)
_READ_AT_ONCE = 2_000
_CONTRACTS_AT_ONCE = 200


def archive_needs(*, month: Period) -> Needs:
    """
    Return what keeps events of a month in the database.

    What an invoice of that time has not seen is late: it stays. So do all events of customers
    whose invoice for that time, or an earlier one, is not issued; those of hours that a bound of
    an invoice, a line, a contract or a verdict cuts; and those of results that are paid by
    outcome, as long as the contract bills: a result may be taken back at any time.
    """
    return Needs(
        snapshots=_snapshots(month), instants=_instants(month), histories=_histories(month)
    )


def _snapshots(month: Period) -> Iterator[AskedSnapshot]:
    invoices = Invoice.objects.filter(period_start__lt=month.end, period_end__gt=month.start)
    found = invoices.exclude(usage_snapshot="").exclude(state__in=_OPEN)
    columns = ("customer_id", "period_start", "period_end", "usage_snapshot")
    for row in found.values_list(*columns).iterator(_READ_AT_ONCE):
        yield AskedSnapshot(*row)


def _instants(month: Period) -> Iterator[AskedInstant]:
    with connection.cursor() as cursor:
        cursor.execute(_CUTS, {"start": month.start, "end": month.end})
        for row in cursor:
            yield AskedInstant(*row)


_CUTS = """
    SELECT customer_id, instant FROM (
        SELECT customer_id, period_start AS instant FROM invoicing_invoice
        UNION SELECT customer_id, period_end FROM invoicing_invoice
        UNION
        SELECT i.customer_id, bound.instant
        FROM invoicing_invoiceline AS l JOIN invoicing_invoice AS i ON i.id = l.invoice_id
        CROSS JOIN LATERAL (VALUES (l.usage_from), (l.usage_to)) AS bound (instant)
        WHERE l.usage_from < %(end)s AND l.usage_to > %(start)s
        UNION
        SELECT c.customer_id, bound.instant
        FROM contracts_contractmeter AS c
        CROSS JOIN LATERAL (VALUES (c.starts_at), (c.ends_at)) AS bound (instant)
        UNION
        SELECT v.customer_id, bound.instant
        FROM usage_ratingverdict AS v
        CROSS JOIN LATERAL (VALUES (v.starts_at), (v.ends_at)) AS bound (instant)
        WHERE v.starts_at < %(end)s AND v.ends_at > %(start)s
    ) AS asked
    WHERE instant > %(start)s AND instant < %(end)s AND usage_hour_of(instant) <> instant
"""


def _histories(month: Period) -> Iterator[AskedHistory]:
    open_ones = Invoice.objects.filter(state__in=_OPEN)
    unbilled = open_ones.filter(period_start__lt=month.end)
    pairs = unbilled.values_list("customer_id", "contract__meters__meter_id").distinct()
    for customer_id, meter_id in pairs.iterator(_READ_AT_ONCE):
        if meter_id is not None:
            yield AskedHistory(customer_id, meter_id)
    billing = Contract.objects.filter(
        invoices__in=open_ones.filter(period_end__gt=month.start),
        plan__items__price__versions__terms_keys__has_key="outcome",
    )
    for contract in with_terms(billing.distinct()).iterator(_CONTRACTS_AT_ONCE):
        yield from _outcome_histories(contract)


def _outcome_histories(contract: Contract) -> Iterator[AskedHistory]:
    terms, ids = contract_terms(contract), meter_ids(contract)
    rules = [rule for price in terms.prices for rule in outcome_rules(price)]
    names = {name for rule in rules for name in (rule.success_event, *rule.reversal_events)}
    for code, meter in terms.meters.items():
        if meter.event_name in names and code in ids:
            yield AskedHistory(contract.customer_id, ids[code])
