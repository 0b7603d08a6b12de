"""Where a person stands in what is stored of one customer: found by a value, wherever it is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Customer, KeyMode, Subject
from usage.intake.json_body import read_json
from usage.intake.personal_value import PersonalValue
from usage.models import QuarantinedEvent, QuarantineReason, Source, StagedEvent, event_public_id

_FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """A stored event that says the value; `sent` is its body as JSON text."""

    key: UUID
    occurred_at: datetime
    received_at: datetime
    source_id: int
    event_name: str
    idempotency_key: str
    sent: str

    @property
    def public_id(self) -> str:
        """Return the id that API and pages show."""
        return event_public_id(self.key)


def stored_of_person(*, customer_id: int, value: PersonalValue) -> Iterator[PersonEvent]:
    """
    Yield the customer's events that say the value, void or not, in the order of time.

    Every body of the customer is looked at, by the database; memory does not grow with their
    number. What was put into archives is not among them.
    """
    after: tuple[datetime, UUID] | None = None
    while True:
        rows = _page(customer_id, value, after)
        for event in rows:
            if says(event.sent, value):
                yield event
        if len(rows) < _FETCHED_AT_ONCE:
            return
        after = rows[-1].occurred_at, rows[-1].key


def sources_of(*, customer: Customer) -> QuerySet[Source]:
    """Return the sources by which usage of the customer may come."""
    mode = KeyMode.TEST if customer.is_sandbox else KeyMode.LIVE
    return Source.objects.filter(mode=mode, partner__customers=customer)


def waiting_of_person(*, customer: Customer, value: PersonalValue) -> Iterator[QuarantinedEvent]:
    """
    Yield the events that went to quarantine, waiting or not, name the customer or nobody, and
    say the value.
    """
    names = names_of(customer=customer)
    found = QuarantinedEvent.objects.filter(
        Q(customer_reference__in=names) | Q(reason=QuarantineReason.UNKNOWN_CUSTOMER),
        source__in=sources_of(customer=customer),
        sent__regex=value.pattern,
    )
    for event in found.order_by("key").iterator(chunk_size=_FETCHED_AT_ONCE):
        if says(event.sent, value):
            yield event


def staged_of_person(
    *, customer: Customer, value: PersonalValue, stored: Collection[UUID]
) -> Iterator[StagedEvent]:
    """Yield events of backfills that say the value: of the customer, or of `stored` events."""
    names = names_of(customer=customer)
    found = StagedEvent.objects.filter(
        backfill__source__in=sources_of(customer=customer), sent__regex=value.pattern
    ).select_related("backfill")
    for event in found.order_by("pk").iterator(chunk_size=_FETCHED_AT_ONCE):
        body = read_json(event.sent.encode())
        named = str(body.get("customer_id") or body.get("customer"))
        is_theirs = named in names or event.key in stored or event.stored_key in stored
        if is_theirs and says(event.sent, value):
            yield event


def names_of(*, customer: Customer) -> set[str]:
    """Return by which names bodies may name the customer: its ids, and what it ever held."""
    held = Subject.objects.filter(customer=customer).values_list("identifier", flat=True)
    return {customer.external_id, customer.public_id, *held}


def says(sent: str, value: PersonalValue) -> bool:
    """Return whether a stored body says the value."""
    return any(True for _ in value.said_in(read_json(sent.encode())))


def _page(
    customer_id: int, value: PersonalValue, after: tuple[datetime, UUID] | None
) -> list[PersonEvent]:
    following = "" if after is None else "AND (occurred_at, key) > (%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT key, occurred_at, received_at, source_id, event_name, idempotency_key, sent
            FROM usage_event WHERE customer_id = %s AND sent ~ %s {following}
            ORDER BY occurred_at, key LIMIT {_FETCHED_AT_ONCE}
            """,
            [customer_id, value.pattern, *(after or ())],
        )
        return [PersonEvent(*row) for row in cursor.fetchall()]
