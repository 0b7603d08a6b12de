"""Recurring and usage revenue of the running month and of those before it, without trials."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

MONTHS = 3
"""The running month and two before it, so that its bar has something to stand beside."""

# A period is of the month in which it begins, by its customer's own calendar; "this month" is
# the seller's. The wide bounds are there for speed: no two zones are two days apart.
_REVENUE = """
    SELECT (date_trunc('month', i.period_start AT TIME ZONE c.timezone))::date AS month,
           (date_trunc('month', %(now)s AT TIME ZONE s.timezone))::date AS running,
           s.id, s.name, l.currency,
           coalesce(sum(l.amount) FILTER (WHERE l.meter_id IS NULL), 0),
           coalesce(sum(l.amount) FILTER (WHERE l.meter_id IS NOT NULL), 0)
    FROM invoicing_invoice AS i
    JOIN accounts_customer AS c ON c.id = i.customer_id AND NOT c.is_sandbox
    JOIN accounts_legalentity AS s ON s.id = i.legal_entity_id
    JOIN invoicing_invoiceline AS l ON l.invoice_id = i.id
    WHERE i.state IN ('upcoming', 'draft', 'issued')
      AND i.period_start >= %(now)s - make_interval(months => %(months)s, days => 2)
      AND i.period_start < %(now)s + interval '2 days'
      AND date_trunc('month', i.period_start AT TIME ZONE c.timezone) BETWEEN
          date_trunc('month', %(now)s AT TIME ZONE s.timezone)
          - make_interval(months => %(months)s - 1)
          AND date_trunc('month', %(now)s AT TIME ZONE s.timezone)
    GROUP BY month, running, s.id, s.name, l.currency
    ORDER BY l.currency, s.name, s.id, month
"""


@dataclass(frozen=True, slots=True)
class MonthRevenue:
    """What one seller's invoices of one month and currency come to, before tax and credit."""

    month: date
    running_month: date
    seller_id: int
    seller: str
    currency: str
    recurring: Decimal
    usage: Decimal


def month_revenue(*, now: datetime, months: int = MONTHS) -> list[MonthRevenue]:
    """
    Return revenue by month, seller and currency: sums of lines, upcoming ones as they stand.

    Lines without a meter are recurring. Months without lines are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REVENUE, {"now": now, "months": months})
        return [MonthRevenue(*row) for row in cursor.fetchall()]
