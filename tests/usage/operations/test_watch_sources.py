"""Alarms: what is unusual opens one and mails once, what is over closes it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import Group

from accounts.models import Message, Partner, User
from tests import factories as make
from tests.at_once import at_once
from usage.models import (
    QuarantinedEvent,
    Source,
    SourceMinute,
    UsageAlarm,
    UsageReceipt,
)
from usage.operations.watch_sources import watch_sources

NOW = make.NOW
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def sender(db: None) -> Source:
    """A live source, and somebody of the staff who may mend what is wrong with it."""
    clerk = User.objects.create_user("billing@northwind.example", is_staff=True)
    clerk.groups.add(Group.objects.get(name="Billing"))
    return make.source(make.partner(make.basil()), "live")


def waits(
    sender: Source,
    count: int,
    *,
    ago: timedelta,
    reason: str = "unknown_customer",
) -> None:
    """Put events into quarantine that came so long ago."""
    first = QuarantinedEvent.objects.count()
    QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            key=UUID(int=first + number), source=sender, occurred_at=NOW - ago,
            received_at=NOW - ago, event_name="ai_call", idempotency_key=str(first + number),
            customer_reference="+15550100", reason=reason, detail="", sent="{}",
        )
        for number in range(count)
    )  # fmt: skip


def sent(sender: Source, *, ago: timedelta) -> None:
    """Let an event have come so long ago, as receipts and sums tell."""
    at = NOW - ago
    UsageReceipt.objects.create(
        source=sender, received_at=at, channel="api", received=1, accepted=1, duplicates=0,
        conflicts=0, quarantined=0, rejected=0,
    )  # fmt: skip
    SourceMinute.objects.create(source=sender, minute=at.replace(second=0), accepted=1)


def always_sent(sender: Source, *, silent_for: timedelta, every: timedelta = HOUR) -> None:
    """Let it have sent for a week, the last time so long ago."""
    for number in range(7 * DAY // every):
        sent(sender, ago=silent_for + number * every)


def opened(now: datetime = NOW) -> list[tuple[str, str, int, int]]:
    return [(a.kind, a.reason, a.found, a.usual) for a in watch_sources(now=now)]


def test_fifty_where_usually_none_wait_are_an_alarm(sender: Source) -> None:
    waits(sender, 30, ago=HOUR / 2)
    waits(sender, 20, ago=HOUR / 3)

    assert opened() == [("quarantine_grows", "unknown_customer", 50, 0)]
    assert UsageAlarm.objects.get().since == NOW - HOUR / 2


def test_fewer_than_fifty_are_none(sender: Source) -> None:
    waits(sender, 49, ago=HOUR / 2)
    waits(sender, 49, ago=HOUR / 2, reason="unknown_event_name")

    assert opened() == []


@pytest.mark.parametrize("usual, is_alarm", [(20, True), (21, False)])
def test_a_hundred_are_an_alarm_where_the_median_hour_has_a_fifth(
    sender: Source, usual: int, is_alarm: bool
) -> None:
    for hour in range(1, 86):
        waits(sender, usual, ago=hour * HOUR + HOUR / 2)
    QuarantinedEvent.objects.update(resolved_at=NOW)
    waits(sender, 100, ago=HOUR / 2)

    assert bool(opened()) is is_alarm


def test_what_was_replayed_since_does_not_wait(sender: Source) -> None:
    waits(sender, 60, ago=HOUR / 2)
    QuarantinedEvent.objects.update(resolved_at=NOW)

    assert opened() == []


def test_what_a_test_key_sends_is_no_alarm(sender: Source) -> None:
    waits(make.source(sender.partner), 60, ago=HOUR / 2)

    assert opened() == []


def test_an_alarm_that_is_open_is_not_opened_again(sender: Source) -> None:
    waits(sender, 60, ago=HOUR / 2)
    watch_sources(now=NOW)

    assert opened(NOW + 5 * timedelta(minutes=1)) == []
    assert UsageAlarm.objects.count() == 1


def test_it_closes_once_less_than_half_of_it_waits_of_the_last_hour(sender: Source) -> None:
    waits(sender, 60, ago=HOUR / 2)
    watch_sources(now=NOW)
    QuarantinedEvent.objects.filter(key__lte=UUID(int=34)).update(resolved_at=NOW)
    watch_sources(now=NOW + HOUR / 6)
    still_open = UsageAlarm.objects.get().closed_at

    QuarantinedEvent.objects.filter(key=UUID(int=35)).update(resolved_at=NOW)
    watch_sources(now=NOW + HOUR / 6)

    assert still_open is None
    assert UsageAlarm.objects.get().closed_at == NOW + HOUR / 6


def test_it_closes_when_nothing_came_for_an_hour_and_opens_anew_later(sender: Source) -> None:
    waits(sender, 60, ago=HOUR / 2)
    watch_sources(now=NOW)
    watch_sources(now=NOW + HOUR)
    waits(sender, 60, ago=-2 * HOUR)

    watch_sources(now=NOW + 2 * HOUR)

    alarms = UsageAlarm.objects.order_by("pk").values_list("closed_at", flat=True)
    assert list(alarms) == [NOW + HOUR, None]
    assert Message.objects.count() == 2


def test_a_source_that_always_sent_is_missed(sender: Source) -> None:
    always_sent(sender, silent_for=2 * HOUR + timedelta(minutes=1))

    assert opened() == [("source_silent", "", 121, 60)]


def test_it_may_be_quiet_for_twice_its_longest_quiet(sender: Source) -> None:
    always_sent(sender, silent_for=2 * HOUR)

    assert opened() == []


def test_one_that_is_never_quiet_may_be_so_for_an_hour(sender: Source) -> None:
    sent(sender, ago=HOUR)
    SourceMinute.objects.bulk_create(
        SourceMinute(source=sender, minute=NOW - HOUR - number * HOUR / 6, accepted=1)
        for number in range(1, 7 * 24 * 6)
    )

    assert opened() == []
    assert opened(NOW + timedelta(minutes=1)) == [("source_silent", "", 61, 10)]


def test_one_that_sent_on_four_days_alone_is_not_missed(sender: Source) -> None:
    for number in range(4):
        sent(sender, ago=10 * DAY + number * DAY)

    assert opened() == []


def test_one_that_is_silent_for_a_month_is_not_missed(sender: Source) -> None:
    always_sent(sender, silent_for=30 * DAY)

    assert opened() == []


@pytest.mark.parametrize("end", ["it sends", "its partner is switched off", "a month is over"])
def test_a_silence_is_over(sender: Source, end: str) -> None:
    always_sent(sender, silent_for=3 * HOUR)
    watch_sources(now=NOW)
    later = NOW + HOUR
    if end == "it sends":
        sent(sender, ago=timedelta(0))
    elif end == "its partner is switched off":
        Partner.objects.update(is_active=False)
    else:
        later = NOW + 30 * DAY

    watch_sources(now=later)

    assert UsageAlarm.objects.get().closed_at == later


def test_staff_with_the_right_are_told_once(sender: Source) -> None:
    auditor = User.objects.create_user("auditor@northwind.example", is_staff=True)
    auditor.groups.add(Group.objects.get(name="Auditor"))
    User.objects.create_superuser("gone@northwind.example", is_active=False)
    waits(sender, 60, ago=HOUR / 2)

    watch_sources(now=NOW)
    watch_sources(now=NOW)

    message = Message.objects.get()
    assert (message.to, message.kind) == ("billing@northwind.example", "usage_alarm")
    assert message.subject == "The quarantine of Callwave (live) grows"
    assert "wait: unknown customer or subject. Usual are 0 an hour." in message.text
    assert "+15550100" not in message.text
    assert f"/admin/usage/usagealarm/{UsageAlarm.objects.get().pk}/change/" in message.text


@pytest.fixture
def committed_sender(committed: None) -> Iterator[Source]:
    """A live source, committed, and somebody who is told."""
    make.staff()
    yield make.source(make.partner(make.basil()), "live")
    QuarantinedEvent.objects.update(resolved_at=NOW)


def test_two_that_look_at_once_raise_one_alarm_and_send_one_mail(committed_sender: Source) -> None:
    waits(committed_sender, 60, ago=HOUR / 2)

    found = at_once(lambda: watch_sources(now=NOW), lambda: watch_sources(now=NOW))

    assert sorted(len(each) for each in found) == [0, 1]
    assert UsageAlarm.objects.count() == 1
    assert Message.objects.count() == 1
