"""What a snapshot shows, as conditions in SQL."""

# What a snapshot shows, and what the transaction at hand has itself stored.
SHOWN = (
    "(pg_visible_in_snapshot(ingest_tx, %s::pg_snapshot)"
    " OR ingest_tx IS NOT DISTINCT FROM pg_current_xact_id_if_assigned())"
)


def not_void(row: str, snapshot: str = "pg_current_snapshot()") -> str:
    """
    Return the condition that the event of `row` is not void as far as the snapshot shows.

    `row` names a table with a column `key`, `snapshot` is an expression in SQL.
    """
    return (
        f"NOT EXISTS (SELECT 1 FROM usage_void AS void WHERE void.key = {row}.key"
        f" AND usage_shown(void.ingest_tx, {snapshot}))"
    )
