"""The calls behind a line, rated again for whoever looks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.models import InvoiceLine
from tests.flows.billed_book import stored_book
from tests.plan_file.law_books import CALLS, VOICE, book, call
from tests.portal.views.invoice_pages import of_line, reader, table, visitor

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 11, 20, 12, tzinfo=UTC)
MANY = [call(2 + number // 5, f"c{number:03}", 61 + number, number % 24) for number in range(60)]


def line_of_calls(folder: Path, **keys: Any) -> InvoiceLine:
    """Return the paid line of sixty calls in November."""
    stored_book(book({**VOICE, **keys}, meters=[CALLS], events=MANY), folder, now=NOW)
    lines = InvoiceLine.objects.select_related("invoice__customer")
    return lines.get(section="telephony", invoice__period_start__month=11)


@pytest.mark.parametrize("bundles", [[], VOICE["bundles"]])
def test_pages_follow_on_each_other_and_show_every_call_once(
    bundles: list[Any], tmp_path: Path
) -> None:
    line = line_of_calls(tmp_path, bundles=bundles)
    client, address = reader(line.invoice.customer), of_line("line_events", line)

    first = client.get(address).context
    second = client.get(f"{address}?after={first['next']}").context

    shown = [row.key for page in (first, second) for row in page["rows"]]
    assert len(first["rows"]) == 50
    assert len(shown) == len(set(shown)) == line.events
    assert second["next"] == ""


def test_a_key_finds_its_call_with_what_it_cost(tmp_path: Path) -> None:
    line = line_of_calls(tmp_path, bundles=[])
    client = reader(line.invoice.customer)

    page = client.get(of_line("line_events", line) + "?key=c000").context
    _, *rows = table(client.get(of_line("line_events_csv", line) + "?key=c000"))

    # 61 seconds at night: 30, then steps of 6 at $0.02 a minute.
    ((row,), total) = page["rows"], page["filtered_total"]
    assert (row.lasted, row.billed, row.charge, total) == (
        "1:01 min", "1:06 min", "$0.022", "$0.022",
    )  # fmt: skip
    assert [cells[7:12] for cells in rows] == [["61", "66", "0", "off=66", "0.022"]]


def test_more_calls_cost_no_more_queries(tmp_path: Path) -> None:
    line = line_of_calls(tmp_path)
    client = reader(line.invoice.customer)

    with CaptureQueriesContext(connection) as all_of_them:
        client.get(of_line("line_events", line))
    with CaptureQueriesContext(connection) as one:
        client.get(of_line("line_events", line) + "?first=2024-11-13&last=2024-11-13")

    assert len(all_of_them) <= 15
    assert len(one) <= 15


def test_calls_are_not_for_who_may_not_see_call_details(tmp_path: Path) -> None:
    line = line_of_calls(tmp_path)
    staff = visitor(line.invoice.customer)

    assert staff.get(of_line("line_events", line)).status_code == 403
