"""One search over everything: what was found, in kinds, for whoever may look at each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import quote
from django.urls import reverse

from accounts.admin.pages.tables import may_see
from accounts.admin.pages.words import (
    instant_words,
    money_words,
    span_words,
    start_words,
)
from accounts.models import Customer, Subject
from accounts.models.identity import Identified
from billing_portal.desk.list_filters import list_address
from billing_portal.queries import found
from contracts.models import Contract
from invoicing.models import Grant, Invoice, Question
from usage.models import Backfill, SubjectMove, UsageFile


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, and its page."""

    text: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """What was found of one kind: at most ten, and the list with all of them."""

    title: str
    hits: tuple[Hit, ...]
    all_address: str
    has_more: bool


def exact_address(*, user: Any, text: str) -> str:
    """Return the page of the one thing with this id or invoice number; empty for none."""
    for label, address in _EXACT:
        if may_see(user, label):
            page = address(text)
            if page:
                return page
    return ""


def hit_groups(*, user: Any, text: str) -> list[HitGroup]:
    """Return what was found of each kind that this person may look at."""
    customers = found.found_customers(text=text) if may_see(user, "accounts.customer") else []
    ids = [customer.pk for customer in customers[: found.MOST]]
    groups: list[HitGroup] = []

    def add(label: str, title: str, hits: Callable[[], Sequence[Hit]]) -> None:
        if may_see(user, label):
            shown = hits()
            if shown:
                groups.append(_group(title, shown, list_address(label, q=text)))

    add("accounts.customer", "Customers", lambda: [_customer(each) for each in customers])
    add(
        "invoicing.invoice",
        "Invoices",
        lambda: [_invoice(each) for each in found.found_invoices(text=text, customer_ids=ids)],
    )
    add(
        "contracts.contract",
        "Contracts",
        lambda: [_contract(each) for each in found.found_contracts(text=text, customer_ids=ids)],
    )
    add(
        "accounts.subject",
        "Numbers, agents and locations",
        lambda: [_subject(each) for each in found.found_subjects(text=text)],
    )
    add(
        "invoicing.question",
        "Questions",
        lambda: [_question(each) for each in found.found_questions(text=text, customer_ids=ids)],
    )
    events = _events(user, text)
    return [*groups, _group("Events", events, "")] if events else groups


def _group(title: str, hits: Sequence[Hit], all_address: str) -> HitGroup:
    return HitGroup(title, tuple(hits[: found.MOST]), all_address, len(hits) > found.MOST)


def _page(name: str, key: int | str | UUID) -> str:
    return reverse(f"admin:{name}_change", args=[quote(key)])


def _customer(customer: Customer) -> Hit:
    trial = ", sandbox" if customer.is_sandbox else ""
    return Hit(
        customer.name,
        f"{customer.external_id}{trial}",
        _page("accounts_customer", customer.pk),
    )


def _invoice(invoice: Invoice) -> Hit:
    customer = invoice.customer
    period = span_words(invoice.period_start, invoice.period_end, customer.timezone)
    return Hit(
        invoice.number or f"{invoice.get_state_display()}, not numbered",
        f"{customer.name}, {period}, {money_words(invoice.total)}",
        _page("invoicing_invoice", invoice.pk),
    )


def _contract(contract: Contract) -> Hit:
    zone = contract.customer.timezone
    return Hit(
        str(contract),
        span_words(contract.starts_at, contract.ends_at, zone),
        _page("contracts_contract", contract.pk),
    )


def _subject(subject: Subject) -> Hit:
    since = start_words(subject.held_from, subject.customer.timezone)
    return Hit(
        subject.identifier,
        f"{subject.get_kind_display()} of {subject.customer.name} from {since}",
        _page("accounts_subject", subject.pk),
    )


def _question(question: Question) -> Hit:
    state = "open" if question.answered_at is None else "answered"
    return Hit(
        str(question),
        f"{question.invoice.customer.name}, {state}, asked {instant_words(question.asked_at)}",
        _page("invoicing_question", question.pk),
    )


def _events(user: Any, text: str) -> list[Hit]:
    if not (may_see(user, "usage.event") or may_see(user, "usage.quarantinedevent")):
        return []
    return [hit for each in found.found_events(text=text) if (hit := _event(user, each))]


def _event(user: Any, each: found.FoundEvent) -> Hit | None:
    label = "usage_quarantinedevent" if each.is_quarantined else "usage_event"
    if not may_see(user, label.replace("_", ".")):
        return None
    event = each.event
    whose = "in quarantine" if each.is_quarantined else event.customer.name  # type: ignore[union-attr]
    key = event.key if each.is_quarantined else event.public_id
    return Hit(
        event.public_id,
        f"{whose}, {event.event_name}, {instant_words(event.occurred_at)}",
        _page(label, key),
    )


def _customer_page(text: str) -> str:
    known = found.found_customers(text=text) if Customer.uid_of(text) else []
    return _page("accounts_customer", known[0].pk) if known else ""


def _invoice_page(text: str) -> str:
    known = found.found_invoices(text=text, customer_ids=())
    wanted = [
        invoice
        for invoice in known
        if text == invoice.public_id or (invoice.number or "").upper() == text.upper()
    ]
    return _page("invoicing_invoice", wanted[0].pk) if len(wanted) == 1 else ""


def _line_page(text: str) -> str:
    line = found.found_line(text=text)
    return "" if line is None else f"{_page('invoicing_invoice', line.invoice_id)}#{text}"


def _contract_page(text: str) -> str:
    known = found.found_contracts(text=text, customer_ids=()) if Contract.uid_of(text) else []
    return _page("contracts_contract", known[0].pk) if known else ""


def _question_page(text: str) -> str:
    known = found.found_questions(text=text, customer_ids=()) if Question.uid_of(text) else []
    return _page("invoicing_question", known[0].pk) if known else ""


def _page_of(model: type[Identified]) -> Callable[[str], str]:
    """Return what tells the page of the model's row with a public id."""

    def address(text: str) -> str:
        row = model.with_public_id(text)
        return "" if row is None else _page(model._meta.label_lower.replace(".", "_"), row.pk)

    return address


def _event_page(*, is_quarantined: bool) -> Callable[[str], str]:
    def address(text: str) -> str:
        if not text.startswith("evt_"):
            return ""
        for each in found.found_events(text=text):
            if each.is_quarantined and is_quarantined:
                return _page("usage_quarantinedevent", each.event.key)
            if not each.is_quarantined and not is_quarantined:
                return _page("usage_event", each.event.public_id)
        return ""

    return address


_EXACT: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("accounts.customer", _customer_page),
    ("invoicing.invoice", _invoice_page),
    ("invoicing.invoice", _line_page),
    ("contracts.contract", _contract_page),
    ("invoicing.grant", _page_of(Grant)),
    ("invoicing.question", _question_page),
    ("usage.event", _event_page(is_quarantined=False)),
    ("usage.quarantinedevent", _event_page(is_quarantined=True)),
    ("usage.backfill", _page_of(Backfill)),
    ("usage.usagefile", _page_of(UsageFile)),
    ("usage.subjectmove", _page_of(SubjectMove)),
)
