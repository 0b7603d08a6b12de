"""Events that name a number, agent or location, and who holds it at their time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from accounts.history import rows_ever
from accounts.models import Subject
from usage.models import Meter, QuarantinedEvent, QuarantineReason, Source
from usage.models.subject_move import MOST_COUNTED
from usage.queries.attribution import Attribution
from usage.store.archives.archived import archived_months, refuse_missing
from usage.store.shown import not_void
from values.period import Period

_COUNTED_AT_ONCE = 5_000


class NamingEvent(NamedTuple):
    """A stored event that names the subject, and whose it is."""

    key: UUID
    occurred_at: datetime
    source_id: int
    customer_id: int
    idempotency_key: str
    sent: str


@dataclass(frozen=True, slots=True)
class Displacement:
    """How many events would go from one customer to another; None is the quarantine."""

    from_customer_id: int | None
    to_customer_id: int | None
    events: int


class Holders:
    """Who holds a subject now, as each source would find them."""

    def __init__(self, *, identifier: str, now: datetime) -> None:
        self.identifier = identifier
        self._now = now
        self._attributions: dict[int, Attribution] = {}

    def holder_id(self, *, source_id: int, occurred_at: datetime) -> int | None:
        """Return whose an event of this source and time is, None where nobody's."""
        attribution = self._attributions.get(source_id)
        if attribution is None:
            source = Source.objects.get(pk=source_id)
            attribution = Attribution(source=source, references=[self.identifier])
            self._attributions[source_id] = attribution
        holder = attribution.customer(self.identifier, occurred_at=occurred_at, now=self._now)
        return None if holder is None else holder.pk


def known_subjects(*, identifiers: Iterable[str]) -> set[str]:
    """Return those that anybody ever held, or that events in quarantine wait for."""
    asked = list(set(identifiers))
    held = _History.objects.filter(identifier__in=asked).values_list("identifier", flat=True)
    return {*held, *_waiting_names(asked)}


def named_since(*, identifiers: Iterable[str], snapshot: str) -> set[str]:
    """
    Return those that events name which others stored since the snapshot, or that events wait for.
    """
    asked = list(set(identifiers))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT coalesce(r.sent::json ->> 'customer', r.sent::json ->> 'customer_id')
            FROM usage_record AS r
            WHERE r.sent IS NOT NULL
              AND (r.ingest_tx >= pg_snapshot_xmax(%(snapshot)s::pg_snapshot)
                   OR r.ingest_tx = ANY(ARRAY(SELECT pg_snapshot_xip(%(snapshot)s::pg_snapshot))))
              AND r.ingest_tx IS DISTINCT FROM pg_current_xact_id_if_assigned()
            """,
            {"snapshot": snapshot},
        )
        stored = {identifier for (identifier,) in cursor.fetchall()}
    return stored.intersection(asked) | _waiting_names(asked)


def _waiting_names(identifiers: Sequence[str]) -> set[str]:
    waiting = QuarantinedEvent.objects.filter(
        resolved_at=None,
        reason=QuarantineReason.UNKNOWN_CUSTOMER,
        customer_reference__in=identifiers,
    )
    return set(waiting.values_list("customer_reference", flat=True))


def events_naming(
    *,
    identifier: str,
    span: Period,
    after: tuple[datetime, UUID] | None,
    limit: int,
    not_of: int | None = None,
) -> list[NamingEvent]:
    """
    Return the events in the span that name the subject and are not void, in order of time.

    Of those who hold or ever held it: nobody else can have events by its name. `not_of` leaves
    out those of a partner's sources.
    """
    foreign = "" if not_of is None else "AND e.source_id <> ALL(%(own)s)"
    following = "" if after is None else "AND (e.occurred_at, e.key) > (%(at)s, %(key)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.key, e.occurred_at, e.source_id, e.customer_id, e.idempotency_key, e.sent
            FROM usage_event AS e
            WHERE e.customer_id = ANY(%(customers)s)
              AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
              AND {_NAMES_IT}
              AND {not_void("e")} {foreign} {following}
            ORDER BY e.occurred_at, e.key LIMIT %(limit)s
            """,
            {
                "customers": _holders_ever(identifier), "identifier": identifier,
                # Said once more without the key, so that months before it are not looked at.
                "start": span.start if after is None else max(span.start, after[0]),
                "end": span.end, "limit": limit,
                **({} if not_of is None else {"own": _sources_of(not_of)}),
                **({} if after is None else {"at": after[0], "key": after[1]}),
            },
        )  # fmt: skip
        return [NamingEvent(*row) for row in cursor.fetchall()]


