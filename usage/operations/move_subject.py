"""Moving the usage of a changed subject: at once where it is little, as a job where it is much."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import transaction

from accounts.models import Subject, User
from usage.models import SubjectMove
from usage.operations.changing_hands import await_attributed, move_alone
from usage.operations.issuing_apart import wait_for_issuing
from usage.operations.move_usage import Place, move_some
from usage.queries.subject_usage import displacements, known_subjects, named_since
from usage.store import store
from values.failpoints import reached
from values.period import Period

# What waits, what stands, and the look that finds nothing more.
_CHUNKS_AT_ONCE = 3
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class Held(NamedTuple):
    """Who holds a subject and when; no end is for ever."""

    identifier: str
    customer_id: int
    held_from: datetime
    held_to: datetime | None

    @property
    def span(self) -> Period:
        """Return the time."""
        return Period(self.held_from.astimezone(UTC), (self.held_to or FOR_EVER).astimezone(UTC))


class NamedSpan(NamedTuple):
    """A subject in a time in which its holder may have changed."""

    identifier: str
    span: Period


def held(subject: Subject) -> Held:
    """Return what a subject's row says."""
    return Held(subject.identifier, subject.customer_id, subject.held_from, subject.held_to)


def changed_spans(*, before: Held | None, after: Held | None) -> list[NamedSpan]:
    """Return where the holder is another one, once a row says `after` instead of `before`."""
    if before == after:
        return []
    if before and after and before.identifier == after.identifier:
        start, end = before.span, after.span
        if before.customer_id != after.customer_id and start.overlaps(end):
            whole = Period(min(start.start, end.start), max(start.end, end.end))
            return [NamedSpan(after.identifier, whole)]
        if before.customer_id == after.customer_id:
            cuts = sorted({start.start, end.start, start.end, end.end})
            parts = Period(cuts[0], cuts[-1]).split(cuts)
            return [
                NamedSpan(after.identifier, part)
                for part in parts
                if start.encloses(part) != end.encloses(part)
            ]
    return [NamedSpan(each.identifier, each.span) for each in (before, after) if each]


def merged_spans(spans: Iterable[NamedSpan]) -> list[NamedSpan]:
    """
    Return the same subjects and times, no time of a subject twice, of subjects that are known.

    A subject that nobody held before, and that no event waits for, has no usage to move.
    """
    times: dict[str, list[Period]] = {}
    for identifier, span in spans:
        times.setdefault(identifier, []).append(span)
    known = known_subjects(identifiers=times)
    return [
        NamedSpan(identifier, span)
        for identifier, found in times.items()
        if identifier in known
        for span in _joined(found)
    ]


def _joined(spans: Iterable[Period]) -> list[Period]:
    joined: list[Period] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


@transaction.atomic
def start_moves(
    *, spans: Iterable[NamedSpan], requested_by: User | None, now: datetime
) -> list[SubjectMove]:
    """
    Move what the changed subjects' events say, and return a row for each that had any to move.

    The first events move in the caller's transaction, with the subject; where there are more,
    the row is not finished and `move_next` goes on, and invoices of all who ever held the subject
    wait for its end. What others are storing meanwhile, for who held the subject before, is moved
    with it.

    Whoever issues is not waited for: an invoice has seen all of this, and that the row is not
    finished, or nothing of it.
    """
    changed = list(spans)
    identifiers = {each.identifier for each in changed}
    move_alone(identifiers)
    before = store.snapshot()
    jobs = _moves(changed, requested_by=requested_by, now=now)
    await_attributed()
    overtaken = named_since(identifiers=identifiers, snapshot=before)
    again = [each for each in changed if each.identifier in overtaken]
    return jobs + _moves(again, requested_by=requested_by, now=now)


def _moves(
    spans: Iterable[NamedSpan], *, requested_by: User | None, now: datetime
) -> list[SubjectMove]:
    jobs = []
    for identifier, span in merged_spans(spans):
        found = displacements(identifier=identifier, span=span, now=now)
        events = sum(each.events for each in found)
        if not events:
            continue
        job = SubjectMove.objects.create(
            identifier=identifier,
            starts_at=span.start,
            ends_at=span.end,
            requested_by=requested_by,
            requested_at=now,
            events=events,
        )
        reached("moving.asked_for")
        for _ in range(_CHUNKS_AT_ONCE):
            _move_some(job, now=now)
            if job.finished_at is not None:
                break
        jobs.append(job)
    return jobs


@transaction.atomic
def move_next(*, job_id: int, now: datetime) -> bool:
    """
    Move the next events of a job and return whether there may be more.

    They and how far the job is are committed together: killed at any moment and called again,
    each event moves once. A job that another worker has in hand is left to it. The end waits for
    who issues: they may have seen what is only half moved.
    """
    free = SubjectMove.objects.select_for_update(skip_locked=True)
    job = free.filter(pk=job_id, finished_at=None).first()
    if job is None:
        return False
    move_alone([job.identifier])
    _move_some(job, now=now)
    if job.finished_at is not None:
        wait_for_issuing()
    return job.finished_at is None


def _move_some(job: SubjectMove, *, now: datetime) -> None:
    place: Place | None = None if job.last_key is None else (job.last_at, job.last_key)
    done = move_some(
        identifier=job.identifier, span=Period(job.starts_at, job.ends_at), after=place, now=now
    )
    reached("moving.moved")
    job.moved += done.moved
    job.left_waiting += done.left_waiting
    job.refused += done.refused
    if done.place is None:
        job.finished_at = now
    else:
        job.last_at, job.last_key = done.place
    job.save()
    reached("moving.counted")
