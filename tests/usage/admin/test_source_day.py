"""The page of a source's day: both sums, and the events behind each number."""

import pytest
from django.test import Client

from accounts.models import Customer
from tests import factories as make
from usage.models import Event, QuarantinedEvent, SourceDay
from usage.operations.count_source_day import count_source_day

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


def test_the_list_says_whether_the_sums_agree(staff_client: Client, day: SourceDay) -> None:
    page = staff_client.get("/admin/usage/sourceday/").content.decode()

    assert "agree</span>" in page
    assert "2 awaiting, 1 quarantined" in page


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


def test_a_state_that_there_is_not_is_not_found(staff_client: Client, day: SourceDay) -> None:
    assert staff_client.get(f"/admin/usage/sourceday/{day.pk}/events/lost/").status_code == 404


def test_counting_again_tells_what_it_found(staff_client: Client, day: SourceDay) -> None:
    sender = Customer.objects.get().partners.get().sources.get()
    make.accepted(sender, [make.call_body("three")])

    answer = staff_client.post(f"/admin/usage/sourceday/{day.pk}/count/", follow=True)

    day.refresh_from_db()
    assert "Counted: both sums agree." in answer.content.decode()
    assert (day.accepted, day.states["awaiting"]) == (3, 3)
