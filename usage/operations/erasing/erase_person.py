"""Taking a person out of stored events; what they count and cost stays to the last digit."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Customer, User
from usage.intake.json_body import read_json
from usage.intake.personal_value import PersonalValue
from usage.intake.sent_event import fingerprint_of, json_of
from usage.metering.needed import Needed
from usage.models import (
    Erasure,
    Event,
    FileError,
    QuarantinedEvent,
    ReplayJob,
    StagedEvent,
    UsageFile,
)
from usage.operations.accepting.door import sealed_marks
from usage.operations.erasing.plan import Plan, plan_erasure
from usage.operations.erasing.stand_ins import (
    MOST_ATTEMPTS,
    Digits,
    StandIns,
    hash_of,
    secrets,
)
from usage.queries.person_events import stored_of_person
from usage.store.archives.archivers import AnotherArchives, keep_archivers_away
from usage.store.archives.kept_archives import forget_archive

CHUNK = 500
_IN_TEXT = "erased"


class NotErased(ValueError):
    """Something is in the way, or nothing says the value; nothing was changed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(reasons))


class EventsChangedMeanwhile(RuntimeError):
    """An event that was to be changed is not there any more; nothing was changed."""


@transaction.atomic
def erase_person(
    *,
    customer: Customer,
    value: PersonalValue,
    needed: Sequence[Needed],
    digits_of: Digits,
    reason: str,
    by: User,
    now: datetime,
) -> Erasure:
    """
    Replace the value wherever a stored body of the customer says it, and return the record of it.

    By a pseudonym that is the same everywhere, so that events of one person stay those of one,
    and a number by whose prefix calls are rated keeps that prefix. Readings, sums and lines are
    not touched, and computed again they come to the same. All at once, or nothing.

    `needed` is what meters and prices read of the customer's events with this value.

    :raises NotErased:
    """
    if not reason.strip():
        raise NotErased(["Say why: the reason stays on record."])
    if settings.USAGE_STORE != "postgres":
        raise NotErased(["The events are kept in ClickHouse: erase them there, see the docs."])
    try:
        keep_archivers_away()
    except AnotherArchives as at_work:
        raise NotErased(
            ["A month is being archived or brought back: try again later."]
        ) from at_work
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    plan = plan_erasure(customer=customer, value=value, needed=needed, digits_of=digits_of)
    if plan.refusals or plan.is_empty:
        raise NotErased(plan.refusals or ["Nothing that is stored says it."])
    stand_ins = _free_stand_ins(customer, value, plan, needed, digits_of)
    erasure = Erasure.objects.create(
        customer=customer,
        value_hash=hash_of(value, customer=customer, by=stand_ins.by),
        attempt=stand_ins.attempt,
        reason=reason.strip()[:500],
        requested_by=by,
        erased_at=now,
        events=len(plan.events),
        waiting=len(plan.waiting),
        staged=len(plan.staged),
        file_errors=len(plan.file_errors),
    )
    _open_the_door(erasure)
    _erase(plan, value, stand_ins)
    for archive in plan.archives:
        transaction.on_commit(partial(forget_archive, archive.stored_as), robust=True)
    return erasure


def _free_stand_ins(
    customer: Customer,
    value: PersonalValue,
    plan: Plan,
    needed: Sequence[Needed],
    digits_of: Digits,
) -> StandIns:
    """Return pseudonyms that nobody else of the customer's events has, or those used before."""
    by_hash = {hash_of(value, customer=customer, by=each): each for each in secrets()}
    earlier = Erasure.objects.filter(customer=customer, value_hash__in=by_hash).first()
    if earlier is not None:
        by = by_hash[earlier.value_hash]
        return StandIns(customer, needed, digits_of, earlier.attempt, by=by)
    for attempt in range(MOST_ATTEMPTS):
        found = StandIns(customer, needed, digits_of, attempt)
        if all(_is_free(customer, found, name, text) for name, text in plan.places):
            return found
    raise NotErased(["Every number that could stand for it is somebody else's already."])


def _is_free(customer: Customer, stand_ins: StandIns, name: str, text: str) -> bool:
    if not stand_ins.is_number(name, text):
        return True
    other = stand_ins.stands_for(name, text)
    said = stored_of_person(customer_id=customer.pk, value=PersonalValue(other))
    return other != text and next(said, None) is None


