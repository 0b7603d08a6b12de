"""Staff see what events wait for, what they would add, and replay all of a cause at once."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Customer
from tests import factories as make
from usage.models import Event, QuarantinedEvent, ReplayJob, Source
from usage.operations.replay_cause import replay_next

pytestmark = pytest.mark.django_db

CAUSES = "/admin/usage/quarantinedevent/causes/"


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme with two calls that were sent before their meter was there."""
    sender = make.source(make.partner(make.acme()))
    make.accepted(sender, [make.call_body("one", minutes=10), make.call_body("two", minutes=5)])
    return sender


def start_page(callwave: Source) -> str:
    return (
        f"/admin/usage/replayjob/start/?source={callwave.pk}"
        "&reason=unknown_event_name&named=ai_call"
    )


def test_a_cause_is_shown_with_its_number_and_remedy(
    staff_client: Client, callwave: Source
) -> None:
    page = staff_client.get(CAUSES).content.decode()

    assert "no meter has this event name" in page
    assert "/admin/usage/meter/add/?event_name=ai_call" in page
    assert start_page(callwave).replace("&", "&amp;") in page


def test_what_was_nearly_meant_is_said(staff_client: Client, callwave: Source) -> None:
    make.accepted(callwave, [make.call_body("typo", customer_id="ACME")])

    assert "Did you mean “acme”?" in staff_client.get(CAUSES).content.decode()


def test_a_name_is_shown_with_its_blanks_and_leads_to_its_own_events(
    staff_client: Client, callwave: Source
) -> None:
    other = make.source(make.partner(make.basil(), name="Other"))
    for sender in (callwave, other):
        make.accepted(sender, [make.call_body("blank", customer_id=" acme")])
    make.accepted(callwave, [make.call_body("caps", customer_id="ACME")])

    page = staff_client.get(CAUSES).content.decode()

    found = re.findall(r'<a href="([^"]+)"><span class="as-sent">“ acme”</span>', page)
    listed = [staff_client.get(unescape(address)).context["cl"].result_list for address in found]
    assert sorted([event.source_id, event.customer_reference] for (event,) in listed) == [
        [callwave.pk, " acme"],
        [other.pk, " acme"],
    ]


@pytest.mark.parametrize("reason, names", [
    ("unknown_customer", {"“nobody”"}), ("unknown_event_name", {"“ai_call”"}),
    ("", {"“nobody”", "“ai_call”"}), ("odd", {"“nobody”", "“ai_call”"}),
])  # fmt: skip
def test_the_causes_of_one_reason_are_shown_alone(
    staff_client: Client, callwave: Source, reason: str, names: set[str]
) -> None:
    make.accepted(callwave, [make.call_body("lost", customer_id="nobody")])

    page = staff_client.get(f"{CAUSES}?reason={reason}").content.decode()

    assert set(re.findall(r'<span class="as-sent">(.*?)</span>', page)) == names


@pytest.mark.parametrize("asked, causes", [
    ("", CAUSES), ("?reason__exact=unknown_customer", f"{CAUSES}?reason=unknown_customer"),
])  # fmt: skip
def test_the_list_of_what_waits_leads_to_its_causes(
    staff_client: Client, callwave: Source, asked: str, causes: str
) -> None:
    page = staff_client.get(f"/admin/usage/quarantinedevent/{asked}").content.decode()

    assert f'<a href="{causes}">What they wait for, and replay</a>' in page


def test_an_empty_quarantine_says_so(staff_client: Client) -> None:
    assert "Nothing waits here" in staff_client.get(CAUSES).content.decode()


def test_the_page_before_a_replay_tells_the_money_that_it_adds(
    staff_client: Client, callwave: Source
) -> None:
    make.contract(Customer.objects.get())

    page = staff_client.get(start_page(callwave)).content.decode()

    assert '<strong id="replay-adds">3.00 USD</strong>' in page
    assert '<strong id="replay-counts">2</strong> would be counted and 0 would go on' in page
    assert "Replay 2 events" in page
    assert not Event.objects.exists()


def test_the_page_before_a_replay_says_that_nothing_would_be_counted(
    staff_client: Client, callwave: Source
) -> None:
    make.accepted(callwave, [make.call_body("lost", customer_id="nobody")])
    asked = {"source": str(callwave.pk), "reason": "unknown_customer", "named": "nobody"}

    page = staff_client.get("/admin/usage/replayjob/start/", asked).content.decode()

    assert '<strong id="replay-counts">0</strong> would be counted and 1 would go on' in page
    assert '<strong id="replay-adds">nothing</strong>' in page


def test_a_replay_is_started_and_shows_how_far_it_is(
    staff_client: Client, callwave: Source
) -> None:
    make.contract(Customer.objects.get())
    fields = {"source": callwave.pk, "reason": "unknown_event_name", "named": "ai_call"}

    answer = staff_client.post("/admin/usage/replayjob/start/", fields)

    job = ReplayJob.objects.get()
    assert answer["Location"] == f"/admin/usage/replayjob/{job.pk}/"
    assert "0 of 2" in staff_client.get(answer["Location"]).content.decode()
    replay_next(job_id=job.pk, now=make.NOW)
    assert "2 of 2, finished" in staff_client.get(answer["Location"]).content.decode()
    assert not QuarantinedEvent.objects.filter(resolved_at=None).exists()


@pytest.mark.parametrize(
    "asked",
    ["", "source=x&reason=unknown_customer&named=a", "source=1&reason=odd&named=a",
     "source=1&reason=unknown_customer&named=%00"],
)  # fmt: skip
def test_a_cause_that_there_is_not_leads_back(staff_client: Client, asked: str) -> None:
    answer = staff_client.get(f"/admin/usage/replayjob/start/?{asked}")

    assert (answer.status_code, answer["Location"]) == (302, CAUSES)
