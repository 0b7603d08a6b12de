"""Events in ClickHouse; keys, voids, quarantine and all that is not an event stay in PostgreSQL."""
