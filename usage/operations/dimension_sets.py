"""The dictionary of combinations of dimensions."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from django.db import connection

Combination = tuple[int, str]


def combination_text(dimensions: Mapping[str, str]) -> str:
    """Return the combination as JSON with sorted names: equal combinations, equal texts."""
    return json.dumps(dict(sorted(dimensions.items())))


def dimension_set_ids(wanted: Iterable[Combination]) -> dict[Combination, int]:
    """
    Return the ids of these combinations, (meter id, combination text), adding new ones.

    Safe to call from several writers at once.
    """
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    by_digest = {(meter, _digest(text)): (meter, text) for meter, text in pairs}
    found = _known(by_digest)
    missing = [pair for pair in pairs if pair not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO usage_dimensionset (meter_id, values, digest)
                SELECT * FROM unnest(%s::int8[], %s::text[]::jsonb[], %s::bytea[])
                ON CONFLICT DO NOTHING
                """,
                [
                    [meter for meter, _ in missing],
                    [text for _, text in missing],
                    [_digest(text) for _, text in missing],
                ],
            )
        found = _known(by_digest)
    return found


def _known(
    by_digest: Mapping[tuple[int, bytes], Combination],
) -> dict[Combination, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.meter_id, d.digest FROM usage_dimensionset AS d
            JOIN unnest(%s::int8[], %s::bytea[]) AS w (meter_id, digest)
              ON w.meter_id = d.meter_id AND w.digest = d.digest
            """,
            [[meter for meter, _ in by_digest], [digest for _, digest in by_digest]],
        )
        return {
            by_digest[meter_id, bytes(digest)]: pk for pk, meter_id, digest in cursor.fetchall()
        }


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
