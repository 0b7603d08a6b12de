"""
Several who bill the same customer at the same moment do what one of them alone would do.

What keeps them apart are the customer's lock, unique keys and a trigger; each is tried by threads
with connections of their own, and by processes.
"""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from djmoney.money import Money

from accounts.columns import exact
from accounts.models import Customer
from catalog.models import PlanGrant
from contracts.models import Contract
from contracts.queries.terms import with_terms
from invoicing.models import (
    Grant,
    GrantEntry,
    GrantEntryKind,
    Invoice,
    InvoiceKind,
    InvoiceState,
    JournalEntry,
)
from invoicing.operations.activate_contract import AlreadyActivated, activate_contract
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.grant_lots import grant_lot
from invoicing.operations.issue_invoice import issue_invoice
from invoicing.operations.refresh_customer import refresh_customer
from invoicing.operations.refresh_invoice import NotOpen
from invoicing.operations.upcoming import ensure_upcoming
from tests import factories as make
from tests.at_once import at_once, errors_at_once
from tests.flows.billing_of_acme import (
    BILL,
    JANUARY_2,
    billed_on,
    fees_and_minutes,
    undisturbed,
)
from tests.flows.failing_processes import alongside, halted_at, killed, waiting
from tests.flows.processes import wait_for
from tests.flows.shared_wallets import shared_wallets, used
from tests.flows.written_books import broken_invariants
from values.period import Period

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]

NOVEMBER = Period(datetime(2024, 11, 1, 5, tzinfo=UTC), datetime(2024, 12, 1, 6, tzinfo=UTC))


@pytest.fixture
def customer(tmp_path: Path) -> Customer:
    """Acme, on a plan with fees, minutes and free minutes, and $400 prepaid."""
    return fees_and_minutes(tmp_path)


@pytest.fixture
def draft(customer: Customer) -> Contract:
    """A second contract of Acme's plan, which nobody activated, after the first one."""
    first = Contract.objects.get()
    made = Contract.objects.create(
        customer=customer, plan=first.plan, starts_at=datetime(2025, 3, 1, 6, tzinfo=UTC)
    )
    return with_terms(Contract.objects.filter(pk=made.pk)).get()


def names(errors: list[BaseException | None]) -> list[str]:
    return sorted("" if error is None else type(error).__name__ for error in errors)


def test_two_who_activate_a_contract_make_its_invoices_and_lots_once(draft: Contract) -> None:
    activate = partial(activate_contract, contract=draft, now=JANUARY_2)

    errors = errors_at_once(activate, activate, activate)

    assert names(errors) == ["", AlreadyActivated.__name__, AlreadyActivated.__name__]
    made = Invoice.objects.filter(contract=draft).order_by("pk").values_list("kind", flat=True)
    assert list(made) == [InvoiceKind.OPENING, InvoiceKind.PERIOD]
    assert Grant.objects.filter(contract=draft).count() == 1


def test_two_who_close_a_period_make_one_draft_and_each_lot_once(customer: Customer) -> None:
    expected = undisturbed(customer)
    opening = Invoice.objects.get(kind=InvoiceKind.OPENING)
    close = partial(close_invoice, invoice_id=opening.pk, now=JANUARY_2)

    closed = at_once(close, close, close)

    assert {invoice.state for invoice in closed} == {InvoiceState.DRAFT}
    lots = Counter(Grant.objects.exclude(plan_grant=None).values_list("effective_from", flat=True))
    assert list(lots.values()) == [1, 1, 1, 1]
    assert billed_on(customer) == expected


def test_of_two_who_open_the_same_periods_without_the_lock_one_is_refused_whole(
    draft: Contract,
) -> None:
    @transaction.atomic
    def open_them() -> None:
        ensure_upcoming(contract=draft, now=JANUARY_2)

    errors = errors_at_once(open_them, open_them)

    assert names(errors) == ["", IntegrityError.__name__]
    assert Invoice.objects.filter(contract=draft).count() == 2
    assert Grant.objects.filter(contract=draft).count() == 1
    assert broken_invariants() == []


def test_of_two_who_grant_the_same_lot_without_the_lock_one_is_refused_whole() -> None:
    plan = make.ai_call_center()
    given = PlanGrant.objects.create(
        plan=plan, code="gift", amount=Decimal(5), kind="prepaid", expires_after_periods=1
    )
    contract = make.contract(make.basil(), plan=plan, activated=False)
    period = contract.calendar().period_at(contract.starts_at)
    grant = partial(grant_lot, contract=contract, grant=given, period=period, now=JANUARY_2)

    errors = errors_at_once(grant, grant)
    grant()

    assert names(errors) == ["", IntegrityError.__name__]
    assert Grant.objects.get().entries.count() == JournalEntry.objects.count() == 1
    assert broken_invariants() == []


def test_two_who_issue_one_invoice_take_one_number_and_post_it_once(customer: Customer) -> None:
    expected = undisturbed(customer)
    bill_customer(customer_id=customer.pk, as_of=NOVEMBER.start)
    november = Invoice.objects.get(kind=InvoiceKind.PERIOD, period_start=NOVEMBER.start)
    close_invoice(invoice_id=november.pk, now=JANUARY_2)
    issue = partial(issue_invoice, invoice_id=november.pk, now=JANUARY_2)

    errors = errors_at_once(issue, issue, issue)

    assert names(errors) == ["", NotOpen.__name__, NotOpen.__name__]
    assert JournalEntry.objects.filter(kind="invoice", invoice=november).count() == 1
    assert billed_on(customer) == expected


