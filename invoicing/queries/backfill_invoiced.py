"""Whether what a backfill did is in an issued invoice."""

from django.db import connection

from invoicing.models import InvoiceState
from usage.models import Backfill


def is_invoiced(*, backfill: Backfill) -> bool:
    """
    Return whether an issued invoice has seen an event that the backfill added or made void.

    One of its period or a later one, which names it as late. What its events replaced, and
    what was amended or moved to stand in for them since, is its doing too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE added AS (
                SELECT s.stored_key AS key FROM usage_staged_event AS s
                WHERE s.backfill_id = %(backfill)s
                  AND s.outcome IN ('accepted', 'replaced', 'quarantined')
                UNION
                SELECT v.replaced_by FROM added JOIN usage_void AS v ON v.key = added.key
                WHERE v.replaced_by IS NOT NULL
            )
            SELECT EXISTS (
                SELECT 1
                FROM (
                    SELECT r.customer_id, r.occurred_at, r.ingest_tx
                    FROM added
                    JOIN usage_key AS k ON k.key = added.key
                    JOIN usage_record AS r ON r.occurred_at = k.occurred_at AND r.key = k.key
                    WHERE r.sent IS NOT NULL
                    UNION ALL
                    SELECT v.customer_id, v.occurred_at, v.ingest_tx
                    FROM added JOIN usage_void AS v ON v.replaced_by = added.key
                    UNION ALL
                    SELECT v.customer_id, v.occurred_at, v.ingest_tx
                    FROM usage_backfill_void AS b JOIN usage_void AS v ON v.key = b.key
                    WHERE b.backfill_id = %(backfill)s
                ) AS done
                JOIN invoicing_invoice AS i ON i.customer_id = done.customer_id
                WHERE i.state = %(issued)s AND i.period_end > done.occurred_at
                  AND i.usage_snapshot <> ''
                  AND usage_shown(done.ingest_tx, i.usage_snapshot::pg_snapshot)
            )
            """,
            {"backfill": backfill.pk, "issued": InvoiceState.ISSUED.value},
        )
        return bool(cursor.fetchone()[0])
