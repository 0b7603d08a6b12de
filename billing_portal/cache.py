"""Where the processes keep what they share for minutes: the database, or Redis."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

CACHE_TABLE = "shared_cache"


def cache_settings(url: str) -> dict[str, Any]:
    """
    Return the cache of this address; an empty one is a table of the database.

    :raises ImproperlyConfigured: for another kind of address.
    """
    if not url:
        return {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": CACHE_TABLE,
            # With Django's 300, three hundred guesses at other people's passwords would make it
            # forget how often one person's was guessed.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    if not url.startswith(("redis://", "rediss://")):
        # Without the rest of it, where a password may stand.
        kind = url.partition("://")[0]
        raise ImproperlyConfigured(
            f"CACHE_URL begins with {kind!r}; it takes redis:// or rediss://, or nothing for the "
            "database"
        )
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
