"""The meters that a customer has used."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class UsedMeter:
    """A meter that has counted something of a customer, and when its latest event happened."""

    meter_id: int
    code: str
    name: str
    unit: str
    group_keys: tuple[str, ...]
    latest_at: datetime


def used_meters(*, customer_id: int) -> list[UsedMeter]:
    """Return the meters that have counted events of this customer, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.id, m.code, m.display_name, m.unit, m.group_keys, latest.occurred_at
            FROM accounts_customer AS c
            JOIN usage_meter AS m ON m.legal_entity_id = c.legal_entity_id
            CROSS JOIN LATERAL (
                SELECT r.occurred_at FROM usage_reading AS r
                WHERE r.customer_id = c.id AND r.meter_id = m.id
                ORDER BY r.occurred_at DESC LIMIT 1
            ) AS latest
            WHERE c.id = %s ORDER BY m.display_name, m.code
            """,
            [customer_id],
        )
        return [
            UsedMeter(pk, code, name, unit, tuple(keys), latest)
            for pk, code, name, unit, keys, latest in cursor.fetchall()
        ]
