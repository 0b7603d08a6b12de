"""Loading a starter pack: its plan file is applied, its usage taken in as the API takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import (
    Brand,
    Customer,
    KeyMode,
    LegalEntity,
    Partner,
    PartnerCustomer,
    TestClock,
)
from contracts.models import Contract
from plan_file.changes import Changes
from plan_file.format.document import Document
from plan_file.format.events import Event
from plan_file.format.reading import parse_document
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.queries.starter_packs import FIRST_MONTH, MONTHS, StarterPack, pack_events
from usage.intake.sent_event import read_event
from usage.models import Source
from usage.operations.accept_events import accept_events
from values.calendar import local_date
from values.money import Rounding

PARTNER = "Starter packs"
"""The partner whose usage it is; its customers are those of the packs that were loaded."""


class NameTaken(Exception):
    """A customer of the pack has the external id of one that is billed in earnest."""


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """What loading did; of its events, how many came out how: ``accepted``, ``duplicate``."""

    first_month: date
    changes: Changes
    events: Mapping[str, int]


def load_starter_pack(
    *, pack: StarterPack, legal_entity: LegalEntity, brand: Brand, now: datetime
) -> LoadedPack:
    """
    Add the pack to the price book, with sandboxes as its customers and two months of their usage.

    The months are the two before that of `now`; those of a pack that was loaded before stay as
    they are, and loading it again adds nothing. Sandboxes have a clock and numbers of their own,
    so nobody is billed in earnest. The seller stays as it is.

    :raises NameTaken: nothing is written.
    :raises InvalidTerms: the price book has something else under a name of the pack.
    """
    with transaction.atomic():
        first_month = _first_month(pack, legal_entity, now)
        document = _document(pack, legal_entity, first_month)
        partner, _ = Partner.objects.get_or_create(name=PARTNER)
        for customer in document.customers:
            row = _sandbox(customer.external_id, legal_entity=legal_entity, brand=brand, now=now)
            PartnerCustomer.objects.get_or_create(partner=partner, customer=row)
        changes = apply_plan_file(document=document, now=now, legal_entity_code=legal_entity.code)
    source, _ = Source.objects.get_or_create(partner=partner, mode=KeyMode.TEST)
    events = pack_events(pack, first_month=first_month, zone=document.timezone)
    outcomes = accept_events(
        source=source, items=[read_event(_body(event)) for event in events], now=now
    )
    return LoadedPack(first_month, changes, Counter(outcome.status for outcome in outcomes))


def _first_month(pack: StarterPack, legal_entity: LegalEntity, now: datetime) -> date:
    """Return the month in which the pack begins: where it did before, else two months ago."""
    customers = _document(pack, legal_entity, FIRST_MONTH).customers
    codes = [customer.external_id for customer in customers]
    earlier = (
        Contract.objects.filter(customer__external_id__in=codes)
        .select_related("customer")
        .order_by("starts_at")
        .first()
    )
    if earlier is not None:
        return local_date(earlier.starts_at, earlier.customer.timezone).replace(day=1)
    month = local_date(now, legal_entity.timezone).replace(day=1)
    for _ in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def _document(pack: StarterPack, legal_entity: LegalEntity, first_month: date) -> Document:
    """Return the pack as this seller would state it."""
    text = pack.plan_text(first_month=first_month)
    document = parse_document(text, name=f"{pack.code}.yaml")
    return replace(document, seller=None, rounding=Rounding(legal_entity.invoice_rounding))


def _sandbox(
    external_id: str, *, legal_entity: LegalEntity, brand: Brand, now: datetime
) -> Customer:
    found = Customer.objects.filter(external_id=external_id).first()
    if found is None:
        return Customer.objects.create(
            external_id=external_id,
            name=external_id,
            legal_entity=legal_entity,
            brand=brand,
            timezone=legal_entity.timezone,
            is_sandbox=True,
            test_clock=TestClock.objects.create(name=f"Clock of {external_id}", now_at=now),
        )
    if not found.is_sandbox or found.legal_entity_id != legal_entity.pk:
        raise NameTaken(f"{external_id} is a customer already, and no sandbox of this seller")
    return found


def _body(event: Event) -> dict[str, Any]:
    return {
        "idempotency_key": event.idempotency_key,
        "event_name": event.event_name,
        "customer_id": event.customer,
        "occurred_at": event.occurred_at.isoformat(),
        "properties": dict(event.properties),
    }
