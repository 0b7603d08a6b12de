"""Applying a plan file: price book, customers, contracts and credits in one transaction."""

from collections.abc import Iterable
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import Q

from accounts.models import Customer, Partner
from contracts.models import ContractMeter
from plan_file.changes import Changes, Verdict
from plan_file.format.document import Document
from plan_file.operations.application import Application
from plan_file.operations.apply_contracts import apply_contracts
from plan_file.operations.apply_credits import apply_credits
from plan_file.operations.apply_customers import apply_customers
from plan_file.operations.apply_meters import apply_meters
from plan_file.operations.apply_plans import apply_plans
from plan_file.operations.apply_prices import apply_prices
from plan_file.operations.apply_rate_cards import apply_rate_cards
from plan_file.operations.apply_seller import (
    create_seller,
    find_seller,
    new_seller,
    update_seller,
)
from plan_file.operations.apply_subjects import apply_subjects
from plan_file.operations.check_agreements import check_agreements
from plan_file.operations.not_yet import refuse_not_yet
from usage.models import UsageArrival
from values.problems import refuse

REASON = "plan file"
_EVENTS_STAY = "the file's events are not sent: usage comes through the API"


def apply_plan_file(
    *,
    document: Document,
    now: datetime,
    legal_entity_code: str | None = None,
    dry_run: bool = False,
    partner: Partner | None = None,
) -> Changes:
    """
    Bring the database in line with the document and return what that changed.

    An object that the document states is stated whole: a key left out is its default. What it
    does not state is left alone. Versions are published at `now`, new contracts activated, new
    customers live. Applied again it changes nothing; with `dry_run` nothing is kept. With a
    `partner` only that partner's customers may be in it, and new ones become its own. The
    document was read from a file, so that problems can name where they stand.

    :raises InvalidTerms: with every problem by its path in the file; nothing is written.
    """
    reason = REASON if partner is None else f"{REASON}, sent by {partner}"
    with transaction.atomic(), pghistory.context(reason=reason):
        found = find_seller(document=document, legal_entity_code=legal_entity_code)
        application = Application(
            document=document,
            now=now,
            legal_entity=found or new_seller(document=document),
            partner=partner,
        )
        if found is None:
            create_seller(application)
            refuse(application.problems)
        else:
            update_seller(application, is_chosen=legal_entity_code is not None)
        _apply_sections(application)
        refuse(application.problems)
        if document.events:
            application.notes.append(_EVENTS_STAY)
        if dry_run:
            transaction.set_rollback(True)
    return Changes(items=tuple(application.changes), notes=tuple(application.notes))


def _apply_sections(application: Application) -> None:
    refuse_not_yet(application)
    meters = apply_meters(application)
    cards = apply_rate_cards(application, meters)
    prices = apply_prices(application, meters, cards)
    check_agreements(application, prices=prices, cards=cards)
    plans = apply_plans(application, prices)
    customers = apply_customers(application)
    apply_subjects(application, customers)
    apply_contracts(application, customers=customers, plans=plans, prices=prices, cards=cards)
    credited = apply_credits(application, customers)
    if not application.problems:
        _announce(application, {meter.pk for meter in meters.values()}, credited)


def _announce(application: Application, meter_ids: Iterable[int], credited: set[int]) -> None:
    """Leave word for whoever keeps amounts fresh, where rates, terms or credit are new."""
    if all(change.verdict is Verdict.UNCHANGED for change in application.changes):
        return
    priced = ContractMeter.objects.filter(meter__in=meter_ids).values("customer_id")
    customers = Customer.objects.filter(Q(pk__in=priced) | Q(pk__in=credited))
    UsageArrival.objects.bulk_create(
        UsageArrival(customer=customer, earliest_at=at, latest_at=at)
        for customer in customers.select_related("test_clock")
        for at in [customer.now(now=application.now)]
    )
