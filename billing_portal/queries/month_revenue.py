"""Revenue of the running month and of those before it, by what it is for, without trials."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

MONTHS = 3
"""The running month and two before it, so that its bar has something to stand beside."""

# A line is of the month in which its time begins, by its customer's own calendar: what is paid
# in advance is not of the month whose invoice it stands on. "This month" is the seller's. The
# wide bounds are there for speed: no two zones are two days apart, no period is over a year.
_REVENUE = """
    SELECT (date_trunc('month', l.period_start AT TIME ZONE c.timezone))::date AS month,
           (date_trunc('month', %(now)s AT TIME ZONE s.timezone))::date AS running,
           s.id, s.name, l.currency,
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'recurring'), 0),
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'usage'), 0),
           coalesce(sum(l.amount) FILTER (WHERE l.kind = 'one_time'), 0)
    FROM invoicing_invoice AS i
    JOIN accounts_customer AS c ON c.id = i.customer_id AND NOT c.is_sandbox
    JOIN accounts_legalentity AS s ON s.id = i.legal_entity_id
    CROSS JOIN LATERAL (
        SELECT period_start, currency, amount,
               CASE WHEN section = 'one_time' THEN 'one_time'
                    WHEN meter_id IS NOT NULL OR section IN ('usage', 'overage', 'true_up')
                    THEN 'usage' ELSE 'recurring' END AS kind
        FROM invoicing_invoiceline WHERE invoice_id = i.id
    ) AS l
    WHERE i.state IN ('upcoming', 'draft', 'issued')
      AND i.period_start >= %(now)s - make_interval(months => %(months)s + 12, days => 2)
      AND i.period_end >= %(now)s - make_interval(months => %(months)s, days => 2)
      AND i.period_start < %(now)s + interval '2 days'
      AND date_trunc('month', l.period_start AT TIME ZONE c.timezone) BETWEEN
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
    one_time: Decimal


def month_revenue(*, now: datetime, months: int = MONTHS) -> list[MonthRevenue]:
    """
    Return revenue by month, seller and currency: sums of lines, upcoming ones as they stand.

    Usage is what a meter counts, with true-ups and what its measures bring; platform and seat
    fees are recurring. Months without lines are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REVENUE, {"now": now, "months": months})
        return [MonthRevenue(*row) for row in cursor.fetchall()]
