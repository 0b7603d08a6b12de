"""Alarms as staff see them: list, page, desk, and above what waits."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make
from usage.models import AlarmKind, UsageAlarm

LIST = "admin:usage_usagealarm_changelist"


def alarm(**fields: object) -> UsageAlarm:
    """Return an alarm of a quarantine that grows."""
    sender = make.source(make.partner(), "live")
    return UsageAlarm.objects.create(
        **{
            "source": sender, "kind": AlarmKind.QUARANTINE_GROWS, "reason": "unknown_customer",
            "found": 1_640, "usual": 3, "since": make.NOW,
            "opened_at": make.NOW, **fields,
        }
    )  # fmt: skip


def test_the_list_shows_those_that_are_open(clerk_client: Client, db: None) -> None:
    alarm(closed_at=make.NOW)

    page = clerk_client.get(reverse(LIST))
    over = clerk_client.get(reverse(LIST), {"state": "over"})

    assert [len(each.context["cl"].result_list) for each in (page, over)] == [0, 1]


def test_its_page_says_what_was_found_and_what_to_do(clerk_client: Client) -> None:
    shown = clerk_client.get(reverse("admin:usage_usagealarm_change", args=[alarm().pk]))

    text = shown.content.decode()
    assert "The quarantine of Callwave (live) grows" in text
    assert (
        "1,640 events that came from Nov 21, 12:00 UTC to Nov 21, 12:00 UTC wait: unknown "
        "customer or subject. Usual are 3 an hour."
    ) in text
    assert reverse("admin:usage_quarantinedevent_causes") in text


def test_a_silent_source_says_since_when(clerk_client: Client) -> None:
    silent = alarm(kind=AlarmKind.SOURCE_SILENT, reason="", found=900, usual=125)

    text = clerk_client.get(
        reverse("admin:usage_usagealarm_change", args=[silent.pk])
    ).content.decode()

    assert "Nothing comes from Callwave (live)" in text
    assert "never quiet for longer than 2 hours" in text


@pytest.mark.parametrize("page", ["admin:usage_quarantinedevent_causes", "admin:index"])
def test_an_open_alarm_stands_where_people_look(staff_client: Client, page: str) -> None:
    alarm()

    assert reverse(LIST).encode().rsplit(b"/", 2)[0] in staff_client.get(reverse(page)).content


def test_the_desk_counts_open_alarms_alone(staff_client: Client) -> None:
    alarm(closed_at=make.NOW)
    quiet = staff_client.get(reverse("admin:index")).context["need_groups"][0].rows[0]
    UsageAlarm.objects.update(closed_at=None)
    loud = staff_client.get(reverse("admin:index")).context["need_groups"][0].rows[0]

    assert (quiet.label, quiet.count, loud.count) == ("Sources that are not as usual", 0, 1)
