"""What is kept of signing in, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django_celery_beat.models import PeriodicTask

from accounts.models import SignIn, SignInOutcome
from accounts.operations.forget_old_sign_ins import forget_old_sign_ins
from accounts.operations.record_sign_in import record_sign_in
from accounts.tasks import forget_old_sign_ins as task
from tests import factories as make

pytestmark = pytest.mark.django_db

NOW = make.NOW


def attempt(*, ago: timedelta) -> SignIn:
    return record_sign_in(
        email="olive@basil.example",
        outcome=SignInOutcome.REFUSED,
        ip="203.0.113.9",
        user_agent="",
        now=NOW - ago,
    )


def session(key: str, *, ends: datetime) -> Session:
    return Session.objects.create(session_key=key, session_data="", expire_date=ends)


def device(key: str) -> UserSession:
    user = make.person(f"{key}@basil.example")
    return UserSession.objects.create(user=user, session_key=key, ip="203.0.113.9")


def test_attempts_are_kept_for_ninety_days() -> None:
    attempt(ago=timedelta(days=90, seconds=1))
    kept = [attempt(ago=timedelta(days=90)), attempt(ago=timedelta(0))]

    forget_old_sign_ins(now=NOW)

    assert set(SignIn.objects.all()) == set(kept)


def test_sessions_that_are_over_go_with_their_devices_and_others_stay() -> None:
    session("over", ends=NOW - timedelta(seconds=1))
    session("running", ends=NOW)
    for key in ("over", "running", "ended-long-ago"):
        device(key)

    forget_old_sign_ins(now=NOW)

    assert [each.session_key for each in Session.objects.all()] == ["running"]
    assert [each.session_key for each in UserSession.objects.all()] == ["running"]


def test_however_many_there_are_all_go_in_batches() -> None:
    for _ in range(5):
        attempt(ago=timedelta(days=91))

    forget_old_sign_ins(now=NOW, at_once=2)

    assert not SignIn.objects.exists()


def test_it_happens_once_a_day() -> None:
    old = attempt(ago=timedelta(0))
    SignIn.objects.filter(pk=old.pk).update(at=datetime.now(UTC) - timedelta(days=91))

    task()

    assert not SignIn.objects.exists()
    scheduled = PeriodicTask.objects.get(task=task.name)
    assert scheduled.interval is not None
    assert scheduled.interval.schedule.run_every == timedelta(days=1)
