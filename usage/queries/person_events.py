"""Where a person stands in what is stored of one customer: found by a value, wherever it is."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from accounts.history import rows_ever
from accounts.models import Customer, KeyMode, PartnerCustomer, Subject
from usage.intake.json_body import read_json
from usage.intake.personal_value import PersonalValue
from usage.models import QuarantinedEvent, QuarantineReason, Source, StagedEvent, event_public_id
from usage.queries.named_customers import named_customers

_FETCHED_AT_ONCE = 1_000
_PartnersOnce = rows_ever(PartnerCustomer)
_SubjectsOnce = rows_ever(Subject)
_CustomerOnce = rows_ever(Customer)


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


def sources_of(*, customer: Customer) -> list[Source]:
    """
    Return the sources by which usage of the customer came, or may come.

    Those of its partners, now or ever, and whoever's events it has: all its records are read,
    but for their bodies.
    """
    mode = KeyMode.TEST if customer.is_sandbox else KeyMode.LIVE
    partners = {
        *PartnerCustomer.objects.filter(customer=customer).values_list("partner_id", flat=True),
        *_PartnersOnce.objects.filter(customer=customer).values_list("partner_id", flat=True),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT source_id FROM usage_record WHERE customer_id = %s", [customer.pk]
        )
        senders = [source_id for (source_id,) in cursor.fetchall()]
    found = Source.objects.filter(Q(mode=mode, partner__in=partners) | Q(pk__in=senders))
    return list(found.order_by("pk"))


def waiting_of_person(
    *, customer: Customer, value: PersonalValue, sources: Sequence[Source]
) -> Iterator[QuarantinedEvent]:
    """
    Yield the events of these sources that went to quarantine, waiting or not, name the customer
    or nobody, and say the value.
    """
    names = names_of(customer=customer)
    found = QuarantinedEvent.objects.filter(
        Q(customer_reference__in=names) | Q(reason=QuarantineReason.UNKNOWN_CUSTOMER),
        source__in=sources,
        sent__regex=value.pattern,
    )
    for event in found.order_by("key").iterator(chunk_size=_FETCHED_AT_ONCE):
        if says(event.sent, value):
            yield event


def staged_of_person(
    *,
    customer: Customer,
    value: PersonalValue,
    sources: Sequence[Source],
    known: Collection[UUID],
) -> Iterator[StagedEvent]:
    """
    Yield events of these sources' backfills that say the value: of the customer, of nobody, or
    of `known` events.
    """
    names = names_of(customer=customer)
    found = StagedEvent.objects.filter(
        backfill__source__in=sources, sent__regex=value.pattern
    ).select_related("backfill__source")
    for event in found.order_by("pk").iterator(chunk_size=_FETCHED_AT_ONCE):
        body = read_json(event.sent.encode())
        if not any(True for _ in value.said_in(body)):
            continue
        named = str(body.get("customer_id") or body.get("customer"))
        is_theirs = named in names or event.key in known or event.stored_key in known
        # Behind one that nobody took stands no other that would tell whose it is.
        if is_theirs or (event.stored_key is None and _is_nobodys(named, event.backfill.source)):
            yield event


def names_of(*, customer: Customer) -> set[str]:
    """
    Return by which names bodies may name the customer: its ids, and what it ever held.

    Also those that it had once: bodies keep them.
    """
    held = Subject.objects.filter(customer=customer).values_list("identifier", flat=True)
    held_once = _SubjectsOnce.objects.filter(customer=customer)
    named_once = _CustomerOnce.objects.filter(pgh_obj_id=customer.pk)
    return {
        customer.external_id,
        customer.public_id,
        *held,
        *held_once.values_list("identifier", flat=True),
        *named_once.values_list("external_id", flat=True),
    }


def says(sent: str, value: PersonalValue) -> bool:
    """Return whether a stored body says the value."""
    return any(True for _ in value.said_in(read_json(sent.encode())))


def _is_nobodys(named: str, source: Source) -> bool:
    """Return whether it is the name of no customer that the source may name."""
    uid = Customer.uid_of(named)
    uids = [] if uid is None else [uid]
    return next(named_customers(source=source, texts=[named], uids=uids), None) is None


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
