"""The page of a source's day: both sums, and the events behind each number."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer, RecordLook, User
from tests import factories as make
from tests.usage.uploads import calls_csv, imported, mapped
from usage.admin import source_day
from usage.intake.sent_event import read_event
from usage.models import Event, QuarantinedEvent, SourceDay
from usage.operations.amend_event import amend_event
from usage.operations.count_source_day import count_source_day
from usage.operations.replay_quarantined import replay_quarantined
from usage.queries.day_receipts import Came

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> SourceDay:
    """A day on which two calls were taken and one of nobody waits."""
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    make.accepted(sender, [make.call_body("one"), make.call_body("two")])
    make.accepted(sender, [make.call_body("lost", customer_id="nobody")])
    count_source_day(source_id=sender.pk, day=make.NOW.date(), now=make.NOW)
    return SourceDay.objects.get()


def receipts(day: SourceDay, came: str) -> str:
    return f"/admin/usage/sourceday/{day.pk}/receipts/{came}/"


def events(day: SourceDay, state: str) -> str:
    return f"/admin/usage/sourceday/{day.pk}/events/{state}/"


def cells(answer: Any, place: int) -> list[str]:
    """Return what stands in a column of the page's table."""
    return [row[place].text for row in answer.context["table"].rows]


def as_sent(name: str) -> str:
    return f'<span class="as-sent">{name}</span>'


def paged(client: Client, address: str, place: int) -> list[str]:
    """Return a column of all pages, from the first on."""
    later, found = "?", list[str]()
    while later:
        answer = client.get(address + later)
        found += cells(answer, place)
        later = answer.context["later"]
    return found


def test_the_list_says_whether_the_sums_agree(staff_client: Client, day: SourceDay) -> None:
    page = staff_client.get("/admin/usage/sourceday/").content.decode()

    assert "agree</span>" in page
    assert "2 awaiting, 1 quarantined" in page


def test_an_empty_list_says_when_days_are_counted(staff_client: Client) -> None:
    page = staff_client.get("/admin/usage/sourceday/").content.decode()

    assert "a few minutes after its first usage came, then once an hour" in page


def test_each_number_of_the_page_leads_to_its_events(staff_client: Client, day: SourceDay) -> None:
    page = staff_client.get(f"/admin/usage/sourceday/{day.pk}/change/").content.decode()
    waiting = staff_client.get(
        f"/admin/usage/sourceday/{day.pk}/events/quarantined/"
    ).content.decode()
    awaiting = staff_client.get(
        f"/admin/usage/sourceday/{day.pk}/events/awaiting/"
    ).content.decode()

    assert f'<a href="/admin/usage/sourceday/{day.pk}/events/awaiting/">2</a>' in page
    assert f"/admin/usage/quarantinedevent/{QuarantinedEvent.objects.get().key}/change/" in waiting
    assert all(event.public_id in awaiting for event in Event.objects.all())


def test_what_was_accepted_and_quarantined_leads_to_exactly_that(
    staff_client: Client, day: SourceDay
) -> None:
    key = QuarantinedEvent.objects.get().key
    make.customer("nobody", "Nobody", is_sandbox=True).partners.add(day.source.partner)
    replay_quarantined(key=key, now=make.NOW + timedelta(days=1))

    page = staff_client.get(f"/admin/usage/sourceday/{day.pk}/change/").content.decode()
    accepted = staff_client.get(f"/admin/usage/sourceday/{day.pk}/events/accepted/")
    address = re.findall(r'href="(/admin/usage/quarantinedevent/[^"]*)">1</a>', page)
    quarantined = staff_client.get(unescape(address[0])).context["cl"].result_list

    assert f'<a href="/admin/usage/sourceday/{day.pk}/events/accepted/">2</a>' in page
    assert sorted(cells(accepted, 4)) == [as_sent("one"), as_sent("two")]
    assert [event.idempotency_key for event in quarantined] == ["lost"]


def test_events_are_listed_with_customer_name_and_key_and_that_is_on_record(
    staff_client: Client, day: SourceDay
) -> None:
    awaiting = staff_client.get(f"/admin/usage/sourceday/{day.pk}/events/awaiting/")
    waiting = staff_client.get(f"/admin/usage/sourceday/{day.pk}/events/quarantined/")

    assert [sorted(cells(awaiting, place)) for place in (2, 3, 4)] == [
        ["Acme Support Co"] * 2, ["ai_call"] * 2, [as_sent("one"), as_sent("two")],
    ]  # fmt: skip
    assert [sorted(cells(waiting, place)) for place in (2, 3, 4)] == [
        ['<span class="as-sent">“nobody”</span>'], ["ai_call"], [as_sent("lost")],
    ]  # fmt: skip
    assert list(RecordLook.objects.order_by("pk").values_list("rows", "partner__name")) == [
        (2, "Callwave"), (1, "Callwave"),
    ]  # fmt: skip


