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
            FROM usage_latest(%s) AS latest JOIN usage_meter AS m ON m.id = latest.meter_id
            ORDER BY m.display_name, m.code
            """,
            [customer_id],
        )
        return [
            UsedMeter(pk, code, name, unit, tuple(keys), latest)
            for pk, code, name, unit, keys, latest in cursor.fetchall()
        ]