def waiting_for_subject(
    *, identifier: str, span: Period, after: UUID | None, limit: int, not_of: int | None = None
) -> Sequence[QuarantinedEvent]:
    """Return events of the span that wait for somebody to hold the subject, by key."""
    waiting = QuarantinedEvent.objects.filter(
        resolved_at=None,
        reason=QuarantineReason.UNKNOWN_CUSTOMER,
        customer_reference=identifier,
        occurred_at__gte=span.start,
        occurred_at__lt=span.end,
    )
    if after is not None:
        waiting = waiting.filter(key__gt=after)
    if not_of is not None:
        waiting = waiting.exclude(source__partner=not_of)
    return list(waiting.order_by("key")[:limit])


def displacements(
    *, identifier: str, span: Period, now: datetime, most: int = MOST_COUNTED
) -> list[Displacement]:
    """
    Return how many events of the span are not with who holds the subject now.

    Counting stops with the first one beyond `most`: then all together are one more than that.

    :raises MonthArchived: events of who held it then are in a file, and would stay where they are.
    """
    _refuse_archived(identifier, span)
    holders = Holders(identifier=identifier, now=now)
    counted: Counter[tuple[int | None, int | None]] = Counter()
    for source_id, customer_id, occurred_at in _places(identifier, span):
        holder = holders.holder_id(source_id=source_id, occurred_at=occurred_at)
        if holder != customer_id:
            counted[customer_id, holder] += 1
            if counted.total() > most:
                break
    return [
        Displacement(before, after, events)
        for (before, after), events in sorted(counted.items(), key=lambda each: str(each[0]))
    ]


def displaces_others(*, identifier: str, span: Period, partner_id: int, now: datetime) -> bool:
    """Return whether events that another partner sent are not with who holds the subject now."""
    holders = Holders(identifier=identifier, now=now)
    return any(
        holders.holder_id(source_id=source_id, occurred_at=occurred_at) != customer_id
        for source_id, customer_id, occurred_at in _places(identifier, span, not_of=partner_id)
    )


def _places(
    identifier: str, span: Period, *, not_of: int | None = None
) -> Iterator[tuple[int, int | None, datetime]]:
    key: UUID | None = None
    while waiting := waiting_for_subject(
        identifier=identifier, span=span, after=key, limit=_COUNTED_AT_ONCE, not_of=not_of
    ):
        yield from ((event.source_id, None, event.occurred_at) for event in waiting)
        key = waiting[-1].key
    after: tuple[datetime, UUID] | None = None
    while events := events_naming(
        identifier=identifier, span=span, after=after, limit=_COUNTED_AT_ONCE, not_of=not_of
    ):
        yield from ((event.source_id, event.customer_id, event.occurred_at) for event in events)
        after = events[-1].occurred_at, events[-1].key


# Whether the text stands in the body is seen six times as fast as the body is read, and most
# bodies have it not. One with a backslash may write it in another way, and is read.
_NAMES_IT = """
    (strpos(e.sent, %(identifier)s) > 0 OR strpos(e.sent, chr(92)) > 0)
    AND coalesce(e.sent::json ->> 'customer', e.sent::json ->> 'customer_id') = %(identifier)s
"""


def _refuse_archived(identifier: str, span: Period) -> None:
    if not archived_months(span):
        return
    meter_ids = list(Meter.objects.values_list("pk", flat=True))
    for customer_id in _holders_ever(identifier):
        refuse_missing(customer_id=customer_id, meter_ids=meter_ids, span=span)


def _sources_of(partner_id: int) -> list[int]:
    return list(Source.objects.filter(partner=partner_id).values_list("pk", flat=True))


# The history has a row for whoever ever held it.
_History = rows_ever(Subject)


def _holders_ever(identifier: str) -> list[int]:
    held = Subject.objects.filter(identifier=identifier).values_list("customer_id", flat=True)
    once = _History.objects.filter(identifier=identifier).values_list("customer_id", flat=True)
    return sorted({*held, *once})
