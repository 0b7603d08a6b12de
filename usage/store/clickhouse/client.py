"""The connection to ClickHouse, one for each process; what fails on it is `StoreUnavailable`."""

import os
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import urllib3
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from django.conf import settings

from usage.store.interface import StoreUnavailable

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 300
_READING = {
    "max_execution_time": 240,
    # The same row twice is always in one month.
    "do_not_merge_across_partitions_select_final": 1,
}
# An answer is there when the rows are; and never one that was left out for being like another:
# what is the same is found by its key when it is read.
_INSERTING = {
    "async_insert": 0,
    "insert_deduplicate": 0,
    "wait_end_of_query": 1,
    "max_insert_threads": 1,
}


def query(sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """
    Return the rows that a query answers; `{name:Type}` in it stands for a parameter.

    :raises StoreUnavailable:
    """
    with _said():
        answer = _client().query(
            sql,
            parameters=dict(parameters or {}),
            settings=_READING,
        )
        return [tuple(row) for row in answer.result_rows]


def execute(statement: str) -> None:
    """
    Run a statement that answers nothing.

    :raises StoreUnavailable:
    """
    with _said():
        _client().command(statement)


def insert(table: str, columns: Iterable[str], parts: Generator[bytes, None, None]) -> None:
    """
    Insert rows as tab-separated text, part by part as they come; all of them, or this raises.

    Some may be there when it does: who inserts the same again changes no sum. However it ends,
    the parts are closed: where they come from is free for what its connection is asked next.

    :raises StoreUnavailable:
    """
    with _said(), closing(parts):
        _client().raw_insert(
            table,
            column_names=list(columns),
            insert_block=parts,
            settings=_INSERTING,
            fmt="TabSeparated",
        )


def address(url: str) -> dict[str, Any]:
    """Return the parts of ``https://user:password@host:port/database`` by the client's names."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    return {
        "interface": parts.scheme,
        "secure": secure,
        "host": parts.hostname,
        "port": parts.port or (8443 if secure else 8123),
        "username": unquote(parts.username or "default"),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.strip("/")) or "default",
    }


def _client() -> Client:
    return _connected(settings.CLICKHOUSE_URL, os.getpid())


# By process: a connection that a fork shares would give one the other's answers.
@lru_cache(maxsize=1)
def _connected(url: str, process: int) -> Client:
    return clickhouse_connect.get_client(
        **address(url),
        connect_timeout=_CONNECT_SECONDS,
        send_receive_timeout=_ANSWER_SECONDS,
        # Many threads ask at once; a session would let one at a time.
        autogenerate_session_id=False,
    )


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except (ClickHouseError, urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreUnavailable(f"ClickHouse, where usage is kept, says: {error}") from error
