"""The events behind a line."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from invoicing.models import InvoiceLine
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.invoicing.documents import invoices
from tests.invoicing.documents.invoices import Row
from tests.many import many_events
from tests.portal.views.invoice_pages import of_invoice, of_line, reader, table, visitor
from usage.models import Event, event_public_id
from usage.queries.events import counted_events

pytestmark = pytest.mark.django_db

HOSTILE = '=HYPERLINK("http://x.invalid")'


def example_line() -> InvoiceLine:
    """Return the line of 13 minutes, of two events."""
    invoices.issued_example()
    return line_named("AI Calls - US / resolved")


def line_named(words: str) -> InvoiceLine:
    return InvoiceLine.objects.select_related("invoice__customer").get(description=words)


def line_of_many(count: int) -> InvoiceLine:
    """Return an upcoming line that counts this many events of one minute."""
    acme = make.acme()
    make.acme_contract(acme)
    many_events(acme, make.ai_call_meter(), count)
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    return line_named("AI Calls - US / resolved")


def shown(line: InvoiceLine, asked: str = "") -> Any:
    return reader(line.invoice.customer).get(of_line("line_events", line) + asked).context


def keys(context: Any) -> list[str]:
    return [row.key for row in context["rows"]]


def csv_of(line: InvoiceLine, asked: str = "") -> list[list[str]]:
    return table(reader(line.invoice.customer).get(of_line("line_events_csv", line) + asked))


def test_the_events_are_shown_with_time_quantity_and_what_was_sent() -> None:
    line = example_line()

    context = shown(line)

    first = context["rows"][0]
    assert (first.when, first.quantity, first.key) == (
        "Nov 5, 2024 10:00:00",
        "5 minutes",
        "call-1",
    )
    assert dict(first.properties) == {
        "region": "US", "call_outcome": "resolved", "duration_minutes": "5",
    }  # fmt: skip
    assert '"idempotency_key":"call-1"' in first.sent.replace(" ", "")
    assert keys(context) == ["call-1", "call-2"]
    assert context["counted"] == "13 minutes"


@pytest.mark.usefixtures("committed")
def test_what_came_after_the_invoice_had_counted_is_not_among_them() -> None:
    line = example_line()
    sender = make.source(line.invoice.customer.partners.get())
    make.accepted(sender, [make.call_body("late", minutes=3)])

    assert keys(shown(line)) == ["call-1", "call-2"]
    assert [row[3] for row in csv_of(line)[1:]] == ["call-1", "call-2"]


@pytest.mark.parametrize(
    "asked, expected, total",
    [
        ("?first=2024-11-06", ["call-2"], "8 minutes"),
        ("?last=2024-11-05", ["call-1"], "5 minutes"),
        ("?first=2024-11-05&last=2024-11-06", ["call-1", "call-2"], "13 minutes"),
        ("?key=call-2", ["call-2"], "8 minutes"),
        ("?key=call-2&last=2024-11-05", [], "0 minutes"),
        ("?key=call-3", [], "0 minutes"),
        ("?key=CALL-2", [], "0 minutes"),
        ("?first=2030-01-01", [], "0 minutes"),
    ],
)
def test_the_events_are_filtered_by_day_and_by_key(
    asked: str, expected: list[str], total: str
) -> None:
    line = example_line()

    context = shown(line, asked)

    assert keys(context) == expected
    assert context["filtered_total"] == total
    assert [row[3] for row in csv_of(line, asked)[1:]] == expected


def test_days_are_those_of_the_customer() -> None:
    acme = make.acme()
    make.acme_contract(acme)
    late_in_new_york = make.call_body("c1", occurred_at="2024-11-06T04:59:59Z")
    make.accepted(make.source(make.partner(acme)), [late_in_new_york])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    line = line_named("AI Calls - US / resolved")

    assert keys(shown(line, "?first=2024-11-05&last=2024-11-05")) == ["c1"]
    assert keys(shown(line, "?first=2024-11-06")) == []


def test_pages_of_fifty_hold_each_event_once() -> None:
    line = line_of_many(120)
    client, address = reader(line.invoice.customer), of_line("line_events", line)

    pages, asked = [], ""
    while True:
        context = client.get(address + asked).context
        pages.append(keys(context))
        if not context["next"]:
            break
        asked = f"?after={context['next']}"

    assert [len(page) for page in pages] == [50, 50, 20]
    numbers = [int(key.rpartition("-")[2]) for page in pages for key in page]
    assert numbers == list(range(1, 121))


def test_the_csv_adds_up_to_the_line() -> None:
    line = line_of_many(2500)

    header, *rows = csv_of(line)

    assert header == [
        "time", "local time (America/New_York)", "quantity (minute)", "key", "id",
        "region", "call_outcome", "properties",
    ]  # fmt: skip
    assert len({row[3] for row in rows}) == len(rows) == line.events == 2500
    assert sum(Decimal(row[2]) for row in rows) == line.quantity
    assert rows[0][:2] == ["2024-11-02T12:00:00Z", "2024-11-02 08:00:00"]
    assert rows[0][5:7] == ["US", "resolved"]


def test_a_key_that_a_spreadsheet_would_calculate_is_quoted() -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), [make.call_body(HOSTILE)])
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    row = csv_of(line_named("AI Calls - US / resolved"))[1]

    assert row[3] == f"'{HOSTILE}"


@pytest.mark.parametrize("key", ["+1 312 555", "=1+1", "-7", "@call", "'+quoted", "'plain"])
def test_a_key_is_found_as_it_was_sent_and_as_the_csv_has_it(key: str) -> None:
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(make.source(make.partner(acme)), [make.call_body(key), make.call_body("other")])
    refresh_customer(customer_id=acme.pk, now=make.NOW)
    line = line_named("AI Calls - US / resolved")
    written = next(row[3] for row in csv_of(line)[1:] if row[3] != "other")

    for asked in (key, written):
        assert keys(shown(line, f"?{urlencode({'key': asked})}")) == [key]


def test_numbers_keep_the_digits_that_they_were_sent_with() -> None:
    acme = make.acme()
    make.acme_contract(acme)
    body = make.call_body("c1", minutes=Decimal("1.50"))
    body["properties"] |= {"tags": ["a", "b"], "agent": {"id": 7, "live": True}, "note": None}
    make.accepted(make.source(make.partner(acme)), [body])
    refresh_customer(customer_id=acme.pk, now=make.NOW)

    row = shown(line_named("AI Calls - US / resolved"))["rows"][0]

    assert dict(row.properties) == {
        "region": "US",
        "call_outcome": "resolved",
        "duration_minutes": "1.50",
        "tags": "a, b",
        "agent": "id: 7, live: true",
        "note": "none",
    }


@pytest.mark.parametrize(
    "asked",
    ["?first=x", "?last=2024-02-30", "?first=0001-01-01", "?last=9999-12-31", "?key=%00",
     "?first=2024-11-06&last=2024-11-05", "?key=" + "9" * 501, "?first=%00"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["line_events", "line_events_csv"])
def test_nonsense_in_the_filter_is_answered_with_what_is_wrong(name: str, asked: str) -> None:
    line = example_line()

    answer = reader(line.invoice.customer).get(of_line(name, line) + asked)

    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize("place", ["x", "evt_1", "evt_00000000000000000000000000", "%00"])
def test_a_place_that_is_no_event_is_not_found(place: str) -> None:
    line = example_line()

    answer = reader(line.invoice.customer).get(of_line("line_events", line) + f"?after={place}")

    assert answer.status_code == 404


def test_an_event_of_another_customer_is_no_place() -> None:
    line = example_line()
    carla = make.carla(is_sandbox=True)
    sender = make.source(make.partner(carla, name="Other"))
    make.accepted(sender, [make.call_body("c", customer_id=carla.external_id)])
    theirs = event_public_id(Event.objects.get(customer=carla).key)

    answer = reader(line.invoice.customer).get(of_line("line_events", line) + f"?after={theirs}")

    assert answer.status_code == 404


def test_a_charge_that_counts_nothing_has_none() -> None:
    draft = invoices.draft_of([Row("99.00", "Platform fee", section="platform")])
    line = draft.lines.select_related("invoice__customer").get()

    page = reader(draft.customer).get(of_line("line_events", line)).content.decode()

    assert "This line is a charge that does not count usage." in page
    assert len(csv_of(line)) == 1


@pytest.mark.parametrize("name", ["line_events", "line_events_csv"])
def test_events_of_others_are_answered_as_if_there_were_none(name: str) -> None:
    line = example_line()
    basil = make.basil()

    assert reader(basil).get(of_line(name, line, customer=basil)).status_code == 404
    assert reader(basil).get(of_line(name, line)).status_code == 404


def test_who_may_only_read_sees_them() -> None:
    line = example_line()
    client = reader(line.invoice.customer, role=Role.READ_ONLY)

    assert client.get(of_line("line_events", line)).status_code == 200
    assert client.get(of_line("line_events_csv", line)).status_code == 200


@pytest.mark.parametrize("with_right", [True, False])
def test_staff_on_a_visit_see_single_events_with_the_right_to_events_alone(
    with_right: bool,
) -> None:
    line = example_line()
    client = visitor(line.invoice.customer, *(["view_event"] if with_right else []))
    events = of_line("line_events", line)

    pages = [client.get(of_line(name, line)) for name in ("line_events", "line_events_csv")]
    around = [client.get(of_line("line", line)), client.get(of_invoice("invoice", line.invoice))]

    assert [page.status_code for page in pages] == [200 if with_right else 403] * 2
    assert [events in page.content.decode() for page in around] == [with_right] * 2
    assert ("call-1" in around[0].content.decode()) == with_right
    assert "13 minutes" in around[0].content.decode()


def test_the_queries_are_the_same_for_few_and_for_many() -> None:
    line = line_of_many(20)
    client = reader(line.invoice.customer)
    asked = ["", "?first=2024-11-03", f"?key={'x' * 40}"]

    def queries() -> list[int]:
        counts = []
        for each in asked:
            with CaptureQueriesContext(connection) as captured:
                client.get(of_line("line_events", line) + each)
            counts.append(len(captured))
        return counts

    few = queries()
    many_events(
        line.invoice.customer,
        make.ai_call_meter(),
        2000,
        start=make.NOVEMBER_20,
        span=timedelta(days=5),
        sender=make.source(make.partner(name="Another")),
    )
    refresh_customer(customer_id=line.invoice.customer_id, now=make.NOW)
    many = queries()

    assert InvoiceLine.objects.get(uid=line.uid).events == 2020
    assert many == few
    assert max(few) <= 15


def test_the_list_and_the_api_name_the_same_events() -> None:
    line = example_line()

    found = counted_events(
        customer_id=line.invoice.customer_id,
        meter_id=line.meter_id or 0,
        dimensions_id=line.dimension_set_id or 0,
        start=line.period_start,
        end=line.period_end,
        snapshot=line.invoice.usage_snapshot,
    )

    assert [row.event_id for row in shown(line)["rows"]] == [
        event_public_id(event.key) for event in found
    ]
