"""A usage store on ClickHouse's engine."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from usage.store.clickhouse.client import execute
from usage.store.clickhouse.schema import make_tables
from usage.store.clickhouse.store import ClickHouseUsageStore

SERVER = Path(__file__).with_name("server.py")


@pytest.fixture(scope="session")
def clickhouse_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the engine, which runs in a process of its own."""
    if find_spec("chdb") is None:
        pytest.skip("ClickHouse's engine is not there for this machine")
    folder = tmp_path_factory.mktemp("clickhouse")
    with subprocess.Popen(
        [sys.executable, str(SERVER), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        try:
            yield f"http://127.0.0.1:{int(running.stdout.readline())}/default"
        finally:
            running.kill()


@pytest.fixture
def clickhouse(
    committed: None, settings: Settings, clickhouse_url: str
) -> Iterator[ClickHouseUsageStore]:
    """The store on ClickHouse, with nothing in it."""
    settings.CLICKHOUSE_URL = clickhouse_url
    make_tables()
    for table in ("usage_record", "usage_void", "usage_moved"):
        execute(f"TRUNCATE TABLE {table}")
    yield ClickHouseUsageStore()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE usage_moved SET ingest_tx = '0'")
