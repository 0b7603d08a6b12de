"""What must hold between journal, wallets, invoices and usage, each as one query."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence about the books, and the query whose rows contradict it."""

    sentence: str
    counterexamples: str


INVARIANTS = (
    Invariant(
        "Every journal entry balances in each currency.",
        "SELECT entry_id, currency, sum(amount) FROM invoicing_posting "
        "GROUP BY entry_id, currency HAVING sum(amount) <> 0",
    ),
    Invariant(
        "The credit owed to customers is what is left of their grants.",
        """
        SELECT coalesce(j.customer_id, w.customer_id), j.owed, w.held
        FROM (SELECT e.customer_id, p.currency, -sum(p.amount) AS owed
              FROM invoicing_posting AS p JOIN invoicing_journalentry AS e ON e.id = p.entry_id
              WHERE p.account = 'customer_credit' GROUP BY 1, 2) AS j
        FULL JOIN (SELECT g.customer_id, m.currency, sum(m.amount) AS held
                   FROM invoicing_grantentry AS m JOIN invoicing_grant AS g ON g.id = m.grant_id
                   GROUP BY 1, 2) AS w
          ON w.customer_id = j.customer_id AND w.currency = j.currency
        WHERE coalesce(j.owed, 0) <> coalesce(w.held, 0)
        """,
    ),
    Invariant(
        "What an issued invoice left receivable is its amount due.",
        """
        SELECT i.number, i.amount_due, coalesce(sum(p.amount), 0)
        FROM invoicing_invoice AS i
        LEFT JOIN invoicing_journalentry AS e ON e.invoice_id = i.id
        LEFT JOIN invoicing_posting AS p ON p.entry_id = e.id AND p.account = 'receivable'
        WHERE i.state = 'issued'
        GROUP BY i.id HAVING i.amount_due <> coalesce(sum(p.amount), 0)
        """,
    ),
    Invariant(
        "The lines of an invoice add up to its subtotal.",
        """
        SELECT i.id, i.subtotal, coalesce(sum(l.amount), 0)
        FROM invoicing_invoice AS i LEFT JOIN invoicing_invoiceline AS l ON l.invoice_id = i.id
        GROUP BY i.id HAVING i.subtotal <> coalesce(sum(l.amount), 0)
        """,
    ),
    Invariant(
        "Invoice numbers of a seller and year leave no gap.",
        """
        SELECT coalesce(s.legal_entity_id, i.legal_entity_id), coalesce(s.year, i.year),
               coalesce(s.is_sandbox, i.is_sandbox), s.last_number, i.used, i.highest
        FROM invoicing_numberseries AS s
        FULL JOIN (SELECT n.legal_entity_id, extract(year FROM n.issue_date) AS year, c.is_sandbox,
                          count(DISTINCT substring(n.number FROM '[0-9]+$')::int) AS used,
                          max(substring(n.number FROM '[0-9]+$')::int) AS highest
                   FROM invoicing_invoice AS n
                   JOIN accounts_customer AS c ON c.id = n.customer_id
                   WHERE n.number IS NOT NULL GROUP BY 1, 2, 3) AS i
          ON i.legal_entity_id = s.legal_entity_id AND i.year = s.year
         AND i.is_sandbox = s.is_sandbox
        WHERE coalesce(s.last_number, 0) <> coalesce(i.used, 0)
           OR coalesce(s.last_number, 0) <> coalesce(i.highest, 0)
        """,
    ),
    Invariant(
        "What an issued invoice applied of a grant was drawn from it.",
        """
        SELECT coalesce(a.invoice_id, m.invoice_id), a.grant_id,
               coalesce(a.quantity, a.amount), coalesce(m.quantity, m.amount)
        FROM (SELECT a.* FROM invoicing_creditapplication AS a
              JOIN invoicing_invoice AS i ON i.id = a.invoice_id
              WHERE i.state IN ('issued', 'void')) AS a
        FULL JOIN (SELECT * FROM invoicing_grantentry WHERE kind = 'drawn') AS m
          ON m.invoice_id = a.invoice_id AND m.grant_id = a.grant_id
        WHERE coalesce(a.quantity, a.amount, 0) <> -coalesce(m.quantity, m.amount, 0)
        """,
    ),
    Invariant(
        "Credit applied to an invoice is spread over its lines to the last cent.",
        """
        SELECT a.invoice_id, a.grant_id, a.amount, coalesce(sum(s.amount), 0)
        FROM invoicing_creditapplication AS a
        LEFT JOIN invoicing_creditshare AS s ON s.application_id = a.id
        GROUP BY a.id HAVING a.amount <> coalesce(sum(s.amount), 0)
        """,
    ),
    Invariant(
        "Every key that was taken has its event, waits or was discarded, or its month is archived.",
        """
        SELECT k.key FROM usage_key AS k
        WHERE NOT EXISTS (SELECT 1 FROM usage_event AS e
                          WHERE e.occurred_at = k.occurred_at AND e.key = k.key)
          AND NOT EXISTS (SELECT 1 FROM usage_quarantinedevent AS q
                          WHERE q.key = k.key
                            AND (q.resolved_at IS NULL OR q.discarded_reason <> ''))
          AND NOT EXISTS (SELECT 1 FROM usage_archive AS a WHERE a.state = 'archived'
                          AND a.starts_at <= k.occurred_at AND k.occurred_at < a.ends_at)
        """,
    ),
    Invariant(
        "Every event has its key, and every reading its event.",
        """
        SELECT e.key, e.occurred_at FROM usage_event AS e
        WHERE NOT EXISTS (SELECT 1 FROM usage_key AS k WHERE k.key = e.key)
        UNION ALL
        SELECT r.key, r.occurred_at FROM usage_reading AS r
        WHERE NOT EXISTS (SELECT 1 FROM usage_event AS e
                          WHERE e.occurred_at = r.occurred_at AND e.key = r.key)
        """,
    ),
    Invariant(
        # A dump that is restored elsewhere brings numbers of transactions still to come there:
        # no snapshot would show the usage, and no invoice would bill it.
        "Every reading was stored by a transaction of this database.",
        """
        SELECT key, ingest_tx FROM usage_reading
        WHERE ingest_tx >= pg_snapshot_xmax(pg_current_snapshot())
          AND ingest_tx IS DISTINCT FROM pg_current_xact_id_if_assigned()
        """,
    ),
    Invariant(
        # Of lines whose quantity is the plain sum of one combination: no tier, no allowance, no
        # rounding or other unit, no level over time, no outcome that counts at another time.
        "An issued line counts exactly the events that it showed when it was issued.",
        """
        SELECT l.id, l.quantity, l.events
        FROM invoicing_invoiceline AS l JOIN invoicing_invoice AS i ON i.id = l.invoice_id
        JOIN usage_meter AS m ON m.id = l.meter_id AND m.aggregation IN ('count', 'sum')
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(r.quantity), 0) AS quantity, count(*) AS events
            FROM usage_reading AS r
            WHERE r.customer_id = i.customer_id AND r.meter_id = l.meter_id
              AND r.dimensions_id = l.dimension_set_id
              AND r.occurred_at >= l.usage_from AND r.occurred_at < l.usage_to
              AND usage_shown(r.ingest_tx, i.usage_snapshot::pg_snapshot)
              AND NOT EXISTS (
                  SELECT 1 FROM usage_void AS v WHERE v.key = r.key
                  AND usage_shown(v.ingest_tx, i.usage_snapshot::pg_snapshot))
        ) AS counted
        WHERE i.state = 'issued' AND l.dimension_set_id IS NOT NULL AND l.events IS NOT NULL
          AND coalesce(l.trace->>'model', 'per_unit') = 'per_unit'
          AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(l.trace->'steps') AS step
                          WHERE step->>'step' <> 'counted')
          AND NOT EXISTS (SELECT 1 FROM catalog_priceversion AS v
                          JOIN catalog_price AS p ON p.id = v.price_id
                          WHERE p.legal_entity_id = i.legal_entity_id AND p.code = l.price
                            AND jsonb_exists(v.terms_keys, 'outcome'))
          AND (counted.quantity <> l.quantity OR counted.events <> l.events)
          AND NOT EXISTS (SELECT 1 FROM usage_archive AS a WHERE a.state = 'archived'
                          AND a.starts_at < l.usage_to AND l.usage_from < a.ends_at)
        """,
    ),
)


def contradictions(invariant: Invariant, *, limit: int = 10) -> list[tuple[object, ...]]:
    """Return the first rows that contradict an invariant; none if it holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({invariant.counterexamples}) AS found LIMIT %s", [limit])
        return list(cursor.fetchall())
