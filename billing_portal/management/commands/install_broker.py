"""Makes the broker's tables once, where the broker lives in PostgreSQL."""

import os
from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version
from psycopg.conninfo import make_conninfo

from billing_portal.broker import Broker, broker_kind, pgmq_connection

# Any number that no other code locks: it keeps two installations apart.
ADVISORY_LOCK = 7_346_021_950


class Command(BaseCommand):
    help = "Install the PGMQ queues in the database. Safe to run again; nothing for other brokers."

    def handle(self, *args: Any, **options: Any) -> None:
        kind = broker_kind(os.environ)
        if kind is not Broker.PGMQ:
            self.stdout.write(f"Nothing to install: the broker is {kind}.")
            return
        if _has_its_own_database():
            parameters = make_conninfo("", **pgmq_connection(os.environ))
            with psycopg.connect(parameters) as own, own.cursor() as cursor:
                installed = install_pgmq(cursor)
        else:
            # Django's connection, so that a test's database gets its own queues.
            connection.ensure_connection()
            with transaction.atomic(), connection.connection.cursor() as cursor:
                installed = install_pgmq(cursor)
        version = get_embedded_sql_version()
        self.stdout.write(f"PGMQ {version} installed." if installed else "PGMQ is installed.")


def _has_its_own_database() -> bool:
    return os.environ.get("BROKER_URL", "").strip() not in {"", "pgmq://", "pgmq:///"}


def install_pgmq(cursor: psycopg.Cursor[Any]) -> bool:
    """Make the tables in the cursor's transaction; return False where they are there."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
    row = cursor.fetchone()
    if row is not None and row[0]:
        return False
    cursor.execute(get_embedded_install_sql().encode())
    return True
