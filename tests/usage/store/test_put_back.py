"""Events stored once more are counted as they were."""

from uuid import UUID

import pytest

from tests import factories as make
from usage.models import Event, EventKey, Reading
from usage.store import store
from usage.store.put_back import NotStored

pytestmark = pytest.mark.django_db

NEW, ABSENT = UUID(int=1), UUID(int=2)


@pytest.fixture
def key() -> UUID:
    """The key of a stored call of five minutes."""
    make.ai_call_meter()
    make.accepted(make.source(make.partner(make.acme())), [make.call_body("call")])
    return Event.objects.get().key


def test_it_stands_again_once_as_it_was_counted(key: UUID) -> None:
    first = store.put_back({key: NEW}, received_at=make.NOW)
    second = store.put_back({key: NEW}, received_at=make.NOW)

    assert (sorted(first), sorted(second)) == ([NEW], [])
    rows = Reading.objects.values_list("customer", "meter", "dimensions", "quantity")
    assert list(rows.filter(key=NEW)) == list(rows.filter(key=key))
    assert Event.objects.get(key=NEW).sent == Event.objects.get(key=key).sent


def test_what_is_not_there_is_not_lost_in_silence(key: UUID) -> None:
    with pytest.raises(NotStored):
        store.put_back({key: NEW, ABSENT: UUID(int=3)}, received_at=make.NOW)

    assert EventKey.objects.count() == 1
