import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kombu.connection import Connection
from pgmq.base import PGMQConfig
from psycopg.conninfo import conninfo_to_dict

from billing_portal.broker import InvalidBroker, broker_settings
from billing_portal.database import NOTICED_SOON
from billing_portal.management.commands.install_broker import install_pgmq
from launch.folders import server_user, temporary_folder
from launch.postgres import temporary_server

DATABASE_URL = "postgres://billing@/billing?host=%2Ftmp%2Fbilling-x%2Fsocket&port=5432"
NOTICED = {name: str(value) for name, value in NOTICED_SOON.items()}


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    folder = temporary_folder(user=server_user())
    packages = [Path(sysconfig.get_path("purelib"))]
    with temporary_server(folder, site_packages=packages) as server:
        yield server.database_url


def transport_options(environ: dict[str, str]) -> dict[str, Any]:
    options = broker_settings(environ)["broker_transport_options"]
    assert isinstance(options, dict)
    return options


def connected_to(environ: dict[str, str]) -> dict[str, Any]:
    """What libpq gets in the end, after pgmq has taken the text apart and joined it again."""
    rebuilt = PGMQConfig(conn_string=transport_options(environ)["conn_string"]).dsn
    return {key: value for key, value in conninfo_to_dict(rebuilt).items() if value}


def test_without_a_variable_the_queues_are_in_the_database() -> None:
    settings = broker_settings({"DATABASE_URL": DATABASE_URL})

    assert settings == {
        "broker_url": "pgmq://database",
        "broker_transport_options": {
            "conn_string": "host=/tmp/billing-x/socket port=5432 dbname=billing user=billing "
            "password='\\'\\' connect_timeout=10 keepalives_idle=30 keepalives_interval=10 "
            "keepalives_count=3 tcp_user_timeout=60000'",
            "init_extension": False,
            "visibility_timeout": 900,
            "wait_time_seconds": 1,
            "polling_interval": 0.1,
            "pool_size": 4,
            "pool_timeout": 10,
        },
        "worker_enable_remote_control": False,
    }


def test_pgmq_reaches_the_socket_of_the_database() -> None:
    assert connected_to({"DATABASE_URL": DATABASE_URL}) == {
        "host": "/tmp/billing-x/socket",
        "port": "5432",
        "dbname": "billing",
        "user": "billing",
        **NOTICED,
    }


def test_quotes_and_encryption_survive_what_pgmq_does_to_the_text() -> None:
    url = (
        "postgresql://me:it%27s%20a%5C%40secret@db.example.com/the%20bills"
        "?sslmode=verify-full&sslrootcert=%2Fetc%2Fmy%20ca.pem&conn_max_age=60"
    )

    assert connected_to({"DATABASE_URL": url}) == {
        "host": "db.example.com",
        "port": "5432",
        "dbname": "the bills",
        "user": "me",
        "password": "it's a\\@secret",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/my ca.pem",
        **NOTICED,
    }


def test_the_queues_may_have_a_database_of_their_own() -> None:
    environ = {"BROKER_URL": "pgmq://q:pw@queues:6432/jobs", "DATABASE_URL": DATABASE_URL}

    assert connected_to(environ) == {
        "host": "queues",
        "port": "6432",
        "dbname": "jobs",
        "user": "q",
        "password": "pw",
        **NOTICED,
    }


def test_the_url_says_how_soon_a_server_that_is_gone_is_noticed() -> None:
    environ = {"DATABASE_URL": f"{DATABASE_URL}&tcp_user_timeout=5000"}

    assert connected_to(environ)["tcp_user_timeout"] == "5000"


def test_without_a_database_nothing_is_asked_of_localhost() -> None:
    assert connected_to({})["host"] == "database-url-is-not-set.invalid"


def test_redis_finds_lost_tasks_within_seconds() -> None:
    assert broker_settings({"BROKER_URL": "redis://cache:6379/1"}) == {
        "broker_url": "redis://cache:6379/1",
        "broker_transport_options": {
            "visibility_timeout": 900,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
        },
    }


def test_rabbitmq_gets_quorum_queues() -> None:
    assert broker_settings({"BROKER_URL": "amqp://user:pw@rabbit//"}) == {
        "broker_url": "amqp://user:pw@rabbit//",
        "broker_transport_options": {"confirm_publish": True},
        "task_default_queue_type": "quorum",
    }


@pytest.mark.parametrize("url", ["sqs://", "redis", "://x", "memory://"])
def test_another_broker_is_refused(url: str) -> None:
    with pytest.raises(InvalidBroker, match="BROKER_URL must begin with"):
        broker_settings({"BROKER_URL": url})


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "soon", "٣"])
def test_a_visibility_that_is_no_number_of_seconds_is_refused(text: str) -> None:
    with pytest.raises(InvalidBroker, match="BROKER_VISIBILITY_SECONDS"):
        broker_settings({"BROKER_VISIBILITY_SECONDS": text})


def test_a_refused_address_does_not_show_its_password() -> None:
    with pytest.raises(InvalidBroker) as refusal:
        broker_settings({"DATABASE_URL": "postgres://me:secret%zz@host/name"})

    assert "secret" not in str(refusal.value)
    assert "DATABASE_URL is not a PostgreSQL URL" in str(refusal.value)


def test_two_installations_at_once_make_one(database_url: str) -> None:
    def install(_: int) -> bool:
        with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
            return install_pgmq(cursor)

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(install, range(4)))

    assert sorted(made) == [False, False, False, True]


def test_a_message_travels_through_the_database(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        install_pgmq(cursor)

    assert sent_and_received(broker_settings({"DATABASE_URL": database_url})) == {"invoice": 7}


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no Redis server is installed")
def test_a_message_travels_through_redis(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    redis = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        settings = broker_settings({"BROKER_URL": f"redis://127.0.0.1:{port}/0"})

        assert sent_and_received(settings) == {"invoice": 7}
    finally:
        redis.terminate()
        redis.wait()


def wait_for_port(port: int) -> None:
    patience = time.monotonic() + 10
    while time.monotonic() < patience:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def sent_and_received(settings: dict[str, Any]) -> object:
    url, options = settings["broker_url"], settings["broker_transport_options"]
    with Connection(url, transport_options=options) as connection:
        queue = connection.SimpleQueue("probe")
        queue.put({"invoice": 7})
        message = queue.get(timeout=10)
        message.ack()
        queue.close()
        return message.payload
