"""All that waits for one cause is tried again in chunks, each event once."""

import pytest

from accounts.models import User
from tests import factories as make
from usage.models import Event, QuarantinedEvent, QuarantineReason, Source
from usage.operations import replay_cause
from usage.operations.replay_cause import (
    NothingWaits,
    replay_next,
    start_replay,
    start_replay_of_reason,
)
from usage.queries.quarantine_causes import Cause, waiting_causes

pytestmark = pytest.mark.django_db


@pytest.fixture
def callwave() -> Source:
    """A partner of Acme with five calls that no meter knows yet, and one of nobody."""
    sender = make.source(make.partner(make.acme()))
    for number in range(5):
        make.accepted(sender, [make.call_body(f"call-{number}")])
    make.accepted(sender, [make.call_body("lost", customer_id="nobody")])
    return sender


@pytest.fixture
def sam() -> User:
    """A person of staff."""
    return make.staff()


def cause(callwave: Source) -> Cause:
    return next(each for each in waiting_causes() if each.named == "ai_call")


def test_all_events_of_the_cause_are_accepted_and_no_other(
    callwave: Source, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_cause, "CHUNK", 2)
    job, is_new = start_replay(cause=cause(callwave), requested_by=sam, now=make.NOW)
    make.ai_call_meter()

    more = [replay_next(job_id=job.pk, now=make.NOW) for _ in range(3)]

    job.refresh_from_db()
    assert (is_new, more) == (True, [True, True, False])
    assert (job.events, job.accepted, job.still_waiting, job.finished_at) == (5, 5, 0, make.NOW)
    assert Event.objects.count() == 5
    assert QuarantinedEvent.objects.get(resolved_at=None).idempotency_key == "lost"


def test_events_whose_cause_remains_are_tried_once_and_wait_on(
    callwave: Source, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_cause, "CHUNK", 2)
    job, _ = start_replay(cause=cause(callwave), requested_by=sam, now=make.NOW)

    while replay_next(job_id=job.pk, now=make.NOW):
        pass

    job.refresh_from_db()
    assert (job.accepted, job.still_waiting, job.tried) == (0, 5, 5)
    assert QuarantinedEvent.objects.filter(resolved_at=None).count() == 6


def test_a_second_request_joins_the_first(callwave: Source, sam: User) -> None:
    first, _ = start_replay(cause=cause(callwave), requested_by=sam, now=make.NOW)

    again, is_new = start_replay(cause=cause(callwave), requested_by=sam, now=make.NOW)

    assert (again, is_new) == (first, False)


def test_a_finished_job_does_nothing_more(callwave: Source, sam: User) -> None:
    job, _ = start_replay(cause=cause(callwave), requested_by=sam, now=make.NOW)
    assert not replay_next(job_id=job.pk, now=make.NOW)
    make.ai_call_meter()

    assert not replay_next(job_id=job.pk, now=make.NOW)

    assert not Event.objects.exists()


def test_where_nothing_waits_no_job_is_made(callwave: Source, sam: User) -> None:
    gone = cause(callwave)
    QuarantinedEvent.objects.filter(event_name="ai_call").update(resolved_at=make.NOW)

    with pytest.raises(NothingWaits):
        start_replay(cause=gone, requested_by=sam, now=make.NOW)


def test_all_that_waits_for_a_reason_is_one_replay_whatever_it_names(
    callwave: Source, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_cause, "CHUNK", 4)
    make.accepted(callwave, [make.call_body("text", event_name="text")])
    wanted = QuarantineReason.UNKNOWN_EVENT_NAME

    first, again = (
        start_replay_of_reason(source_id=callwave.pk, reason=wanted, requested_by=sam, now=make.NOW)
        for _ in range(2)
    )
    make.ai_call_meter()
    more = [replay_next(job_id=first[0].pk, now=make.NOW) for _ in range(2)]

    assert (first[1], again) == (True, (first[0], False))
    first[0].refresh_from_db()
    assert (more, first[0].events) == ([True, False], 6)
    assert (first[0].accepted, first[0].still_waiting) == (5, 1)
    still = QuarantinedEvent.objects.filter(resolved_at=None)
    assert set(still.values_list("idempotency_key", flat=True)) == {"text", "lost"}


def test_a_reason_for_which_nothing_waits_is_not_replayed(callwave: Source, sam: User) -> None:
    with pytest.raises(NothingWaits):
        start_replay_of_reason(
            source_id=callwave.pk,
            reason=QuarantineReason.UNKNOWN_ACTION,
            requested_by=sam,
            now=make.NOW,
        )
