"""Where events are kept; one small interface, so that a column store can stand in."""

from django.conf import settings

from usage.store.postgres import PostgresUsageStore


def _chosen() -> PostgresUsageStore:
    if settings.USAGE_STORE != "clickhouse":
        return PostgresUsageStore()
    # Its client is loaded where it is used alone.
    from usage.store.clickhouse.store import ClickHouseUsageStore  # noqa: PLC0415

    return ClickHouseUsageStore()


store = _chosen()

__all__ = ["store"]
