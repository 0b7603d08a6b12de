"""Which database keeps the events of usage."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

STORES = ("postgres", "clickhouse")


def usage_store_settings(store: str, url: str) -> tuple[str, str]:
    """
    Return the store and the address of ClickHouse, which is empty where it is not the store.

    :raises ImproperlyConfigured: for another store, or an address that is none.
    """
    if store not in STORES:
        raise ImproperlyConfigured(f"USAGE_STORE is {store!r}; it takes postgres or clickhouse")
    if store == "postgres":
        return store, ""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_address = is_address and parts.port != 0 and not parts.query
    except ValueError:
        is_address = False
    if not is_address:
        # Without what it says: a password may stand in it.
        raise ImproperlyConfigured(
            "CLICKHOUSE_URL is not such as https://user:password@host:8443/database, which "
            "USAGE_STORE=clickhouse needs"
        )
    return store, url
