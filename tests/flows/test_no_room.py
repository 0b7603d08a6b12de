"""No connection left, or no room on a disk: 503, nothing is lost, and after it all goes on."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from accounts.models import Customer
from tests import factories as make
from tests.caller import PROBLEM
from tests.flows.processes import database_url, wait_for
from tests.flows.web import Answer, Web, WebClient, web
from tests.flows.what_stands import (
    contradictions,
    keys_standing,
    minutes_at,
    minutes_of,
)
from tests.usage.uploads import calls_csv
from usage.models import UsageFile

pytestmark = pytest.mark.usefixtures("committed")

Database = psycopg.Connection[tuple[Any, ...]]

ROLE = "billing_few"
MONTH = "usage_record_2019_08"
SPACE = "billing_small"


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A disk of 4 MB, which everybody may write to."""
    with mounted(megabytes=4) as folder:
        yield folder


@contextmanager
def mounted(*, megabytes: int) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="small-disk-"))
    options = f"size={megabytes}m,mode=0777"
    program = shutil.which("mount")
    if program is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    made = subprocess.run(
        [program, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        pytest.skip(f"no small disk may be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[Database]:
    """A connection of the tests' own, which no test closes."""
    with psycopg.connect(database_url(), autocommit=True) as other:
        yield other


@pytest.fixture(scope="module")
def role(database: Database) -> Iterator[str]:
    """The address of the database for somebody with our rights, whose connections are counted."""
    user, is_super, may_add = rights(database)
    if not (is_super or may_add):
        pytest.skip("this database user may make no other one")
    database.execute(f"DROP ROLE IF EXISTS {ROLE}")
    database.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'few' IN ROLE {user}")
    database.execute(f"ALTER ROLE {ROLE} SET role = '{user}'")
    yield urlunsplit(urlsplit(database_url())._replace(netloc=f"{ROLE}:few@"))
    database.execute(f"DROP ROLE {ROLE}")


def rights(database: Database) -> tuple[str, bool, bool]:
    """Return who we are for the database, and whether we may do all, or add others."""
    found = database.execute(
        "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def server(role: str, disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process that connects as that role, and keeps files on the small disk."""
    folder = tmp_path_factory.mktemp("web")
    with web(folder, DATABASE_URL=role, USAGE_FILES_DIR=str(disk)) as started:
        yield started


@pytest.fixture
def acme(committed: None) -> Customer:
    """The customer whose calls come."""
    make.ai_call_meter()
    return make.acme()


@pytest.fixture
def sender(acme: Customer, server: Web) -> WebClient:
    """A partner's program."""
    return server.client(make.api_key(make.partner(acme))[1])


def batch(name: str, *, count: int = 20, **fields: Any) -> dict[str, Any]:
    return {"events": [make.call_body(f"{name}-{place}", **fields) for place in range(count)]}


def assert_unavailable(answer: Answer, *, seconds: int) -> None:
    assert (answer.status, answer.headers["Content-Type"]) == (503, PROBLEM), answer.body
    assert answer.headers["Retry-After"] == str(seconds)


def assert_stored(acme: Customer, *batches: dict[str, Any]) -> None:
    bodies = [body for each in batches for body in each["events"]]
    assert contradictions() == []
    assert keys_standing(acme) == sorted(body["idempotency_key"] for body in bodies)
    assert minutes_at(acme) == minutes_of(bodies)


def test_where_no_connection_is_left_senders_are_asked_to_come_again(
    acme: Customer, sender: WebClient, database: Database
) -> None:
    before, after = batch("before"), batch("after")
    assert sender.post("/events/batch", before).body["accepted"] == 20
    database.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
    try:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [ROLE]
        )
        wait_for(lambda: not connected(database), what="connections that do not end")

        assert_unavailable(sender.post("/events/batch", after), seconds=5)
        assert_unavailable(sender.post("/events", before["events"][0]), seconds=5)
    finally:
        database.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")

    assert_stored(acme, before)
    assert sender.post("/events/batch", after).body["accepted"] == 20
    assert sender.post("/events/batch", before).body["duplicates"] == 20
    assert_stored(acme, before, after)


def connected(database: Database) -> int:
    """Return how many connections that role has."""
    found = database.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [ROLE])
    return int(found.fetchall()[0][0])


@pytest.fixture
def full_month(acme: Customer, database: Database) -> Iterator[None]:
    """August 2019, whose partition lies on a disk of its own that is full."""
    if not rights(database)[1]:
        pytest.skip("this database user may make no tablespace")
    data = Path(database.execute("SHOW data_directory").fetchall()[0][0])
    with mounted(megabytes=4) as folder:
        place = folder / "space"
        place.mkdir()
        os.chown(place, data.stat().st_uid, data.stat().st_gid)
        database.execute(f"CREATE TABLESPACE {SPACE} LOCATION '{place}'")
        try:
            database.execute(
                f"CREATE TABLE {MONTH} (LIKE usage_record INCLUDING ALL) TABLESPACE {SPACE}"
            )
            database.execute(
                f"ALTER TABLE usage_record ATTACH PARTITION {MONTH}"
                " FOR VALUES FROM ('2019-08-01 00:00+00') TO ('2019-09-01 00:00+00')"
            )
            fill(database)
            yield
        finally:
            database.execute(f"DROP TABLE IF EXISTS filler, {MONTH}")
            database.execute(f"DROP TABLESPACE {SPACE}")


def fill(database: Database) -> None:
    """Write rows into the small tablespace until nothing more goes into it."""
    database.execute(f"CREATE TABLE filler (filled text) TABLESPACE {SPACE}")
    with suppress(psycopg.errors.DiskFull):
        while True:
            database.execute(
                "INSERT INTO filler SELECT repeat(md5(i::text), 60) FROM generate_series(1, 50) i"
            )


@pytest.mark.usefixtures("full_month")
def test_where_the_databases_disk_is_full_nothing_of_a_request_is_kept(
    acme: Customer, sender: WebClient, database: Database
) -> None:
    before, after = batch("before"), batch("after", occurred_at="2019-08-05T10:00:00Z")
    both = {"events": [*before["events"], *after["events"]]}

    assert_unavailable(sender.post("/events/batch", both), seconds=60)

    assert_stored(acme)
    assert sender.post("/events/batch", before).body["accepted"] == 20
    database.execute("DROP TABLE filler")
    answer = sender.post("/events/batch", both).body
    assert (answer["accepted"], answer["duplicates"]) == (20, 20)
    assert_stored(acme, before, after)


def upload(sender: WebClient, content: bytes) -> Answer:
    return sender.send("POST", "/usage-files?name=calls.csv", content, media_type="text/csv")


def test_a_file_that_the_disk_has_no_room_for_leaves_nothing_behind(
    sender: WebClient, disk: Path
) -> None:
    large, small = calls_csv(100_000), calls_csv(20)
    assert len(large) > 4 * 2**20

    assert_unavailable(upload(sender, large), seconds=60)

    assert not UsageFile.objects.exists()
    assert [found for found in disk.rglob("*") if found.is_file()] == []
    assert upload(sender, small).status == 201
    assert upload(sender, small).status == 200
    assert [found.stat().st_size for found in disk.rglob("*") if found.is_file()] == [len(small)]
