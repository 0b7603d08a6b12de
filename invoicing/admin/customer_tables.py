"""Contracts, events and questions of a customer, as tables."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.contrib.admin.utils import quote
from django.db.models import F
from django.urls import reverse

from accounts.admin.pages.tables import Cell, Table, text
from accounts.admin.pages.words import (
    NOTHING,
    instant_words,
    quantity_words,
    span_words,
    state_badge,
)
from accounts.models import Customer
from contracts.models import Contract, ContractState
from invoicing.models import Question
from usage.admin.verdict import verdict_badge
from usage.queries.events import LatestEvent, latest_events

EVENT = "usage.event"
LATEST = 10
_TONES = {
    ContractState.DRAFT: "waiting",
    ContractState.COMING: "waiting",
    ContractState.ACTIVE: "good",
    ContractState.ENDED: "plain",
}


def contracts_table(customer: Customer) -> Table:
    """Return the plans that a customer is on, was on and will be on."""
    now = customer.now(now=datetime.now(UTC))
    rows = [
        _contract_row(contract, customer.timezone, now)
        for contract in customer.contracts.select_related("plan")
    ]
    headings = ("Plan", "From, to", "State")
    empty = "None yet: add one."
    return Table("Contracts", headings, rows, empty=empty, shows="contracts.contract")


def _contract_row(contract: Contract, zone: str, now: datetime) -> Sequence[Cell]:
    state = contract.state(now=now)
    page = reverse("admin:contracts_contract_change", args=[contract.pk])
    return (
        text(contract.plan, link=page),
        text(span_words(contract.starts_at, contract.ends_at, zone)),
        text(state_badge(state.label.lower(), _TONES[state])),
    )


def events_table(customer: Customer) -> Table:
    """Return the latest events with what became of them."""
    events = latest_events(customer_id=customer.pk, limit=LATEST)
    rows = [_event_row(event, customer.timezone) for event in events]
    return Table(
        "Latest events",
        ("Event", "When", "Name", "Counted", "Verdict"),
        rows,
        empty="No event came yet. A partner sends them, with this customer's id or external id.",
        shows=EVENT,
    )


def _event_row(event: LatestEvent, zone: str) -> Sequence[Cell]:
    fates = event.fates
    counted = ", ".join(quantity_words(fate.quantity, fate.unit) for fate in fates)
    return (
        text(
            event.public_id,
            link=reverse("admin:usage_event_change", args=[quote(event.public_id)]),
        ),
        text(instant_words(event.occurred_at, zone)),
        text(event.event_name),
        text(counted or NOTHING),
        text(verdict_badge(fates[0].verdict) if fates else NOTHING),
    )


def questions_table(customer: Customer) -> Table:
    """Return the latest questions, those without an answer first."""
    questions = (
        Question.objects.filter(invoice__customer=customer)
        .select_related("invoice", "asked_by")
        .order_by(F("answered_at").desc(nulls_first=True), "-asked_at")[:LATEST]
    )
    rows = [
        (
            text(question, link=reverse("admin:invoicing_question_change", args=[question.pk])),
            text(question.line_shown or question.invoice),
            text(
                state_badge("open", "waiting")
                if question.answered_at is None
                else state_badge("answered", "good")
            ),
            text(instant_words(question.asked_at, customer.timezone)),
            text(question.asked_by.email),
        )
        for question in questions
    ]
    headings = ("Question", "About", "State", "Asked", "By")
    empty = "None. People of the customer ask from the lines of their invoices."
    return Table("Questions", headings, rows, empty=empty, shows="invoicing.question")