def test_two_draws_without_the_lock_never_take_more_than_was_granted(customer: Customer) -> None:
    lot = make.grant(customer, code="small", amount="10.00")
    invoices = list(Invoice.objects.order_by("pk"))[:2]

    def draw(invoice: Invoice) -> None:
        GrantEntry.objects.create(
            grant=lot,
            kind=GrantEntryKind.DRAWN,
            amount=Money("-6.00", "USD"),
            invoice=invoice,
            posted_at=JANUARY_2,
        )

    errors = errors_at_once(*(partial(draw, invoice) for invoice in invoices))

    assert names(errors) == ["", IntegrityError.__name__]
    assert sum(entry.size for entry in lot.entries.all()) == 4


def test_processes_that_bill_at_once_bill_as_one_would(customer: Customer) -> None:
    expected = undisturbed(customer)

    with ExitStack() as running, transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        for _ in range(2):
            running.enter_context(alongside(*BILL))
        wait_for(lambda: waiting() == 2, what="the two are not at the customer's lock")

    assert billed_on(customer) == expected
    assert broken_invariants() == []


def test_who_comes_second_waits_for_the_first_and_repeats_nothing(customer: Customer) -> None:
    expected = undisturbed(customer)

    with ExitStack() as running, halted_at("issuing.frozen@2", *BILL):
        running.enter_context(alongside(*BILL))
        wait_for(waiting, what="the second one does not wait")

    assert billed_on(customer) == expected


@pytest.mark.parametrize("point", ["closing.announced@2", "issuing.frozen@2"])
def test_who_waits_for_one_that_is_killed_does_its_work(customer: Customer, point: str) -> None:
    expected = undisturbed(customer)

    with ExitStack() as running, halted_at(point, *BILL) as first:
        running.enter_context(alongside(*BILL))
        wait_for(waiting, what="the second one does not wait")
        killed(first)

    assert billed_on(customer) == expected
    assert broken_invariants() == []


@pytest.fixture
def buyers(tmp_path: Path) -> list[Customer]:
    """Four customers, each with two contracts, 100 minutes and $4.00 for both of them."""
    return shared_wallets(4, tmp_path, now=NOVEMBER.start)


def drafts_of(buyers: list[Customer]) -> list[Invoice]:
    """Return the invoices of these customers, closed, the later contract of each one first."""
    invoices = Invoice.objects.filter(customer__in=buyers).order_by("-pk")
    return [close_invoice(invoice_id=invoice.pk, now=JANUARY_2) for invoice in invoices]


def issued_at_once(drafts: list[Invoice]) -> list[Invoice]:
    """Return the invoices in the order of their contracts, all issued in the same moment."""
    at_once(*(partial(issue_invoice, invoice_id=draft.pk, now=JANUARY_2) for draft in drafts))
    return list(Invoice.objects.order_by("customer", "pk"))


def drawn(invoice: Invoice) -> dict[str, Decimal]:
    """Return what an issued invoice drew of each grant."""
    return {entry.grant.code: -entry.size for entry in invoice.grant_entries.order_by("pk")}


def test_invoices_of_one_wallet_issued_at_once_draw_as_in_order(buyers: list[Customer]) -> None:
    sender = make.source(make.partner(*buyers), "live")
    used(sender, buyers, "minutes", "80", 5)
    used(sender, buyers, "chats", "70", 5)
    for buyer in buyers:
        refresh_customer(customer_id=buyer.pk, now=JANUARY_2)

    invoices = issued_at_once(drafts_of(buyers))

    assert [drawn(invoice) for invoice in invoices] == [
        {"pack": Decimal(80)},
        {"pack": Decimal(20), "cash": Decimal(4)},
    ] * 4
    assert [exact(invoice.amount_due) for invoice in invoices] == [Decimal(0), Decimal(1)] * 4
    assert sorted(str(invoice.number)[-6:] for invoice in invoices) == [
        f"{number:06}" for number in range(1, 9)
    ]
    assert broken_invariants() == []


def test_usage_that_nobody_has_looked_at_yet_draws_no_unit_twice(buyers: list[Customer]) -> None:
    sender = make.source(make.partner(*buyers), "live")
    used(sender, buyers, "minutes", "10", 5)
    drafts = drafts_of(buyers)
    used(sender, buyers, "minutes", "70", 6)
    used(sender, buyers, "chats", "70.5", 6)

    invoices = issued_at_once(drafts)

    for buyer in buyers:
        mine = [invoice for invoice in invoices if invoice.customer_id == buyer.pk]
        together = Counter[str]()
        for invoice in mine:
            together.update(drawn(invoice))
        assert together == {"pack": Decimal(100), "cash": Decimal(4)}
        assert sum(exact(invoice.amount_due) for invoice in mine) == Decimal("1.05")
    assert broken_invariants() == []
