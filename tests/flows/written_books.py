"""Everything that billing wrote, as plain rows, to compare one run with another."""

from collections.abc import Sequence

from invoicing.queries.invariants import INVARIANTS, contradictions
from tests.refusals import sql

Rows = Sequence[tuple[object, ...]]

# Times at which work was done, random ids and the numbers of transactions differ by themselves.
_TABLES = {
    "invoices": """
        SELECT kind, period_start, period_end, state, number, closes_at, issue_date, due_date,
               subtotal, discounts, tax, total, credits_applied, amount_due, stopped_error,
               seller_snapshot::text, buyer_snapshot::text, carried::text, usage_snapshot <> ''
        FROM invoicing_invoice
    """,
    "lines": """
        SELECT i.kind, i.period_start, l.position, l.section, l.price, l.description, l.quantity,
               l.unit_price, l.exact_amount, l.amount, l.events, l.trace::text
        FROM invoicing_invoiceline AS l JOIN invoicing_invoice AS i ON i.id = l.invoice_id
    """,
    "credit applied": """
        SELECT i.kind, i.period_start, g.code, g.effective_from, a.position, a.amount, a.quantity,
               l.position AS line, s.amount AS share
        FROM invoicing_creditapplication AS a
        JOIN invoicing_invoice AS i ON i.id = a.invoice_id
        JOIN invoicing_grant AS g ON g.id = a.grant_id
        LEFT JOIN invoicing_creditshare AS s ON s.application_id = a.id
        LEFT JOIN invoicing_invoiceline AS l ON l.id = s.line_id
    """,
    "grants": """
        SELECT g.code, g.effective_from, g.expires_at, g.amount, g.quantity, m.kind,
               m.amount AS moved, m.quantity AS units, i.number
        FROM invoicing_grant AS g JOIN invoicing_grantentry AS m ON m.grant_id = g.id
        LEFT JOIN invoicing_invoice AS i ON i.id = m.invoice_id
    """,
    "journal": """
        SELECT e.kind, i.number, g.code, g.effective_from, p.account, p.currency, p.amount
        FROM invoicing_journalentry AS e JOIN invoicing_posting AS p ON p.entry_id = e.id
        LEFT JOIN invoicing_invoice AS i ON i.id = e.invoice_id
        LEFT JOIN invoicing_grant AS g ON g.id = e.grant_id
    """,
    "numbers": "SELECT legal_entity_id, year, is_sandbox, last_number FROM invoicing_numberseries",
    "verdicts": """
        SELECT v.verdict, v.starts_at, v.ends_at, v.quantity, v.events, v.is_final, v.price
        FROM usage_ratingverdict AS v
    """,
}


def written_books() -> dict[str, Rows]:
    """Return what stands in the books, by table, in an order that does not depend on ids."""
    return {name: sql(f"SELECT * FROM ({rows}) AS found ORDER BY found") for name, rows in
            _TABLES.items()}  # fmt: skip


def broken_invariants() -> list[str]:
    """Return the sentences about the books that do not hold."""
    return [each.sentence for each in INVARIANTS if contradictions(each)]


def half_issued() -> Rows:
    """Return invoices that have a part of what an issued one has, and not the rest."""
    return sql(
        """
        SELECT * FROM (
            SELECT i.id, i.state, i.number IS NOT NULL AS numbered, i.issued_at IS NOT NULL AS told,
                   i.seller_snapshot <> '{}' AS frozen,
                   (SELECT count(*) FROM invoicing_journalentry AS e
                    WHERE e.invoice_id = i.id AND e.kind = 'invoice') AS posted,
                   EXISTS (SELECT 1 FROM invoicing_grantentry AS m WHERE m.invoice_id = i.id)
                   OR EXISTS (SELECT 1 FROM invoicing_journalentry AS e
                              WHERE e.invoice_id = i.id AND e.kind = 'credit') AS drawn
            FROM invoicing_invoice AS i
        ) AS found
        WHERE NOT (state = 'issued' AND numbered AND told AND frozen AND posted = 1)
          AND NOT (state IN ('upcoming', 'draft') AND NOT numbered AND NOT told AND NOT frozen
                   AND posted = 0 AND NOT drawn)
        """
    )
