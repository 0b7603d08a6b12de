"""What staff look for over everything: by id, number, name or phone number, each by an index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Customer, LegalEntity, Subject
from contracts.models import Contract
from invoicing.models import Invoice, InvoiceLine, NumberSeries, Question
from usage.intake.sent_event import event_key_of
from usage.models import Event, EventKey, QuarantinedEvent, Source, event_key
from values.identifiers import parse_public_id

MOST = 10
LONGEST = 255
_FEWEST_LETTERS = 2
_LAST_NUMBER = 999_999_999


def search_text(text: str) -> str:
    """Return what was typed as it can be looked for: one line without what no column holds."""
    return " ".join(text.replace("\x00", " ").split())[:LONGEST]


def found_customers(*, text: str) -> list[Customer]:
    """Return customers by our id, by theirs, or by a part of the name; one row more than shown."""
    uid = Customer.uid_of(text)
    if uid is not None:
        return list(Customer.objects.filter(uid=uid))
    if len(text) < _FEWEST_LETTERS:
        return list(Customer.objects.filter(external_id=text))
    named = Q(name__icontains=text) | Q(external_id__icontains=text) | Q(email__iexact=text)
    return list(Customer.objects.filter(named).order_by("name", "pk")[: MOST + 1])


def found_invoices(*, text: str, customer_ids: Sequence[int]) -> list[Invoice]:
    """Return invoices by id, by number with or without its letters, or of these customers."""
    rows = Invoice.objects.select_related("customer").order_by("-period_start", "-pk")
    uid = Invoice.uid_of(text)
    if uid is not None:
        return list(rows.filter(uid=uid))
    # Two reads, each of its own index; with the sellers, numbers are found by theirs.
    sellers = list(LegalEntity.objects.values_list("pk", flat=True))
    numbered = rows.filter(legal_entity_id__in=sellers, number__in=_numbers(text))[: MOST + 1]
    of_customers = rows.filter(customer_id__in=customer_ids)[: MOST + 1] if customer_ids else []
    return list({invoice.pk: invoice for invoice in [*numbered, *of_customers]}.values())


def found_line(*, text: str) -> InvoiceLine | None:
    """Return the invoice line with this public id."""
    uid = parse_public_id(text, prefix=InvoiceLine.id_prefix)
    return None if uid is None else InvoiceLine.objects.filter(uid=uid).first()


def found_contracts(*, text: str, customer_ids: Sequence[int]) -> list[Contract]:
    """Return contracts by id, of these customers, or on a plan with this code."""
    rows = Contract.objects.select_related("customer", "plan").order_by("-starts_at", "-pk")
    uid = Contract.uid_of(text)
    if uid is not None:
        return list(rows.filter(uid=uid))
    wanted = Q(plan__code__iexact=text)
    if customer_ids:
        wanted |= Q(customer_id__in=customer_ids)
    return list(rows.filter(wanted)[: MOST + 1])


def found_subjects(*, text: str) -> list[Subject]:
    """Return numbers, agents and locations that begin so; of a number, blanks do not count."""
    if len(text) < _FEWEST_LETTERS:
        return []
    digits = re.sub(r"[\s().-]", "", text)
    starts = {text, digits, f"+{digits}"} if re.fullmatch(r"\+?\d{4,}", digits) else {text}
    wanted = Q()
    for start in starts:
        wanted |= Q(identifier__startswith=start)
    rows = Subject.objects.select_related("customer").filter(wanted)
    return list(rows.order_by("identifier", "-held_from")[: MOST + 1])


def found_questions(*, text: str, customer_ids: Sequence[int]) -> list[Question]:
    """Return questions by id, of these customers, or with these words; the open ones first."""
    rows = Question.objects.select_related("invoice__customer").order_by("answered_at", "-asked_at")
    uid = Question.uid_of(text)
    if uid is not None:
        return list(rows.filter(uid=uid))
    if len(text) < _FEWEST_LETTERS:
        return []
    wanted = Q(text__icontains=text)
    if customer_ids:
        wanted |= Q(invoice__customer_id__in=customer_ids)
    return list(rows.filter(wanted)[: MOST + 1])


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event by its id or key; `is_quarantined` where it waits."""

    event: Event | QuarantinedEvent
    is_quarantined: bool


def found_events(*, text: str) -> list[FoundEvent]:
    """
    Return events by our id, or by exactly this idempotency key of any source.

    The store's primary key finds both: the id is made of source and key.
    """
    key = event_key(text)
    if key is not None:
        keys = [key]
    else:
        sources = Source.objects.order_by("pk").values_list("pk", flat=True)
        keys = [event_key_of(source, text) for source in sources]
    if not text or not keys:
        return []
    return _stored(keys) + [
        FoundEvent(event, is_quarantined=True)
        for event in QuarantinedEvent.objects.filter(key__in=keys, resolved_at=None)[: MOST + 1]
    ]


def _stored(keys: Sequence[UUID]) -> list[FoundEvent]:
    places = list(EventKey.objects.filter(key__in=keys).values_list("occurred_at", "key"))
    if not places:
        return []
    rows: QuerySet[Event] = Event.objects.select_related("customer", "source__partner").filter(
        occurred_at__in=[instant for instant, _ in places], key__in=[key for _, key in places]
    )
    return [FoundEvent(event, is_quarantined=False) for event in rows[: MOST + 1]]


def _numbers(text: str) -> list[str]:
    """Return the invoice numbers that may be meant: as typed, or the last digits of any series."""
    numbers = {text, text.upper()}
    if text.isascii() and text.isdigit() and 0 < int(text) <= _LAST_NUMBER:
        for series in NumberSeries.objects.select_related("legal_entity"):
            trial = "TEST-" if series.is_sandbox else ""
            prefix = series.legal_entity.invoice_prefix
            numbers.add(f"{trial}{prefix}-{series.year}-{int(text):06}")
    return sorted(numbers)
