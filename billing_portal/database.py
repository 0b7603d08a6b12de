"""How Django connects to the database that `DATABASE_URL` names."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

NOTICED_SOON = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""
Options of libpq by which a server that is gone without a word is noticed within a minute, not
after the hours that the system would wait: who is stored behind a statement waits as long.
"""


def database_settings(
    named: dict[str, Any], *, kept_seconds: int, prepares: bool
) -> dict[str, Any]:
    """
    Return the settings of a connection, from what its URL says; the URL's own options come first.

    `kept_seconds` is how long a connection stays open for the next request; `prepares` says
    whether its statements may be prepared.

    :raises ImproperlyConfigured: the URL is not one of PostgreSQL.
    """
    if named["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL names another database; only postgres:// will do")
    options = NOTICED_SOON | named.get("OPTIONS", {})
    # A socket folder stands in the URL's options; `dbshell` looks for it among the settings.
    host = options.pop("host", named["HOST"])
    # Which statements a connection prepares is said by accounts.prepared: each at its first time.
    options["prepare_threshold"] = 0 if prepares else None
    return named | {
        "HOST": host,
        "OPTIONS": options,
        "CONN_MAX_AGE": kept_seconds,
        "CONN_HEALTH_CHECKS": True,
    }
