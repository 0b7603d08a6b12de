"""The list of a customer's invoices."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, Role
from invoicing.models import Invoice
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from tests.many import many_invoices
from tests.portal.views.invoice_pages import of_customer, of_invoice, reader, table

pytestmark = pytest.mark.django_db


def listed(customer: Customer, asked: str = "") -> list[str]:
    """Return the names in the list, as the page shows them."""
    answer = reader(customer).get(of_customer("invoices", customer) + asked)
    return [row.name for row in answer.context["rows"]]


def test_the_list_shows_numbers_amounts_and_the_state() -> None:
    invoice = invoices.issued_example()

    page = reader(invoice.customer).get(of_customer("invoices", invoice.customer))

    issued = page.context["rows"][-1]
    assert (issued.name, issued.period) == ("TEST-INV-2024-000001", "Nov 1 – Nov 30, 2024")
    assert (issued.issued, issued.due) == ("Dec 1, 2024", "Jan 15, 2025")
    assert (issued.total, issued.credits, issued.amount_due) == ("$21.35", "-$21.35", "$0.00")
    assert issued.state.word == "nothing due"
    assert of_invoice("invoice", invoice) in page.content.decode()


def test_the_latest_stands_first_and_a_period_ahead_without_lines_does_not_stand() -> None:
    invoice = invoices.issued_example()
    clock = invoice.customer.test_clock
    assert clock is not None

    rows = listed(invoice.customer)

    ahead = invoice.customer.invoices.filter(period_start__gt=clock.now_at)
    assert ahead.count() == 1
    assert rows == ["Upcoming", "TEST-INV-2024-000001"]


def test_overdue_is_told_by_the_customers_own_clock() -> None:
    acme = make.acme(clock_at=datetime(2024, 12, 30, tzinfo=UTC))
    draft = invoices.draft_of([Row("5.00")], buyer=acme)
    invoices.issued(draft)
    client = reader(acme)

    def word() -> str:
        rows = client.get(of_customer("invoices", acme)).context["rows"]
        return str(rows[0].state.word)

    before = word()
    clock = acme.test_clock
    assert clock is not None
    clock.now_at += timedelta(days=4)
    clock.save()

    assert (before, word()) == ("due Dec 31, 2024", "overdue by 2 days")


@pytest.mark.parametrize(
    "state, expected",
    [
        ("issued", ["INV-2024-000007"]),
        ("due", ["INV-2024-000007"]),
        ("overdue", ["INV-2024-000007"]),
        ("settled", []),
        ("draft", []),
        ("upcoming", []),
        ("void", []),
        ("", ["INV-2024-000007"]),
    ],
)
def test_the_list_is_filtered_by_state(state: str, expected: list[str]) -> None:
    invoice = invoices.issued(invoices.draft_of([Row("5.00")]))

    assert listed(invoice.customer, f"?state={state}") == expected


def test_the_list_is_filtered_by_the_year_of_the_period() -> None:
    basil = invoices.basil_with_address()
    many_invoices(basil, 400)

    in_2023 = reader(basil).get(of_customer("invoices_csv", basil) + "?year=2023")

    days = [row[2] for row in table(in_2023)[1:]]
    assert (days[0], days[-1]) == ("2023-12-31", "2023-09-26")


def test_a_part_of_a_number_finds_its_invoices() -> None:
    basil = invoices.basil_with_address()
    many_invoices(basil, 12)

    assert listed(basil, "?number=-00001") == [
        "MANY-basil-000010",
        "MANY-basil-000011",
        "MANY-basil-000012",
    ]


def test_pages_lead_to_older_invoices_and_back() -> None:
    basil = invoices.basil_with_address()
    many_invoices(basil, 60)
    client = reader(basil)

    def page(asked: str) -> tuple[list[str], str, str]:
        context = client.get(of_customer("invoices", basil) + asked).context
        return [row.name[-2:] for row in context["rows"]], context["newer"], context["older"]

    numbers = [f"{number:02}" for number in range(1, 61)]
    first, no_newer, older = page("")
    second, newer, older_still = page(f"?older={older}")
    third, _, no_older = page(f"?older={older_still}")
    back, nothing_before, _ = page(f"?newer={newer}")

    assert (first, second, third) == (numbers[:25], numbers[25:50], numbers[50:])
    assert (no_newer, no_older, nothing_before) == ("", "", "")
    assert back == first


def test_the_csv_has_all_that_is_filtered_with_numbers_as_numbers() -> None:
    invoice = invoices.issued_example()

    rows = table(
        reader(invoice.customer).get(
            of_customer("invoices_csv", invoice.customer) + "?state=issued"
        )
    )

    assert rows == [
        ["number", "state", "first day", "last day", "issued", "due", "currency",
         "total", "credits applied", "amount due", "id"],
        ["TEST-INV-2024-000001", "nothing due", "2024-11-01", "2024-11-30", "2024-12-01",
         "2025-01-15", "USD", "21.35", "21.35", "0", invoice.public_id],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        "?state=paid",
        "?year=20244",
        "?year=x",
        "?number=%00",
        "?number=" + "9" * 41,
        "?year=99999999999",
    ],
)
@pytest.mark.parametrize("name", ["invoices", "invoices_csv"])
def test_nonsense_in_the_filter_is_answered_with_what_is_wrong(name: str, asked: str) -> None:
    basil = invoices.issued(invoices.draft_of([Row("5.00")])).customer

    answer = reader(basil).get(of_customer(name, basil) + asked)

    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize("place", ["x", "inv_1", "inv_00000000000000000000000000", "%00"])
def test_a_place_that_is_none_of_the_list_is_not_found(place: str) -> None:
    basil = invoices.issued(invoices.draft_of([Row("5.00")])).customer

    assert reader(basil).get(of_customer("invoices", basil) + f"?older={place}").status_code == 404


def test_without_invoices_the_page_says_when_the_first_period_closes() -> None:
    basil = make.basil()
    nothing = reader(basil).get(of_customer("invoices", basil)).content.decode()
    acme = make.acme(clock_at=datetime(2024, 10, 1, tzinfo=UTC))
    make.acme_contract(acme)

    ahead = reader(acme).get(of_customer("invoices", acme)).content.decode()

    assert "The first one appears here when your contract with Northwind Voice begins." in nothing
    assert "Your first period closes on Nov 30, 2024; the invoice follows then." in ahead


def test_a_filter_that_finds_nothing_offers_all() -> None:
    basil = invoices.issued(invoices.draft_of([Row("5.00")])).customer

    page = reader(basil).get(of_customer("invoices", basil) + "?number=999").content.decode()

    assert "No invoice is like that" in page


def test_others_see_nothing_of_it_and_readers_see_all() -> None:
    invoice = invoices.issued_example()
    basil = make.basil()

    assert listed(basil) == []
    assert reader(basil).get(of_customer("invoices", invoice.customer)).status_code == 404
    read_only = reader(invoice.customer, role=Role.READ_ONLY)
    assert read_only.get(of_customer("invoices", invoice.customer)).status_code == 200
    assert read_only.get(of_customer("invoices_csv", invoice.customer)).status_code == 200


def test_the_queries_are_the_same_for_few_and_for_many() -> None:
    few, many = make.basil(), make.carla()
    many_invoices(few, 10)
    make.contract(many, plan=few.contracts.get().plan, activated=False)
    many_invoices(many, 2000)

    counts = []
    for customer in (few, many):
        client = reader(customer)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(of_customer("invoices", customer))
        counts.append(len(queries))

    assert Invoice.objects.filter(customer=many).count() == 2000
    assert counts == [counts[0], counts[0]]
    assert counts[0] <= 15
