"""Where events are kept; one small interface, so that a column store can stand in."""

from usage.store.postgres import PostgresUsageStore

store = PostgresUsageStore()

__all__ = ["store"]
