"""Buckets that fill within a minute, exact for any number of processes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.at_once import at_once
from usage.models import KeyAllowance
from usage.operations.take_allowance import Allowance, take_allowance

pytestmark = pytest.mark.django_db

KEY = 7


def take(requests: int = 1, events: int = 0, *, after: float = 0) -> Allowance:
    return take_allowance(
        api_key_id=KEY,
        requests=requests,
        events=events,
        limits=(60, 600),
        now=make.NOW + timedelta(seconds=after),
    )


def left(allowance: Allowance) -> tuple[bool, int, int]:
    requests, events = allowance.quotas
    return allowance.was_taken, requests.remaining, events.remaining


def test_a_new_key_has_a_minutes_worth() -> None:
    assert left(take(1, 10)) == (True, 59, 590)


def test_what_is_taken_comes_back_within_a_minute() -> None:
    take(60, 600)

    assert left(take(0, 0, after=30)) == (True, 30, 300)
    assert left(take(0, 0, after=60)) == (True, 60, 600)
    assert left(take(0, 0, after=600)) == (True, 60, 600)


def test_what_is_not_there_is_not_taken_at_all() -> None:
    take(0, 595)

    refused = take(1, 6)

    assert left(refused) == (False, 60, 5)
    assert refused.wait_seconds == 1


def test_the_wait_is_until_all_of_it_is_there() -> None:
    take(60, 600)

    refused = take(1, 300)

    assert left(refused) == (False, 0, 0)
    assert refused.wait_seconds == 30
    assert left(take(1, 300, after=29)) == (False, 29, 290)
    assert left(take(1, 300, after=30)) == (True, 29, 0)


def test_a_clock_that_goes_back_gives_nothing() -> None:
    take(60, 0, after=30)

    assert left(take(0, 0, after=-30)) == (True, 0, 600)
    assert left(take(0, 0, after=30)) == (True, 0, 600)
    assert left(take(0, 0, after=31)) == (True, 1, 600)


def test_it_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        take()

    assert len(captured) == 1


@pytest.mark.usefixtures("committed")
def test_processes_at_once_take_no_more_than_there_is() -> None:
    def try_twenty() -> int:
        return sum(take(1, 0).was_taken for _ in range(20))

    assert sum(at_once(*[try_twenty] * 6)) == 60
    KeyAllowance.objects.all().delete()
