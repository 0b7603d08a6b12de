"""Stands where no database is configured and says so at the first connection."""

from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL without an address: everything but connecting works."""

    def get_connection_params(self) -> dict[str, Any]:
        return self._no_database()

    def _no_database(self) -> NoReturn:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. Point it at a PostgreSQL database, for example "
            "postgres://user:password@host/name, or run `python3 run.py demo`, which brings one."
        )