def test_what_has_no_rows_leads_to_what_brought_it(staff_client: Client, day: SourceDay) -> None:
    make.accepted(day.source, [make.call_body("one"), make.call_body("three")])
    make.accepted(day.source, [make.call_body("one", minutes=9)])
    count_source_day(source_id=day.source_id, day=day.day, now=make.NOW)

    page = staff_client.get(f"/admin/usage/sourceday/{day.pk}/change/").content.decode()

    came = {name: staff_client.get(receipts(day, name)) for name in Came}
    assert {name: cells(answer, 2) for name, answer in came.items()} == {
        "received": ["2", "1", "2", "1"], "corrections": [], "duplicates": ["2"],
        "conflicts": ["1"], "rejected": [],
    }  # fmt: skip
    assert "has no row of its own" in came[Came.DUPLICATES].content.decode()
    assert [name for name in Came if receipts(day, name) in page] == [
        "received", "duplicates", "conflicts",
    ]  # fmt: skip


def test_many_receipts_come_in_pages_and_cost_the_same(
    staff_client: Client, day: SourceDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(address).status_code == 200
        return len(captured)

    few = [queries(receipts(day, Came.RECEIVED)), queries(events(day, "accepted"))]
    for number in range(5):
        make.accepted(day.source, [make.call_body(f"more-{number}")])

    assert [queries(receipts(day, Came.RECEIVED)), queries(events(day, "accepted"))] == few
    assert max(few) <= 15
    monkeypatch.setattr(source_day, "PAGE", 4)
    assert paged(staff_client, receipts(day, Came.RECEIVED), 2) == ["2", *["1"] * 6]
    assert sorted(paged(staff_client, events(day, "accepted"), 4)) == [
        *(as_sent(f"more-{number}") for number in range(5)), as_sent("one"), as_sent("two"),
    ]  # fmt: skip


@pytest.mark.parametrize("after", ["x", "2024-11-21T12:00:00Z~x", "2024-11-21T12:00:00~1", "~1"])
def test_a_place_that_is_none_begins_at_the_first(
    staff_client: Client, day: SourceDay, after: str
) -> None:
    assert cells(staff_client.get(receipts(day, Came.RECEIVED), {"after": after}), 2) == ["2", "1"]


def test_a_part_of_a_file_leads_to_the_file(staff_client: Client, day: SourceDay) -> None:
    file = mapped(day.source, calls_csv(2))
    imported(file)

    page = staff_client.get(receipts(day, Came.RECEIVED)).content.decode()

    assert f'file: <a href="/admin/usage/usagefile/{file.pk}/change/">calls.csv</a>' in page


def test_what_corrections_store_is_told_apart_from_what_came(
    staff_client: Client, day: SourceDay
) -> None:
    event = Event.objects.get(idempotency_key="one")
    amend_event(
        event=event, body=read_event(make.call_body("one", minutes=9)), reason="x", now=make.NOW
    )
    count_source_day(source_id=day.source_id, day=day.day, now=make.NOW)
    day.refresh_from_db()

    page = staff_client.get(f"/admin/usage/sourceday/{day.pk}/change/").content.decode()

    assert f'<a href="{receipts(day, Came.RECEIVED)}">3</a>' in page
    assert f'<a href="{receipts(day, Came.CORRECTIONS)}">1</a>' in page
    assert "together what the others come to: 4" in page
    assert (day.received, day.accepted, day.quarantined, day.holds) == (4, 3, 1, True)


def test_who_may_not_see_events_gets_no_links_to_them(db: None, day: SourceDay) -> None:
    client = Client()
    user = User.objects.create_user("kim@northwind.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_sourceday"))
    client.force_login(user)

    page = client.get(f"/admin/usage/sourceday/{day.pk}/change/").content.decode()

    assert "/events/" not in page
    assert "/admin/usage/quarantinedevent/" not in page
    assert receipts(day, Came.RECEIVED) in page
    assert client.get(events(day, "accepted")).status_code == 403


def test_a_day_has_no_page_of_a_history(staff_client: Client, day: SourceDay) -> None:
    page = staff_client.get(f"/admin/usage/sourceday/{day.pk}/change/").content.decode()

    assert "Count again" in page
    assert "/history/" not in page


@pytest.mark.parametrize("number", ["events/lost", "receipts/lost"])
def test_a_number_that_there_is_not_is_not_found(
    staff_client: Client, day: SourceDay, number: str
) -> None:
    assert staff_client.get(f"/admin/usage/sourceday/{day.pk}/{number}/").status_code == 404


def test_counting_again_tells_what_it_found(staff_client: Client, day: SourceDay) -> None:
    sender = Customer.objects.get().partners.get().sources.get()
    make.accepted(sender, [make.call_body("three")])

    answer = staff_client.post(f"/admin/usage/sourceday/{day.pk}/count/", follow=True)

    day.refresh_from_db()
    assert "Counted: both sums agree." in answer.content.decode()
    assert (day.accepted, day.states["awaiting"]) == (3, 3)