def _open_the_door(erasure: Erasure) -> None:
    """Let this transaction change bodies; the trigger looks for the row that says why."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('usage.erasure', %s, true)", [str(erasure.pk)])


def _erase(plan: Plan, value: PersonalValue, stand_ins: StandIns) -> None:
    for start in range(0, len(plan.events), CHUNK):
        _erase_events(plan.events[start : start + CHUNK], value, stand_ins)
    _seal({waiting.key: waiting.sent for waiting in plan.waiting})
    for waiting in plan.waiting:
        waiting.sent = _without(waiting.sent, value, stand_ins)
        if value.is_said_by(waiting.customer_reference):
            name = waiting.customer_reference
            waiting.customer_reference = stand_ins.stands_for("customer_id", name)
        waiting.detail = _told_without(waiting.detail, value)
    QuarantinedEvent.objects.bulk_update(
        plan.waiting, ["sent", "customer_reference", "detail"], batch_size=CHUNK
    )
    for staged in plan.staged:
        mark = _mark_of(staged.sent)
        if staged.fingerprint == mark:
            staged.fingerprint = next(sealed_marks(mark))
        staged.sent = _without(staged.sent, value, stand_ins)
        staged.detail = _told_without(staged.detail, value)
    StagedEvent.objects.bulk_update(
        plan.staged, ["fingerprint", "sent", "detail"], batch_size=CHUNK
    )
    for error in plan.file_errors:
        error.excerpt = _told_without(error.excerpt, value)
        error.reason = _told_without(error.reason, value)
    FileError.objects.bulk_update(plan.file_errors, ["excerpt", "reason"], batch_size=CHUNK)
    for file in plan.named_files:
        file.name = _told_without(file.name, value)
    UsageFile.objects.bulk_update(plan.named_files, ["name"], batch_size=CHUNK)
    for job in plan.replays:
        job.named = stand_ins.stands_for("customer_id", job.named)
    ReplayJob.objects.bulk_update(plan.replays, ["named"], batch_size=CHUNK)


def _erase_events(
    places: Sequence[tuple[datetime, UUID]], value: PersonalValue, stand_ins: StandIns
) -> None:
    at = {key: at for at, key in places}
    stored = Event.objects.filter(occurred_at__in=set(at.values()), key__in=list(at))
    said = {event.key: event.sent for event in stored}
    bodies = {key: _without(sent, value, stand_ins) for key, sent in said.items()}
    _seal(said)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE usage_record AS r SET sent = said.sent
            FROM unnest(%s::timestamptz[], %s::uuid[], %s::text[]) AS said (at, key, sent)
            WHERE r.occurred_at = said.at AND r.key = said.key AND r.sent IS NOT NULL
            """,
            [[at[key] for key in bodies], list(bodies), list(bodies.values())],
        )
        if cursor.rowcount != len(places):
            raise EventsChangedMeanwhile(f"{len(places)} events were found, {cursor.rowcount} left")


def _seal(bodies: Mapping[UUID, str]) -> None:
    """
    Store a keyed fingerprint where there is a plain one of the body as it was.

    All but the erased digits can be read in what is left, and of a plain hash these could then be
    found by trying. The body sent again is a duplicate as before.
    """
    keys = sorted(bodies)
    marks = [_mark_of(bodies[key]) for key in keys]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE usage_key AS k SET fingerprint = said.sealed
            FROM unnest(%s::uuid[], %s::int8[], %s::int8[]) AS said (key, mark, sealed)
            WHERE k.key = said.key AND k.fingerprint = said.mark
            """,
            [keys, marks, [next(sealed_marks(mark)) for mark in marks]],
        )


def _mark_of(sent: str) -> int:
    return fingerprint_of(read_json(sent.encode()))


def _told_without(text: str, value: PersonalValue) -> str:
    return re.sub(value.pattern_in_texts, _IN_TEXT, text)


def _without(sent: str, value: PersonalValue, stand_ins: StandIns) -> str:
    body = read_json(sent.encode())
    return json_of(value.replaced(body, stand_ins.stands_for)).decode()
