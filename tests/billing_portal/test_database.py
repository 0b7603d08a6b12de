"""The settings of the connection to the database."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from billing_portal.database import database_settings
from billing_portal.variables import env


def settings_of(url: str, *, kept_seconds: int = 60, prepares: bool = True) -> dict[str, Any]:
    named = env.db_url_config(url)
    return database_settings(named, kept_seconds=kept_seconds, prepares=prepares)


@pytest.mark.django_db
def test_a_server_that_is_gone_is_noticed_within_a_minute() -> None:
    connection.ensure_connection()

    said = connection.connection.info.get_parameters()

    assert said["connect_timeout"] == "10"
    assert int(said["keepalives_idle"]) + 3 * int(said["keepalives_interval"]) == 60
    assert said["keepalives_count"] == "3"
    assert said["tcp_user_timeout"] == "60000"


def test_what_the_url_says_comes_first() -> None:
    options = settings_of("postgres://billing@db/billing?keepalives_idle=5&sslmode=require")[
        "OPTIONS"
    ]

    assert (int(options["keepalives_idle"]), options["keepalives_count"]) == (5, 3)
    assert options["sslmode"] == "require"


def test_a_folder_of_the_socket_is_the_host() -> None:
    settings = settings_of("postgres://billing@/billing?host=/run/postgresql")

    assert settings["HOST"] == "/run/postgresql"
    assert "host" not in settings["OPTIONS"]


def test_a_host_stays() -> None:
    assert settings_of("postgres://billing@db:5433/billing")["HOST"] == "db"


@pytest.mark.parametrize(
    "prepares, threshold", [(True, 0), (False, None)], ids=["prepared", "not-prepared"]
)
def test_statements_are_prepared_where_they_may_be(prepares: bool, threshold: int | None) -> None:
    settings = settings_of("postgres://billing@db/billing", kept_seconds=0, prepares=prepares)

    assert settings["OPTIONS"]["prepare_threshold"] == threshold
    assert settings["CONN_MAX_AGE"] == 0


def test_another_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="only postgres:// will do"):
        settings_of("mysql://billing@db/billing")
