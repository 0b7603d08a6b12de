"""Making, rotating and revoking keys."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Partner, Scope
from accounts.operations.make_api_key import KeyTermsRefused, make_api_key
from accounts.operations.note_key_used import note_key_used
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.operations.rotate_api_key import KeyNotInUse, rotate_api_key
from accounts.queries.api_keys import KeyRefused, usable_api_key
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def callwave() -> Partner:
    return make.partner()


def test_the_secret_is_shown_once_and_not_stored(callwave: Partner) -> None:
    key, text = make.api_key(callwave)

    stored = ApiKey.objects.values_list().get(pk=key.pk)
    assert text not in map(str, stored)
    assert usable_api_key(presented=text, now=timezone.now()) == key


def test_a_key_carries_its_scopes_in_one_order(callwave: Partner) -> None:
    key, _ = make.api_key(callwave, scopes=["invoices:read", "events:write", "events:write"])

    assert key.scopes == ["events:write", "invoices:read"]


@pytest.mark.parametrize("scopes", [[], ["events:delete"]])
def test_a_key_needs_known_scopes(callwave: Partner, scopes: list[str]) -> None:
    with pytest.raises(KeyTermsRefused):
        make.api_key(callwave, scopes=scopes)


def test_a_key_does_not_expire_in_the_past(callwave: Partner) -> None:
    now = timezone.now()

    with pytest.raises(KeyTermsRefused, match="in the future"):
        make_api_key(
            partner=callwave,
            name="",
            mode="live",
            scopes=[Scope.EVENTS_READ],
            expires_at=now,
            now=now,
        )


def test_after_a_rotation_both_keys_work_until_the_overlap_ends(callwave: Partner) -> None:
    old, old_text = make.api_key(callwave, scopes=["events:read"])
    now = timezone.now()

    new, new_text = rotate_api_key(key=old, overlap_hours=24, now=now)

    assert (new.replaces, new.scopes, new.mode, new.name) == (old, old.scopes, old.mode, old.name)
    assert new.expires_at is None
    for text in (old_text, new_text):
        assert usable_api_key(presented=text, now=now + DAY - timedelta(seconds=1))
    with pytest.raises(KeyRefused, match="expired"):
        usable_api_key(presented=old_text, now=now + DAY)
    assert usable_api_key(presented=new_text, now=now + DAY)


def test_an_overlap_never_lengthens_a_life(callwave: Partner) -> None:
    now = timezone.now()
    old, _ = make.api_key(callwave, expires_at=now + DAY)

    new, _ = rotate_api_key(key=old, overlap_hours=100, now=now)

    old.refresh_from_db()
    assert old.expires_at == now + DAY
    assert new.expires_at is not None
    assert abs(new.expires_at - (now + DAY)) < timedelta(minutes=1)


def test_without_overlap_the_old_key_ends_at_once(callwave: Partner) -> None:
    old, old_text = make.api_key(callwave)
    now = timezone.now()

    rotate_api_key(key=old, overlap_hours=0, now=now)

    with pytest.raises(KeyRefused, match="revoked"):
        usable_api_key(presented=old_text, now=now)


def test_a_revoked_key_is_not_rotated(callwave: Partner) -> None:
    key, _ = make.api_key(callwave)
    revoke_api_key(key=key, now=timezone.now())

    with pytest.raises(KeyNotInUse):
        rotate_api_key(key=key, overlap_hours=1, now=timezone.now())
    assert ApiKey.objects.count() == 1


def test_a_key_revoked_twice_keeps_the_first_time(callwave: Partner) -> None:
    key, _ = make.api_key(callwave)
    first = timezone.now()
    revoke_api_key(key=key, now=first)

    assert revoke_api_key(key=key, now=first + DAY).revoked_at == first


def test_use_is_written_once_a_minute(callwave: Partner) -> None:
    key, _ = make.api_key(callwave)
    now = timezone.now()

    def used_at(later: timedelta) -> timedelta:
        key.refresh_from_db()
        note_key_used(key=key, now=now + later)
        key.refresh_from_db()
        assert key.last_used_at is not None
        return key.last_used_at - now

    assert used_at(timedelta(0)) == timedelta(0)
    assert used_at(timedelta(seconds=59)) == timedelta(0)
    assert used_at(timedelta(seconds=60)) == timedelta(seconds=60)
