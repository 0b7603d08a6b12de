"""The database's advisory locks: each a number of its own."""

import re
from pathlib import Path

import pytest
from django.db import connection

from tests.at_once import elsewhere
from usage.operations.archives.one_at_a_time import the_only_archiver
from usage.operations.changing_hands import attribute
from usage.operations.issuing_apart import hold_changes_still
from usage.store.locks import Lock

APPS = ("accounts", "usage", "invoicing", "catalog", "contracts", "plan_file", "billing_portal")
LITERAL = re.compile(r"advisory[a-z_]*lock[a-z_]*\(\d")


def held() -> set[int]:
    """Return the numbers of the locks that anybody holds in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::int FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return {number for (number,) in cursor.fetchall()}


def test_no_number_stands_in_a_statement_itself() -> None:
    root = Path(__file__).parents[3]
    files = [path for app in APPS for path in (root / app).rglob("*.py")]

    assert [path.name for path in files if LITERAL.search(path.read_text())] == []
    assert len(files) > 100


@pytest.mark.django_db
def test_issuing_and_attributing_hold_locks_of_their_own() -> None:
    hold_changes_still()
    attribute()

    assert held() == {Lock.ISSUING, Lock.ATTRIBUTING}


@pytest.mark.usefixtures("committed")
def test_a_month_is_archived_while_events_come_and_invoices_are_issued() -> None:
    def issue_and_take() -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        hold_changes_still()
        attribute()
        return held()

    with the_only_archiver():
        assert elsewhere(issue_and_take) == {Lock.ARCHIVING}
