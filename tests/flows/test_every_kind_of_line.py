"""Every kind of price through the product: billed once, in the books, and explained to people."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.columns import exact
from accounts.models import Customer
from invoicing.models import Invoice, InvoiceLine, InvoiceState
from invoicing.queries.daily_cost import daily_cost
from invoicing.queries.invariants import INVARIANTS, contradictions
from invoicing.queries.line_calls import call_rating, calls_of_line
from tests.flows.billed_book import billed_to, stored_book
from tests.plan_file.law_books import LAW_BOOKS
from tests.portal.views.invoice_pages import of_line, reader, table

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 21, 12, 0, tzinfo=UTC)
MOST_QUERIES = 15


@pytest.fixture(params=LAW_BOOKS)
def customer(request: pytest.FixtureRequest, tmp_path: Path) -> Customer:
    found = stored_book(LAW_BOOKS[request.param], tmp_path, now=NOW)
    billed_to(found, now=NOW)
    return found


def test_what_is_billed_is_right_in_the_books_and_on_every_page(customer: Customer) -> None:
    issued = Invoice.objects.filter(state=InvoiceState.ISSUED).count()
    assert issued

    again = billed_to(customer, now=NOW)

    assert (again.issued, again.stopped) == ((), 0)
    assert Invoice.objects.filter(state=InvoiceState.ISSUED).count() == issued
    assert [contradictions(invariant) for invariant in INVARIANTS] == [[]] * len(INVARIANTS)
    _days_add_up_to_the_lines()
    _calls_add_up_to_their_lines()
    client = reader(customer)
    for line in InvoiceLine.objects.select_related("invoice__customer"):
        _is_explained(client, line)
    for page in ("overview", "credits", "invoices"):
        answer = client.get(reverse(f"portal:{page}", args=[customer.public_id]))
        assert answer.status_code == 200


def _days_add_up_to_the_lines() -> None:
    invoices = list(Invoice.objects.all())
    days: dict[int, Decimal] = defaultdict(Decimal)
    for part in daily_cost(invoices=invoices, zone="America/Chicago"):
        days[part.line.pk] += part.amount
    assert days == {line.pk: exact(line.amount) for line in InvoiceLine.objects.all()}


def _calls_add_up_to_their_lines() -> None:
    for line in InvoiceLine.objects.select_related("invoice__customer"):
        rating = call_rating(line=line)
        if rating is None:
            continue
        calls = [call.rated for call in calls_of_line(rating=rating)]
        assert len(calls) == line.events
        if line.left is None:
            assert sum(call.charge for call in calls) == line.exact_amount
            paid = sum(call.billed_seconds - call.bundle_seconds for call in calls)
            assert paid == line.quantity


def _is_explained(client: Client, line: InvoiceLine) -> None:
    for name in ("line", "line_events"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(of_line(name, line))
        assert answer.status_code == 200
        assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"][:150] for query in queries)
    rows = answer.context["rows"]
    assert bool(rows) == bool(line.events), (line.price, line.description)
    if answer.context["kind"] != "events" or answer.context["is_whole"]:
        assert len(rows) == line.events
    if rows:
        assert len(table(client.get(of_line("line_events_csv", line)))) == len(rows) + 1
