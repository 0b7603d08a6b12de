"""
Rows by the thousand, for what must not slow down: written by SQL, checked by every trigger.

Everything lies in the past of the worked example's contract, so that both fit together.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Customer
from contracts.models import Contract
from tests import factories as make
from tests.refusals import sql
from usage.models import DimensionSet, Meter, Source, UsageArrival
from usage.operations.dimension_sets import combination_text, dimension_set_ids
from usage.store.partitions import ensure_months

LAST_INVOICE = datetime(2024, 10, 31, tzinfo=UTC)
FIRST_EVENT = datetime(2024, 11, 2, 12, tzinfo=UTC)


def many_invoices(customer: Customer, count: int) -> None:
    """
    Issue this many invoices of one line each, one a day back from October 2024.

    Their numbers are MANY-<customer>-000001 and up from the latest to the earliest, their
    amounts the same number of dollars; all of it is due.
    """
    contract = Contract.objects.filter(customer=customer).first() or make.contract(
        customer, activated=False
    )
    sql(
        """
        INSERT INTO invoicing_invoice (
            uid, legal_entity_id, brand_id, customer_id, contract_id, kind, state,
            period_start, period_end, closes_at, issue_date, due_date, currency,
            subtotal, discounts, tax, total, credits_applied, amount_due,
            tax_snapshot, seller_snapshot, buyer_snapshot, computed_at, usage_snapshot,
            carried, stopped_error, stopped_detail)
        SELECT gen_random_uuid(), %s, %s, %s, %s, 'period', 'draft',
               day, day + interval '1 day', day + interval '1 day',
               day::date + 1, day::date + 31, 'USD', n, 0, 0, n, 0, n,
               '{}', '{}', '{}', day, '', '{}', '', ''
        FROM (SELECT n, %s::timestamptz - n * interval '1 day' AS day
              FROM generate_series(1, %s) AS n) AS days
        """,
        customer.legal_entity_id, customer.brand_id, customer.pk, contract.pk,
        LAST_INVOICE, count,
    )  # fmt: skip
    sql(
        """
        INSERT INTO invoicing_invoiceline (
            uid, invoice_id, position, section, price, description, dimensions, quantity,
            unit, unit_price, exact_amount, currency, amount, tax_code,
            period_start, period_end, trace)
        SELECT gen_random_uuid(), id, 1, 'platform', 'fee', 'Platform fee', '{}', total,
               '', 1, total, currency, total, '', period_start, period_end, '{}'
        FROM invoicing_invoice
        WHERE contract_id = %s AND state = 'draft' AND period_end <= %s
        """,
        contract.pk, LAST_INVOICE,
    )  # fmt: skip
    sql(
        """
        UPDATE invoicing_invoice
        SET state = 'issued', issued_at = period_end,
            number = 'MANY-' || %s::text || '-' || lpad(trunc(total)::text, 6, '0'),
            seller_snapshot = jsonb_build_object('name', 'Northwind Voice'),
            buyer_snapshot = jsonb_build_object(
                'name', %s::text, 'external_id', %s::text, 'email', '', 'vat_id', '',
                'timezone', %s::text, 'address', NULL)
        WHERE contract_id = %s AND state = 'draft' AND period_end <= %s
        """,
        customer.external_id, customer.name, customer.external_id, customer.timezone,
        contract.pk, LAST_INVOICE,
    )  # fmt: skip
    sql("ANALYZE invoicing_invoice, invoicing_invoiceline")


def many_events(
    customer: Customer,
    meter: Meter,
    count: int,
    *,
    dimensions: Mapping[str, str] | None = None,
    start: datetime = FIRST_EVENT,
    span: timedelta = timedelta(days=20),
    sender: Source | None = None,
) -> DimensionSet:
    """
    Store this many events of one combination, each counting 1, evenly over a span of time.

    Their keys are many-<start as yyyymmddhhmm>-1 and up, from the earliest to the latest.
    Whoever prices is told that usage arrived. Return the combination, by default US / resolved.
    """
    values = dict(dimensions or {"region": "US", "call_outcome": "resolved"})
    pair = (meter.pk, combination_text(values))
    combination = DimensionSet.objects.get(pk=dimension_set_ids([pair])[pair])
    source = sender or make.source(make.partner(customer, name=f"Many of {customer}"))
    ensure_months([start, start + span])
    written = """
        WITH made AS MATERIALIZED (
            SELECT encode(substring(sha256(convert_to(
                       %(source)s || chr(10) || named, 'UTF8')) FOR 16), 'hex')::uuid AS key,
                   named, at,
                   jsonb_build_object(
                       'customer_id', %(customer)s::text, 'event_name', %(event)s::text,
                       'idempotency_key', named, 'occurred_at', at,
                       'properties', %(properties)s::jsonb)::text AS sent
            FROM (SELECT 'many-' || %(prefix)s || '-' || n AS named,
                         %(start)s + (n - 1) * (%(span)s / %(count)s) AS at
                  FROM generate_series(1, %(count)s) AS n) AS numbered
        ), keys AS (
            INSERT INTO usage_key (key, fingerprint, occurred_at)
            SELECT key, 0, at FROM made
        )
        INSERT INTO usage_record (occurred_at, received_at, key, customer_id, meter_id,
                                  dimensions_id, source_id, quantity, event_name,
                                  idempotency_key, sent)
        SELECT at, at, key, %(customer_id)s, %(meter_id)s, %(combination)s, %(source_id)s, 1,
               %(event)s, named, sent
        FROM made
    """
    named: dict[str, Any] = {
        "source": str(source.pk),
        "source_id": source.pk,
        "customer": customer.external_id,
        "customer_id": customer.pk,
        "event": meter.event_name,
        "meter_id": meter.pk,
        "combination": combination.pk,
        "properties": json.dumps(values | ({meter.property: 1} if meter.property else {})),
        "prefix": f"{start:%Y%m%d%H%M}",
        "start": start,
        "span": span,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(written, named)
        cursor.execute("ANALYZE usage_record")
    UsageArrival.objects.create(customer=customer, earliest_at=start, latest_at=start + span)
    return combination
