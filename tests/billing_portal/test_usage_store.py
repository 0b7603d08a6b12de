"""The setting that says which database keeps the events."""

import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing_portal.usage_store import usage_store_settings
from tests.flows.processes import PROJECT, environ

URL = "https://user:secret@clickhouse.example:8443/usage"


def test_postgresql_needs_no_address_and_keeps_none() -> None:
    assert usage_store_settings("postgres", "") == ("postgres", "")
    assert usage_store_settings("postgres", URL) == ("postgres", "")


def test_clickhouse_has_an_address() -> None:
    assert usage_store_settings("clickhouse", URL) == ("clickhouse", URL)


def test_another_store_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="USAGE_STORE is 'mysql'"):
        usage_store_settings("mysql", URL)


@pytest.mark.parametrize(
    "url",
    ["", "clickhouse.example", "clickhouse://secret@host/", "https://", "http://secret@host:x/",
     "https://secret@host/db?compress=false"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CLICKHOUSE_URL is not such as") as refused:
        usage_store_settings("clickhouse", url)

    assert "secret" not in str(refused.value)


LOADED = """
import django, sys
django.setup()
from usage.store import store
print(type(store).__name__, "clickhouse_connect" in sys.modules)
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "variables, chosen",
    [
        ({}, "PostgresUsageStore False"),
        ({"USAGE_STORE": "clickhouse", "CLICKHOUSE_URL": URL}, "ClickHouseUsageStore True"),
    ],
    ids=["postgres", "clickhouse"],
)
def test_one_setting_chooses_the_store_and_loads_what_it_needs(
    variables: dict[str, str], chosen: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=PROJECT,
        env={**environ(**variables), "DJANGO_SETTINGS_MODULE": "billing_portal.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout.strip()) == (0, chosen), ended.stderr
