"""The tables in ClickHouse. A row may stand in them twice, and is one row to whoever reads."""

from usage.store.clickhouse.client import execute

# 76 digits hold whatever the door lets in (18 places, times credits of 18) and any sum of it.
PLACES = 36

# On the disk before the answer: what is taken off PostgreSQL's hands is here for good.
_SAFELY = "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"

TABLES = (
    f"""
    CREATE TABLE IF NOT EXISTS usage_record (
        customer_id UInt32,
        meter_id UInt32,
        occurred_at DateTime64(6, 'UTC'),
        key UUID,
        ingest_tx UInt64,
        received_at DateTime64(6, 'UTC'),
        dimensions_id UInt32,
        source_id UInt32,
        quantity Decimal(76, {PLACES}),
        event_name LowCardinality(String),
        idempotency_key String,
        sent String CODEC(ZSTD(3)),
        INDEX usage_record_arrived ingest_tx TYPE minmax GRANULARITY 1,
        INDEX usage_record_of_event key TYPE bloom_filter(0.01) GRANULARITY 1
    )
    ENGINE = ReplacingMergeTree
    PARTITION BY toYYYYMM(occurred_at)
    ORDER BY (customer_id, meter_id, occurred_at, key)
    {_SAFELY}
    """,
    f"""
    CREATE TABLE IF NOT EXISTS usage_void (
        customer_id UInt32,
        occurred_at DateTime64(6, 'UTC'),
        key UUID,
        ingest_tx UInt64,
        INDEX usage_void_arrived ingest_tx TYPE minmax GRANULARITY 1
    )
    ENGINE = ReplacingMergeTree
    PARTITION BY toYYYYMM(occurred_at)
    ORDER BY (customer_id, occurred_at, key)
    {_SAFELY}
    """,
    # How far it goes, by installation: a database that was restored, or is somebody else's, must
    # not answer as if it had everything.
    f"""
    CREATE TABLE IF NOT EXISTS usage_moved (
        installation UUID,
        ingest_tx UInt64
    )
    ENGINE = ReplacingMergeTree(ingest_tx)
    ORDER BY installation
    {_SAFELY}
    """,
)


def make_tables() -> None:
    """
    Make the tables that are not there; those that are stay as they are.

    :raises StoreUnavailable:
    """
    for statement in TABLES:
        execute(statement)
