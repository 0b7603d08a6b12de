"""The limits of an API key stay when it is replaced."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Partner, Scope
from accounts.operations.rotate_api_key import rotate_api_key
from accounts.operations.rotate_own_key import rotate_own_key
from tests import factories as make
from tests.caller import Caller
from usage.models import KeyLimit

pytestmark = pytest.mark.django_db

LIMITS = {"requests_per_minute": 7, "events_per_minute": 20_000}


@pytest.fixture
def callwave() -> Partner:
    return make.partner(make.acme())


def limits(key: ApiKey) -> tuple[int | None, int | None]:
    own = KeyLimit.objects.get(api_key=key)
    return own.requests_per_minute, own.events_per_minute


def history(key: ApiKey) -> list[tuple[str, int | None]]:
    """Return what was recorded of a key's limit, the first first."""
    changes = next(iter(KeyLimit.pgh_event_models.values()))  # type: ignore[attr-defined]
    recorded = changes.objects.filter(api_key=key).order_by("pgh_id")
    return list(recorded.values_list("pgh_label", "requests_per_minute"))


@pytest.mark.parametrize("rotate", [rotate_api_key, rotate_own_key])
@pytest.mark.parametrize("overlap_hours", [0, 24])
def test_the_successor_of_a_key_begins_with_its_limits(
    callwave: Partner, rotate: Any, overlap_hours: int
) -> None:
    old, _ = make.api_key(callwave, scopes=[Scope.EVENTS_WRITE])
    KeyLimit.objects.create(api_key=old, **LIMITS)

    new, secret = rotate(key=old, overlap_hours=overlap_hours, now=timezone.now())

    assert limits(new) == limits(old) == (7, 20_000)
    assert history(new) == [("insert", 7)]
    answer = Caller(secret).post("/events", make.call_body("call-1"))
    assert answer["RateLimit-Policy"] == '"requests";q=7;w=60, "events";q=20000;w=60'


def test_from_then_on_each_key_has_its_own(callwave: Partner) -> None:
    old, _ = make.api_key(callwave)
    KeyLimit.objects.create(api_key=old, **LIMITS)
    new, _ = rotate_api_key(key=old, overlap_hours=24, now=timezone.now())

    KeyLimit.objects.get(api_key=old).delete()
    own = KeyLimit.objects.get(api_key=new)
    own.requests_per_minute = 9
    own.save()

    assert not KeyLimit.objects.filter(api_key=old).exists()
    assert limits(new) == (9, 20_000)
    assert history(old) == [("insert", 7), ("delete", 7)]
    assert history(new) == [("insert", 7), ("update", 9)]


def test_a_limit_goes_along_however_often_a_key_is_replaced(callwave: Partner) -> None:
    key, _ = make.api_key(
        callwave, scopes=[Scope.EVENTS_WRITE], expires_at=timezone.now() + timedelta(days=90)
    )
    KeyLimit.objects.create(api_key=key, requests_per_minute=7)

    for _ in range(3):
        key, _ = rotate_own_key(key=key, overlap_hours=1, now=timezone.now())

    assert limits(key) == (7, None)
    assert KeyLimit.objects.count() == 4


def test_a_key_without_limits_of_its_own_has_none_to_hand_on(callwave: Partner) -> None:
    old, _ = make.api_key(callwave)
    other, _ = make.api_key(callwave)
    KeyLimit.objects.create(api_key=other, **LIMITS)

    rotate_api_key(key=old, overlap_hours=24, now=timezone.now())

    assert [limit.api_key for limit in KeyLimit.objects.all()] == [other]
