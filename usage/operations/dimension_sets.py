"""The dictionary of combinations of dimensions."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection, transaction

from accounts.prepared import run_prepared

Combination = tuple[int, str]

# An id never changes and never goes: who has seen it committed need not ask again. Remembered no
# longer than the connection lasts, so that nothing outlives a database that is put back.
_committed: WeakKeyDictionary[Any, dict[Combination, int]] = WeakKeyDictionary()
_MOST_REMEMBERED = 100_000


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
    remembered = _remembered()
    known = {pair: remembered[pair] for pair in pairs if pair in remembered}
    if len(known) == len(pairs):
        return known
    found = _stored(pairs)
    transaction.on_commit(lambda: remembered.update(found))
    return found


def _remembered() -> dict[Combination, int]:
    connection.ensure_connection()
    remembered = _committed.setdefault(connection.connection, {})
    if len(remembered) > _MOST_REMEMBERED:
        remembered.clear()
    return remembered


def _stored(pairs: Sequence[Combination]) -> dict[Combination, int]:
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
    rows = run_prepared(
        """
        SELECT d.id, d.meter_id, d.digest FROM usage_dimensionset AS d
        JOIN unnest(%s::int8[], %s::bytea[]) AS w (meter_id, digest)
          ON w.meter_id = d.meter_id AND w.digest = d.digest
        """,
        [[meter for meter, _ in by_digest], [digest for _, digest in by_digest]],
    )
    return {by_digest[meter_id, bytes(digest)]: pk for pk, meter_id, digest in rows}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
