"""
The broker that wakes the workers: PGMQ in the database, Redis or RabbitMQ.

`BROKER_URL` chooses. Work itself waits in the database and every task may
arrive twice, so a broker that loses or repeats a message costs time, not money.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from billing_portal.database import NOTICED_SOON

POSTGRES_SCHEMES = frozenset({"postgres", "postgresql", "psql", "pgsql"})
# What django-environ reads from DATABASE_URL for Django itself, unknown to libpq.
DJANGO_OPTIONS = frozenset(
    {
        "conn_max_age",
        "conn_health_checks",
        "atomic_requests",
        "autocommit",
        "disable_server_side_cursors",
    }
)
# The reserved domain never resolves: `simulate` needs no broker, and whoever does reads why.
NO_DATABASE_HOST = "database-url-is-not-set.invalid"


class InvalidBroker(ValueError):
    """A variable of the broker cannot be used; the text names the variable, never its secrets."""


class Broker(StrEnum):
    PGMQ = "pgmq"
    REDIS = "redis"
    RABBITMQ = "rabbitmq"


_BY_SCHEME = {
    "pgmq": Broker.PGMQ,
    "redis": Broker.REDIS,
    "rediss": Broker.REDIS,
    "amqp": Broker.RABBITMQ,
    "amqps": Broker.RABBITMQ,
}


def broker_kind(environ: Mapping[str, str]) -> Broker:
    """
    Return the broker that `BROKER_URL` names; without the variable it is PGMQ.

    :raises InvalidBroker: for any other scheme.
    """
    url = environ.get("BROKER_URL", "").strip() or "pgmq://"
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.lower() not in _BY_SCHEME:
        raise InvalidBroker(
            "BROKER_URL must begin with pgmq://, redis://, rediss://, amqp:// or amqps://"
        )
    return _BY_SCHEME[scheme.lower()]


def broker_settings(environ: Mapping[str, str]) -> dict[str, object]:
    """
    Return the Celery settings of the broker, by their lower-case names.

    Reads `BROKER_URL`, `DATABASE_URL` (PGMQ lives there unless its URL names
    another database) and `BROKER_VISIBILITY_SECONDS`: after that time a message
    whose worker died is given to another one. It must be longer than the
    slowest task.

    :raises InvalidBroker: for a value that cannot be used.
    """
    visibility_seconds = _visibility_seconds(environ)
    match broker_kind(environ):
        case Broker.PGMQ:
            return {
                # Only a name for logs: the connection is the text below.
                "broker_url": "pgmq://database",
                "broker_transport_options": {
                    "conn_string": _pgmq_text(pgmq_connection(environ)),
                    "init_extension": False,
                    "visibility_timeout": visibility_seconds,
                    "wait_time_seconds": 1,
                    "polling_interval": 0.1,
                    "pool_size": 4,
                    "pool_timeout": 10,
                },
                # Its reply queues take the host's name, and PGMQ's names end at 47 characters.
                "worker_enable_remote_control": False,
            }
        case Broker.REDIS:
            return {
                "broker_url": environ["BROKER_URL"].strip(),
                "broker_transport_options": {
                    "visibility_timeout": visibility_seconds,
                    # By default lost tasks are looked for every 100 seconds only.
                    "unacked_restore_interval": 2,
                    "unacked_restore_throttle": 1,
                },
            }
        case Broker.RABBITMQ:
            return {
                "broker_url": environ["BROKER_URL"].strip(),
                "broker_transport_options": {"confirm_publish": True},
                "task_default_queue_type": "quorum",
            }


def pgmq_connection(environ: Mapping[str, str]) -> dict[str, str]:
    """
    Return the libpq parameters of the database that holds the PGMQ queues.

    That is the one in `BROKER_URL` (pgmq://user:password@host/name) where it
    names one, else the one in `DATABASE_URL`. What the URL does not say, `NOTICED_SOON` does.

    :raises InvalidBroker: where the URL cannot be read.
    """
    name, url = "BROKER_URL", environ.get("BROKER_URL", "").strip()
    parts = urlsplit(url)
    if not parts.netloc and not parts.path.strip("/"):
        name, url = "DATABASE_URL", environ.get("DATABASE_URL", "").strip()
        if not url:
            return {"host": NO_DATABASE_HOST}
        parts = urlsplit(url)
        if parts.scheme not in POSTGRES_SCHEMES:
            raise InvalidBroker("DATABASE_URL must begin with postgres://")
    options = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(key, value) for key, value in options if key.lower() not in DJANGO_OPTIONS]
    query = urlencode(kept, quote_via=quote)  # libpq reads no + for a blank.
    uri = urlunsplit(("postgresql", parts.netloc, parts.path, query, ""))
    try:
        found = conninfo_to_dict(uri)
    except psycopg.ProgrammingError:
        raise InvalidBroker(
            f"{name} is not a PostgreSQL URL; special characters in a password are written as %40"
        ) from None
    said = {key: value for key, value in found.items() if value is not None}
    return {key: str(value) for key, value in (NOTICED_SOON | said).items()}


def _visibility_seconds(environ: Mapping[str, str]) -> int:
    text = environ.get("BROKER_VISIBILITY_SECONDS", "").strip() or "900"
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise InvalidBroker("BROKER_VISIBILITY_SECONDS takes a whole number of seconds from 1 up")
    return int(text)


def _pgmq_text(parameters: Mapping[str, str]) -> str:
    """
    Return the key=value text for pgmq.

    pgmq 1.1 reads five fields from it and joins them to a new text with no
    quotes, dropping all others (`sslmode`, `sslrootcert`). So each field is
    quoted twice, and the others travel behind the password, its last field.
    """
    fields = {
        "host": _literal(parameters.get("host", "")),
        "port": _literal(parameters.get("port", "5432")),
        "dbname": _literal(parameters.get("dbname", "")),
        "user": _literal(parameters.get("user", "")),
        "password": _literal(parameters.get("password", "")),
    }
    others = [f"{key}={_literal(value)}" for key, value in parameters.items() if key not in fields]
    fields["password"] = " ".join([fields["password"], *others])
    return " ".join(f"{key}={_literal(value)}" for key, value in fields.items())


def _literal(value: str) -> str:
    if re.fullmatch(r"[\w./:,@%+-]+", value, re.ASCII):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
