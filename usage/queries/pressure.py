"""Is usage still worked off as fast as it comes?"""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Pressure:
    """How much lies behind the door: requests not rolled up yet, customers not priced yet."""

    requests_behind: int
    customers_waiting: int


def pressure(*, most_requests: int, most_customers: int) -> Pressure:
    """
    Return how far the rollups and the pricing are behind, each counted up to one beyond its most.

    A customer counts once, however much of theirs arrived: one who cannot be priced is one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, {"requests": most_requests + 1, "customers": most_customers + 1})
        return Pressure(*cursor.fetchone())


# From customer to customer by the index, which costs the same however often each is in it.
_BEHIND = """
    WITH RECURSIVE waiting (customer_id) AS (
        (SELECT customer_id FROM usage_usagearrival ORDER BY customer_id LIMIT 1)
        UNION ALL
        SELECT following.customer_id FROM waiting
        CROSS JOIN LATERAL (
            SELECT a.customer_id FROM usage_usagearrival AS a
            WHERE a.customer_id > waiting.customer_id
            ORDER BY a.customer_id LIMIT 1
        ) AS following
    )
    SELECT (SELECT count(*) FROM (
                SELECT 1 FROM usage_receipt
                WHERE ingest_tx >= (SELECT ingest_tx FROM usage_mark)
                LIMIT %(requests)s
            ) AS behind),
           (SELECT count(*) FROM (
                SELECT 1 FROM waiting LIMIT %(customers)s
            ) AS counted)
"""
