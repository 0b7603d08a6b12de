"""One row for each event and meter, sums by the hour, voids; what was stored is carried over."""

import hashlib
import re
from pathlib import Path

from django.db import migrations, models

_HERE = Path(__file__)
_UUID7 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII | re.IGNORECASE)
_CROCKFORD = str.maketrans("ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUV")

_CARRY = """
    INSERT INTO usage_record (occurred_at, received_at, ingest_tx, key, customer_id, meter_id,
        dimensions_id, source_id, quantity, event_name, idempotency_key, sent)
    SELECT occurred_at, received_at, ingest_tx, key, customer_id, meter_id, dimensions_id,
           source_id, quantity, CASE WHEN place = 1 THEN event_name END,
           CASE WHEN place = 1 THEN idempotency_key END, CASE WHEN place = 1 THEN sent END
    FROM (
        SELECT e.occurred_at, e.received_at, coalesce(r.ingest_tx, '0') AS ingest_tx,
               coalesce(n.new, e.key) AS key, e.customer_id, coalesce(r.meter_id, 0) AS meter_id,
               coalesce(r.dimensions_id, 0) AS dimensions_id, e.source_id,
               coalesce(r.quantity, 0) AS quantity, e.event_name, e.idempotency_key, e.sent,
               row_number() OVER (PARTITION BY e.occurred_at, e.key ORDER BY r.meter_id) AS place
        FROM usage_event AS e
        LEFT JOIN usage_reading AS r ON r.occurred_at = e.occurred_at AND r.key = e.key
        LEFT JOIN usage_rekeyed AS n ON n.old = e.key
    ) AS carried
    ORDER BY ingest_tx, occurred_at
"""
_REKEY = """
    ALTER TABLE usage_key DISABLE TRIGGER usage_key_is_kept;
    ALTER TABLE usage_quarantinedevent DISABLE TRIGGER USER;
    UPDATE usage_key AS k SET key = n.new FROM usage_rekeyed AS n WHERE k.key = n.old;
    UPDATE usage_quarantinedevent AS q SET key = n.new FROM usage_rekeyed AS n
        WHERE q.key = n.old;
    ALTER TABLE usage_quarantinedevent ENABLE TRIGGER USER;
    ALTER TABLE usage_key ENABLE TRIGGER usage_key_is_kept;
    DROP TABLE usage_rekeyed;
"""
_SENT = """
    SELECT key, source_id, idempotency_key FROM usage_event
    UNION SELECT key, source_id, idempotency_key FROM usage_quarantinedevent
"""


def carry_over(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE usage_rekeyed (old uuid PRIMARY KEY, new uuid NOT NULL)")
        cursor.execute(f"DECLARE sent CURSOR FOR {_SENT}")
        while True:
            cursor.execute("FETCH 10000 FROM sent")
            rows = cursor.fetchall()
            if not rows:
                break
            cursor.executemany(
                "INSERT INTO usage_rekeyed VALUES (%s, %s)",
                [(old, _new_key(old, *said)) for old, *said in rows if _time(said[1])],
            )
        cursor.execute("CLOSE sent")
        for month in _months(cursor, "usage_event"):
            _make_month(cursor, "usage_record", month)
        cursor.execute(_CARRY)
        cursor.execute(_REKEY)


def carry_back(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for month in _months(cursor, "usage_record"):
            _make_month(cursor, "usage_event", month)
            _make_month(cursor, "usage_reading", month)
        cursor.execute("CREATE TEMP TABLE usage_rekeyed (old uuid PRIMARY KEY, new uuid NOT NULL)")
        cursor.execute(
            """
            INSERT INTO usage_rekeyed
            SELECT key, new FROM (
                SELECT key, encode(substring(sha256(convert_to(
                    source_id || E'\\n' || idempotency_key, 'UTF8')) FOR 16), 'hex')::uuid AS new
                FROM (
                    SELECT key, source_id, idempotency_key FROM usage_record
                    WHERE sent IS NOT NULL
                    UNION
                    SELECT key, source_id, idempotency_key FROM usage_quarantinedevent
                ) AS sent
            ) AS hashed WHERE key <> new;
            INSERT INTO usage_event SELECT occurred_at, coalesce(n.new, key), source_id,
                customer_id, received_at, event_name, idempotency_key, sent
            FROM usage_record LEFT JOIN usage_rekeyed AS n ON n.old = key WHERE sent IS NOT NULL;
            INSERT INTO usage_reading SELECT occurred_at, coalesce(n.new, key), ingest_tx,
                customer_id, meter_id, dimensions_id, quantity
            FROM usage_record LEFT JOIN usage_rekeyed AS n ON n.old = key WHERE meter_id <> 0
            """
        )
        cursor.execute(_REKEY)


def _new_key(old, source_id, idempotency_key):
    digest = hashlib.sha256(f"{source_id}\n{idempotency_key}".encode()).digest()
    return (_time(idempotency_key) + digest[:10]).hex()


def _time(text):
    """Return the first six bytes of a time-ordered key, None of any other."""
    if _UUID7.fullmatch(text):
        return bytes.fromhex(text[:8] + text[9:13])
    if _ULID.fullmatch(text):
        return int(text[:10].upper().translate(_CROCKFORD), 32).to_bytes(6)
    return None


def _months(cursor, table):
    cursor.execute(
        "SELECT inhrelid::regclass::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits "
        "JOIN pg_class AS c ON c.oid = inhrelid WHERE inhparent = %s::regclass ORDER BY 1",
        [table],
    )
    return [(name[-7:], bounds) for name, bounds in cursor.fetchall()]


def _make_month(cursor, table, month):
    suffix, bounds = month
    cursor.execute(f"CREATE TABLE {table}_{suffix} PARTITION OF {table} {bounds}")


class Migration(migrations.Migration):
    dependencies = [("usage", "0005_reversals")]

    operations = [
        # In the migration's one transaction: nothing comes to what is carried over meanwhile.
        migrations.RunSQL(
            sql="LOCK TABLE usage_key, usage_event, usage_reading, usage_quarantinedevent "
            "IN SHARE ROW EXCLUSIVE MODE",
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            sql=_HERE.with_name("usage_records.sql").read_text(),
            reverse_sql="""
                DROP FUNCTION usage_latest, usage_sums, usage_shown, usage_hour_of;
                DROP TABLE usage_mark, usage_hour, usage_void, usage_record;
            """,
        ),
        migrations.RunPython(carry_over, carry_back),
        migrations.RunSQL(
            sql="DROP TABLE usage_reading; DROP TABLE usage_event;",
            reverse_sql=_HERE.with_name("event_tables_again.sql").read_text(),
        ),
        migrations.RunSQL(
            sql=_HERE.with_name("event_views.sql").read_text(),
            reverse_sql="DROP VIEW usage_reading; DROP VIEW usage_event;",
        ),
        migrations.CreateModel(
            name="EventVoid",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("customer_id", models.IntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("replaced_by", models.UUIDField(null=True)),
            ],
            options={"db_table": "usage_void", "managed": False},
        ),
        # What was billed and is void now is late usage of less than nothing.
        migrations.AlterField(
            model_name="ratingverdict", name="events", field=models.BigIntegerField()
        ),
    ]
