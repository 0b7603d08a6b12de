"""A customer's credit."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Customer
from tests import factories as make
from tests.invoicing.agreements import (
    billed,
    call,
    dollar_a_minute,
    first_invoice,
    refreshed,
    sender_of,
)

pytestmark = pytest.mark.django_db


def answer_to(customer: Customer, route: str = "portal:credits", **query: str) -> tuple[int, str]:
    client = Client()
    client.force_login(make.member(customer, f"reader{customer.memberships.count()}@x.example"))
    answer = client.get(reverse(route, args=[customer.public_id]), query)
    content = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, content.decode()


def credits_page(customer: Customer, **query: str) -> str:
    status, page = answer_to(customer, **query)
    assert status == 200
    return page


def acme_of_the_worked_example() -> Customer:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), make.six_bodies())
    refreshed(acme)
    return acme


def basil_who_was_billed(minutes: int = 7) -> Customer:
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2024, 12, 1))
    make.grant(basil, amount="100.00")
    call(sender_of(basil), "call", at="2024-11-05T12:00:00Z", minutes=minutes)
    billed(basil)
    return basil


def test_pending_and_posted_stand_apart() -> None:
    page = credits_page(acme_of_the_worked_example())

    assert page.index("Left to use") < page.index("$9,978.65")
    assert '<h2 class="stat-label">Pending</h2>\n    <p class="stat-value">$21.35</p>' in page
    assert '<h2 class="stat-label">Posted</h2>\n    <p class="stat-value">$10,000.00</p>' in page


def test_a_pending_draw_opens_to_the_lines_that_it_pays() -> None:
    acme = acme_of_the_worked_example()
    invoice = first_invoice(acme)
    line = invoice.lines.get(dimensions__call_outcome="escalated")

    page = credits_page(acme)

    assert "5 lines paid" in page
    address = reverse("portal:line", args=[acme.public_id, invoice.public_id, line.public_id])
    assert f'<a href="{address}">AI Calls - EU / escalated</a></dt><dd>$11.25</dd>' in page


def test_the_ledger_has_each_movement_with_its_balance() -> None:
    basil = basil_who_was_billed()

    page = credits_page(basil)

    drawn, granted = page.index("-$7.00"), page.index(">Granted<", page.index('id="ledger"'))
    assert page.index('id="ledger"') < drawn < granted
    assert '<td data-label="Balance" class="number">$93.00</td>' in page
    assert '<td data-label="Balance" class="number">$100.00</td>' in page
    assert "1 line paid" in page


def test_the_ledger_goes_on_page_by_page_with_right_balances() -> None:
    basil = make.basil()
    for number in range(1, 26):
        make.grant(basil, code=f"grant-{number:02}", amount="1.00")

    first = credits_page(basil)
    older = first.split("?older=")[1].split('"', maxsplit=1)[0]
    second = credits_page(basil, older=older)

    assert "$25.00</td></tr>" in first
    assert "$5.00</td></tr>" in second
    assert "$6.00</td></tr>" not in second
    assert "Older" not in second


@pytest.mark.parametrize("place", ["x", "-1", "", "9" * 40, "\x00", "١٢"])
def test_a_place_that_is_none_is_not_found(place: str) -> None:
    assert answer_to(make.basil(), older=place)[0] == 404


def test_grants_are_told_in_the_order_of_drawing() -> None:
    acme = make.acme(clock_at=datetime(2024, 11, 20, tzinfo=UTC))
    make.grant(acme, code="later", priority=50)
    make.grant(acme, code="first", priority=10, applies_to=["usage", "ai-call"])
    make.grant(acme, code="soon", expires_at=datetime(2024, 12, 1, 5, tzinfo=UTC))
    make.grant(acme, code="ahead", effective_from=datetime(2025, 1, 1, 5, tzinfo=UTC))

    page = credits_page(acme)

    places = [
        page.index(f'<th scope="row">{code}<br>') for code in ("first", "soon", "later", "ahead")
    ]
    assert places == sorted(places)
    assert [page.count(f"drawn {place}") for place in ("1st", "2nd", "3rd", "4th")] == [1, 1, 1, 0]
    assert '<td data-label="Pays for">Usage, ai-call</td>' in page
    assert "$10,000.00 of soon expires after Nov 30, 2024." in page
    assert '<span class="badge badge-waiting">expires soon</span>' in page
    assert '<span class="badge badge-quiet">begins later</span>' in page


def test_used_up_grants_stand_apart() -> None:
    page = credits_page(basil_who_was_billed(minutes=100))

    assert "Used up or expired (1)" in page
    assert "All of it is used up or expired." in page


def test_without_credit_the_page_says_what_it_is() -> None:
    assert "No credit yet" in credits_page(make.basil())


def test_the_csv_has_the_whole_ledger_the_earliest_first() -> None:
    basil = basil_who_was_billed()

    status, text = answer_to(basil, "portal:credits_csv")

    number = first_invoice(basil).number
    assert status == 200
    assert list(csv.reader(io.StringIO(text))) == [
        ["day", "what", "grant", "invoice", "currency", "unit", "amount", "balance"],
        ["2026-11-21", "granted", "grant-1", "", "USD", "", "100", "100"],
        ["2026-11-21", "drawn", "grant-1", str(number), "USD", "", "-7", "93"],
    ]


def queries(customer: Customer) -> int:
    client = Client()
    client.force_login(make.member(customer, f"counts{customer.memberships.count()}@x.example"))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("portal:credits", args=[customer.public_id]))
    return len(captured)


def test_many_grants_and_lines_take_the_queries_of_few() -> None:
    acme = acme_of_the_worked_example()
    few = queries(acme)
    for number in range(2, 40):
        make.grant(acme, code=f"grant-{number}", amount="1.00", priority=1)
    refreshed(acme)

    assert queries(acme) == few
    assert few <= 15
