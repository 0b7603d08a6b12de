"""Of the bodies in conflict no more is read and shown than one answer holds."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from tests import factories as make
from usage.intake.sent_event import read_event
from usage.models import Source
from usage.operations.accepting.conflicts import MOST_BYTES, with_bodies
from usage.operations.accepting.outcome import Outcome
from usage.store import store

pytestmark = pytest.mark.django_db

LARGE = "x" * (MOST_BYTES // 3)


@pytest.fixture
def source() -> Source:
    """Where Acme's calls come from."""
    make.ai_call_meter()
    return make.source(make.partner(make.acme()))


class Counted:
    """The usage store, which remembers the bodies that were read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def bodies(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Return the stored bodies."""
        found = store.bodies(keys)
        self.read.extend(found.values())
        return found

    def body_bytes(self, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how long they are."""
        return store.body_bytes(keys)


def sent(source: Source, *bodies: dict[str, object]) -> list[Outcome]:
    return make.accepted(source, bodies)


def shown(outcomes: Sequence[Outcome]) -> list[bool]:
    assert all((each.sent is None) == (each.stored is None) for each in outcomes)
    return [each.sent is not None for each in outcomes]


def test_of_long_stored_bodies_no_more_is_read_than_fits(source: Source) -> None:
    stored = [make.call_body(f"call-{number}") for number in range(4)]
    for body in stored[:3]:
        body["properties"]["note"] = LARGE
    keys = [outcome.key for body in stored for outcome in sent(source, body)]
    conflicts = [
        Outcome("conflict", key, sent="{}", sent_fingerprint=1, stored_fingerprint=2)
        for key in keys
    ]
    kept = Counted()

    found = with_bodies(conflicts, kept=kept)

    # Three thirds and what surrounds them are too much; what is small fits behind them.
    assert shown(found) == [True, True, False, True]
    assert sorted(each.stored for each in found if each.stored) == sorted(kept.read)
    assert sum(len(body) for body in kept.read) <= MOST_BYTES


def test_one_long_event_is_not_shown_with_every_small_one_of_its_key(source: Source) -> None:
    long = make.call_body("k", minutes=1)
    long["properties"]["note"] = LARGE

    first, *others = sent(source, long, *(make.call_body("k", minutes=n) for n in range(2, 30)))

    assert first.status == "accepted"
    assert {each.status for each in others} == {"conflict"}
    assert shown(others) == [True, True] + [False] * 26
    assert all(each.sent_fingerprint != each.stored_fingerprint for each in others)


def test_letters_count_by_their_bytes(source: Source) -> None:
    long = make.call_body("k", minutes=1)
    long["properties"]["note"] = "€" * (MOST_BYTES // 4)

    _, *others = sent(source, long, *(make.call_body("k", minutes=n) for n in (2, 3)))

    assert shown(others) == [True, False]


def test_of_one_event_alone_both_bodies_are_shown_however_long(source: Source) -> None:
    stored, again = make.call_body("k", minutes=1), make.call_body("k", minutes=2)
    stored["properties"]["note"] = again["properties"]["note"] = "x" * MOST_BYTES
    sent(source, stored)

    (outcome,) = sent(source, again)

    assert (outcome.sent, outcome.stored) == (
        read_event(again).sent_text(),
        read_event(stored).sent_text(),
    )
