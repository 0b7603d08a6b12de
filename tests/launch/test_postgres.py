import os
import signal
import stat
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import environ
import psycopg
import pytest

from launch.folders import server_user
from launch.lifeline import alive
from launch.postgres import LONGEST_SOCKET_FOLDER, PostgresServer, running_database_url
from launch.starter_lock import AlreadyRunning

PROJECT = Path(__file__).resolve().parents[2]
SITE_PACKAGES = (Path(sysconfig.get_path("purelib")),)

STARTER = """
import sys, sysconfig, time
from pathlib import Path
from launch.postgres import PostgresServer
packages = [Path(sysconfig.get_path("purelib"))]
server = PostgresServer(Path(sys.argv[1]), site_packages=packages, durable=False)
server.start()
print(server.process.pid, flush=True)
time.sleep(60)
"""


def write(server: PostgresServer, word: str) -> None:
    with psycopg.connect(server.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def words(server: PostgresServer) -> list[str]:
    with psycopg.connect(server.database_url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM note ORDER BY word")]


def wait_until_gone(pid: int) -> bool:
    patience = time.monotonic() + 20
    while alive(pid) and time.monotonic() < patience:
        time.sleep(0.05)
    return not alive(pid)


def test_a_second_start_finds_the_data_of_the_first(server: PostgresServer) -> None:
    server.start()
    write(server, "first")
    server.stop()

    server.start()

    assert words(server) == ["first"]


def test_a_stopped_server_is_gone(server: PostgresServer) -> None:
    server.start()
    pid = server.process.pid

    server.stop()

    assert not alive(pid)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.database_url)


def test_a_killed_server_recovers_at_the_next_start(folder: Path) -> None:
    with PostgresServer(folder, site_packages=SITE_PACKAGES, durable=True) as server:
        write(server, "before the kill")
        server.process.kill()

    with PostgresServer(folder, site_packages=SITE_PACKAGES, durable=True) as server:
        assert words(server) == ["before the kill"]


def test_the_server_stops_when_its_starter_is_killed(folder: Path, server: PostgresServer) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    write(server, "of the first starter")

    starter.send_signal(signal.SIGKILL)
    starter.communicate()

    assert wait_until_gone(pid)
    server.start()
    assert words(server) == ["of the first starter"]


def test_a_start_right_after_the_starter_was_killed_waits_for_the_old_server(
    folder: Path, server: PostgresServer
) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)], cwd=PROJECT, stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    starter.stdout.readline()

    starter.kill()
    starter.communicate()
    server.start()

    write(server, "second")
    assert words(server) == ["second"]


def test_a_notice_that_names_another_program_does_not_stop_the_start(
    server: PostgresServer,
) -> None:
    server.start()
    server.process.kill()
    server.stop()
    notice = server.data / "postmaster.pid"
    notice.write_text(str(os.getpid()) + "\n" + "\n".join(notice.read_text().split("\n")[1:]))

    server.start()

    write(server, "here")
    assert words(server) == ["here"]


def test_a_second_starter_is_told_who_runs_the_server(folder: Path, server: PostgresServer) -> None:
    server.start()
    second = PostgresServer(folder, site_packages=(), durable=False)

    with pytest.raises(AlreadyRunning, match=f"Process {os.getpid()} already runs"):
        second.start()

    write(server, "undisturbed")
    assert words(server) == ["undisturbed"]


def test_the_address_of_a_running_server_is_found(folder: Path, server: PostgresServer) -> None:
    assert running_database_url(folder) is None

    server.start()

    assert running_database_url(folder) == server.database_url
    server.stop()
    assert running_database_url(folder) is None


def test_half_made_data_is_made_anew(folder: Path, server: PostgresServer) -> None:
    unfinished = folder / "data.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("3\n")

    server.start()

    write(server, "whole")
    assert words(server) == ["whole"]


def test_only_its_account_reaches_the_server(folder: Path, server: PostgresServer) -> None:
    server.start()

    with psycopg.connect(server.database_url) as connection:
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("listen_addresses", "unix_socket_permissions", "TimeZone")
        ]
    socket_mode = stat.S_IMODE((folder / "socket").stat().st_mode)
    account = server_user()
    expected_uid = os.geteuid() if account is None else account.uid

    assert shown == [("",), ("0700",), ("UTC",)]
    assert socket_mode == 0o700
    assert (folder / "data").stat().st_uid == expected_uid
    assert folder.stat().st_uid == os.geteuid()


@pytest.mark.parametrize("durable,expected", [(True, "on"), (False, "off")])
def test_only_a_forgetful_server_skips_writing_to_disk(
    folder: Path, durable: bool, expected: str
) -> None:
    with (
        PostgresServer(folder, site_packages=SITE_PACKAGES, durable=durable) as server,
        psycopg.connect(server.database_url) as connection,
    ):
        assert connection.execute("SHOW fsync").fetchone() == (expected,)
        assert connection.execute("SHOW synchronous_commit").fetchone() == (expected,)


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    deep = folder / ("a long name, with 'quotes' and blanks " * 3)
    deep.mkdir(mode=0o711)

    with PostgresServer(deep, site_packages=SITE_PACKAGES, durable=False) as server:
        write(server, "deep")
        address = environ.Env.db_url_config(server.database_url)

        assert len(address["OPTIONS"]["host"]) <= LONGEST_SOCKET_FOLDER
        assert words(server) == ["deep"]
    Path(address["OPTIONS"]["host"]).rmdir()


def test_django_reads_the_address(folder: Path, server: PostgresServer) -> None:
    assert environ.Env.db_url_config(server.database_url) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "billing",
        "USER": "billing",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "OPTIONS": {"host": str(folder / "socket"), "port": 5432},
    }
