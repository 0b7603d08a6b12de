"""What was issued or posted stays as it is, also for those who write SQL."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from djmoney.money import Money

from accounts.models import Customer
from invoicing.models import (
    CreditApplication,
    CreditShare,
    Grant,
    GrantEntry,
    Invoice,
    InvoiceLine,
    InvoiceTaxLine,
    JournalEntry,
    Posting,
)
from invoicing.operations.issue_invoice import issue_invoice
from tests import factories as make
from tests.invoicing.agreements import billed, call, closed, dollar_a_minute, invoices_of, sender_of
from tests.refusals import refused, sql
from values.identifiers import uuid7

pytestmark = pytest.mark.django_db

ISSUED = "an issued invoice does not change"


@pytest.fixture
def basil() -> Customer:
    """Basil with an issued November, a running December draft and a grant."""
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(grace_hours=1), end=date(2025, 1, 1))
    make.grant(basil, amount="3.00")
    sender = sender_of(basil)
    call(sender, "november", at="2024-11-05T10:00:00Z")
    call(sender, "december", at="2024-12-05T10:00:00Z")
    closed(invoices_of(basil)[0])
    closed(invoices_of(basil)[1])
    issue_invoice(invoice_id=invoices_of(basil)[0].pk, now=make.NOW)
    return basil


def november(basil: Customer) -> Invoice:
    return invoices_of(basil)[0]


def december(basil: Customer) -> Invoice:
    return invoices_of(basil)[1]


@pytest.mark.parametrize(
    "change",
    [
        "total = total + 1, amount_due = amount_due + 1",
        "state = 'draft', number = NULL",
        "number = 'INV-2024-000009'",
        "issue_date = issue_date + 1",
        "usage_snapshot = ''",
        "seller_snapshot = '{}'",
        "tax_snapshot = '{}'",
        "customer_id = customer_id + 1",
    ],
)
def test_an_issued_invoice_does_not_change(basil: Customer, change: str) -> None:
    with refused():
        sql(f"UPDATE invoicing_invoice SET {change} WHERE id = %s", november(basil).pk)


def test_an_issued_invoice_is_not_deleted(basil: Customer) -> None:
    with refused():
        sql("DELETE FROM invoicing_invoice WHERE id = %s", november(basil).pk)


@pytest.mark.parametrize(
    "table, change",
    [
        ("invoicing_invoiceline", "amount = 0"),
        ("invoicing_invoiceline", "description = 'x'"),
        ("invoicing_creditapplication", "amount = 1"),
    ],
)
def test_what_stands_on_an_issued_invoice_does_not_change(
    basil: Customer, table: str, change: str
) -> None:
    with refused(ISSUED):
        sql(f"UPDATE {table} SET {change} WHERE invoice_id = %s", november(basil).pk)
    with refused(ISSUED):
        sql(f"DELETE FROM {table} WHERE invoice_id = %s", november(basil).pk)


def test_what_stands_on_an_issued_invoice_does_not_move_to_another(basil: Customer) -> None:
    one, other = november(basil).pk, december(basil).pk

    for table in ("invoicing_invoiceline", "invoicing_creditapplication"):
        with refused(ISSUED):
            sql(f"UPDATE {table} SET invoice_id = %s WHERE invoice_id = %s", other, one)
    with refused(ISSUED):
        sql("UPDATE invoicing_invoiceline SET invoice_id = %s WHERE invoice_id = %s", one, other)


def test_shares_of_issued_credit_do_not_change(basil: Customer) -> None:
    with refused(ISSUED):
        sql("UPDATE invoicing_creditshare SET amount = 1")
    with refused(ISSUED):
        sql("DELETE FROM invoicing_creditshare")
    application = CreditApplication.objects.get()
    with refused(ISSUED):
        CreditShare.objects.create(
            application=application, line=december(basil).lines.get(), amount=Money(1, "USD")
        )


def test_nothing_is_added_to_an_issued_invoice(basil: Customer) -> None:
    line = november(basil).lines.get()

    with refused(ISSUED):
        InvoiceLine.objects.create(
            uid=uuid7(), invoice=line.invoice, position=9, section="usage",
            price="p", description="x", quantity=1, exact_amount=1, amount=Money(1, "USD"),
        )  # fmt: skip
    with refused(ISSUED):
        InvoiceTaxLine.objects.create(
            invoice=line.invoice, position=1, rule="r", label="Tax", base=1, rate=1,
            amount=Money(1, "USD"),
        )  # fmt: skip


@pytest.mark.parametrize(
    "totals",
    [
        "subtotal = 6",
        "tax = 1, total = 6, amount_due = 6",
        "credits_applied = 1, amount_due = 4",
        "discounts = 1",
    ],
)
def test_an_invoice_is_issued_only_if_it_adds_up(basil: Customer, totals: str) -> None:
    draft = december(basil)
    assert draft.subtotal == Money(5, "USD")

    with refused("do not add up"):
        sql(
            f"UPDATE invoicing_invoice SET {totals}, state = 'issued', number = 'X-1', "
            "issued_at = now() WHERE id = %s",
            draft.pk,
        )


def test_an_issued_invoice_has_its_number(basil: Customer) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE invoicing_invoice SET state = 'issued' WHERE id = %s", december(basil).pk)


def test_what_is_due_is_the_total_less_credit(basil: Customer) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE invoicing_invoice SET amount_due = 0 WHERE id = %s", december(basil).pk)


def test_periods_of_a_contract_do_not_overlap(basil: Customer) -> None:
    copy = december(basil)
    copy.pk, copy.uid = None, uuid7()

    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_numbers_count_up_by_one_and_stay(basil: Customer) -> None:
    for change in ("last_number + 2", "last_number - 1", "last_number"):
        with refused():
            sql(f"UPDATE invoicing_numberseries SET last_number = {change}")
    with refused():
        sql("DELETE FROM invoicing_numberseries")


def test_a_number_is_taken_once(basil: Customer) -> None:
    taken = november(basil).number

    with pytest.raises(IntegrityError), transaction.atomic():
        sql(
            "UPDATE invoicing_invoice SET state = 'issued', issued_at = now(), number = %s "
            "WHERE id = %s",
            taken,
            december(basil).pk,
        )


@pytest.mark.parametrize(
    "table",
    ["invoicing_journalentry", "invoicing_posting", "invoicing_grantentry", "invoicing_grant"],
)
def test_what_is_posted_stays(basil: Customer, table: str) -> None:
    with refused():
        sql(f"UPDATE {table} SET id = id + 1000")
    with refused():
        sql(f"DELETE FROM {table}")


def test_an_entry_that_does_not_balance_is_refused_at_the_end(basil: Customer) -> None:
    entry = JournalEntry.objects.all()[0]

    with refused("does not balance"):
        Posting.objects.create(entry=entry, account="revenue", amount=Money(1, "USD"))
        connection.check_constraints()


def test_two_currencies_do_not_balance_each_other(basil: Customer) -> None:
    entry = JournalEntry.objects.all()[0]

    with refused("does not balance"):
        Posting.objects.create(entry=entry, account="revenue", amount=Money(1, "USD"))
        Posting.objects.create(entry=entry, account="revenue", amount=Money(-1, "EUR"))
        connection.check_constraints()


def test_a_source_posts_each_kind_once(basil: Customer) -> None:
    invoice = november(basil)

    with pytest.raises(IntegrityError), transaction.atomic():
        JournalEntry.objects.create(
            legal_entity=invoice.legal_entity, customer=basil, kind="invoice", invoice=invoice,
            posted_at=make.NOW,
        )  # fmt: skip


def test_a_grant_is_never_overdrawn(basil: Customer) -> None:
    grant = Grant.objects.get()

    with pytest.raises(IntegrityError, match="it cannot take"), transaction.atomic():
        GrantEntry.objects.create(
            grant=grant, kind="drawn", amount=Money("-0.01", "USD"), invoice=december(basil),
            posted_at=make.NOW,
        )  # fmt: skip


def test_a_grant_is_drawn_in_its_own_currency(basil: Customer) -> None:
    grant = make.grant(basil, code="other", amount="5.00")

    with pytest.raises(IntegrityError, match="it cannot take"), transaction.atomic():
        GrantEntry.objects.create(
            grant=grant, kind="drawn", amount=Money(-1, "EUR"), invoice=december(basil),
            posted_at=make.NOW,
        )  # fmt: skip


def test_a_grant_is_granted_once_and_whole(basil: Customer) -> None:
    grant = Grant.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        GrantEntry.objects.create(
            grant=grant, kind="granted", amount=Money(3, "USD"), posted_at=make.NOW
        )


def test_an_invoice_draws_a_grant_once(basil: Customer) -> None:
    grant = make.grant(basil, code="other", amount="5.00")
    drawn = {"grant": grant, "kind": "drawn", "posted_at": make.NOW, "invoice": december(basil)}
    GrantEntry.objects.create(amount=Money(-1, "USD"), **drawn)

    with pytest.raises(IntegrityError), transaction.atomic():
        GrantEntry.objects.create(amount=Money(-1, "USD"), **drawn)


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_a_grant_is_of_more_than_nothing(basil: Customer, amount: str) -> None:
    with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
        make.grant(basil, code="other", amount=amount)


def test_a_refused_draft_changes_freely(basil: Customer) -> None:
    draft = december(basil)
    draft.lines.all().delete()
    Invoice.objects.filter(pk=draft.pk).update(subtotal=Decimal(0))

    assert not december(basil).lines.exists()


def test_december_is_issued_after_all_that(basil: Customer) -> None:
    assert len(billed(basil).issued) == 1
