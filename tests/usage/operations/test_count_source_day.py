"""Which days are counted by themselves, and that two workers do not count one source at once."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from tests import factories as make
from tests.at_once import errors_at_once
from usage.models import Source, SourceDay
from usage.operations.count_source_day import (
    count_source_day,
    count_unless_counting,
    days_to_count,
)

pytestmark = pytest.mark.django_db

TODAY = make.NOW.date()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme."""
    make.ai_call_meter()
    return make.source(make.partner(make.acme()))


def send(callwave: Source, key: str, *, now: datetime) -> None:
    make.accepted(callwave, [make.call_body(key)], now=now)


def count(callwave: Source, day: date, *, now: datetime) -> None:
    count_source_day(source_id=callwave.pk, day=day, now=now)


def test_the_day_that_goes_on_is_counted_once_an_hour(callwave: Source) -> None:
    send(callwave, "call", now=make.NOW)
    due = [days_to_count(now=make.NOW)]

    count(callwave, TODAY, now=make.NOW)
    due += [days_to_count(now=make.NOW + HOUR / 2), days_to_count(now=make.NOW + HOUR)]

    assert due == [[(callwave.pk, TODAY)], [], [(callwave.pk, TODAY)]]


def test_an_old_day_is_counted_until_nothing_of_it_waits(callwave: Source) -> None:
    send(callwave, "call", now=make.NOW - 3 * DAY)
    old = TODAY - 3 * DAY
    count(callwave, old, now=make.NOW - DAY)

    assert days_to_count(now=make.NOW) == [(callwave.pk, old)]
    SourceDay.objects.update(states={"rated": 1, "awaiting": 0, "unpriced": 0, "quarantined": 0})
    assert days_to_count(now=make.NOW) == []


def test_a_day_on_which_nobody_counted_is_counted_later(callwave: Source) -> None:
    send(callwave, "call", now=make.NOW - 5 * DAY)
    send(callwave, "later", now=make.NOW - 3 * DAY)
    count(callwave, TODAY - 3 * DAY, now=make.NOW - DAY)
    missed = (callwave.pk, TODAY - 5 * DAY)

    assert days_to_count(now=make.NOW) == [missed, (callwave.pk, TODAY - 3 * DAY)]
    count(callwave, missed[1], now=make.NOW)
    assert days_to_count(now=make.NOW) == [(callwave.pk, TODAY - 3 * DAY)]


def test_a_day_that_nobody_counted_to_its_end_is_counted_later(callwave: Source) -> None:
    send(callwave, "call", now=make.NOW - 3 * DAY)
    count(callwave, TODAY - 3 * DAY, now=make.NOW - 3 * DAY)
    SourceDay.objects.update(states={"rated": 1, "awaiting": 0, "unpriced": 0, "quarantined": 0})
    send(callwave, "later that day", now=make.NOW - 3 * DAY + HOUR)

    assert days_to_count(now=make.NOW) == [(callwave.pk, TODAY - 3 * DAY)]


def test_of_days_that_nobody_counted_the_first_twenty_of_a_month_come_at_once(
    callwave: Source,
) -> None:
    for ago in range(2, 40):
        send(callwave, f"call-{ago}", now=make.NOW - ago * DAY)

    assert days_to_count(now=make.NOW) == [
        (callwave.pk, TODAY - ago * DAY) for ago in range(31, 11, -1)
    ]


@pytest.mark.usefixtures("committed")
def test_a_source_that_another_worker_counts_is_left_to_it() -> None:
    make.ai_call_meter()
    sender = make.source(make.partner(make.acme()))
    counted = []

    def try_to_count() -> None:
        counted.append(count_unless_counting(source_id=sender.pk, day=TODAY, now=make.NOW))

    with transaction.atomic():
        Source.objects.select_for_update(no_key=True).get(pk=sender.pk)
        assert errors_at_once(partial(try_to_count)) == [None]

    assert counted == [False]
    assert count_unless_counting(source_id=sender.pk, day=TODAY, now=make.NOW)
