"""`verify_books` proves what must hold, and finds what a hand in the database broke."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Customer
from invoicing.queries.invariants import INVARIANTS, contradictions
from tests import factories as make
from tests.invoicing.agreements import billed, call, dollar_a_minute, invoices_of, sender_of
from tests.refusals import damage, sql
from usage.operations.discard_event import discard_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Customer:
    """Books with issued, skipped and upcoming invoices, two grants, late and odd usage."""
    basil = make.basil()
    make.contract(basil, plan=dollar_a_minute(), end=date(2025, 2, 1))
    make.grant(basil, amount="3.00")
    make.grant(basil, code="given", amount="1.00", kind="promotional")
    sender = sender_of(basil)
    call(sender, "november", at="2024-11-05T10:00:00Z")
    call(sender, "january", at="2025-01-05T10:00:00Z")
    for name in ("odd", "discarded"):
        (waits,) = make.accepted(sender, [make.call_body(name, customer_id="nobody")])
    assert waits.key
    discard_event(key=waits.key, reason="a test of theirs", now=make.NOW)
    billed(basil)
    acme = make.acme()
    make.acme_contract(acme)
    make.accepted(sender_of(acme), make.six_bodies())
    return basil


def verified() -> str:
    out = StringIO()
    call_command("verify_books", stdout=out)
    return out.getvalue()


def broken() -> list[str]:
    """Return the sentences that do not hold."""
    return [invariant.sentence for invariant in INVARIANTS if contradictions(invariant)]


def test_the_books_hold_after_bills_of_every_kind(books: Customer) -> None:
    assert [invoice.state for invoice in invoices_of(books)] == ["issued", "skipped", "issued"]

    lines = verified().splitlines()

    assert len(lines) == len(INVARIANTS)
    assert all(line.startswith("holds ") for line in lines)


@pytest.mark.parametrize(
    "harm, sentence",
    [
        (
            "UPDATE invoicing_posting SET amount = amount + 1 WHERE account = 'revenue'",
            "Every journal entry balances",
        ),
        (
            "UPDATE invoicing_grantentry SET amount = amount + 0.5 WHERE kind = 'drawn'",
            "The credit owed to customers",
        ),
        (
            "DELETE FROM invoicing_grantentry WHERE kind = 'granted'",
            "The credit owed to customers",
        ),
        (
            "UPDATE invoicing_invoice SET total = 9, amount_due = 9 - credits_applied",
            "What an issued invoice left receivable",
        ),
        (
            "UPDATE invoicing_invoiceline SET amount = amount + 1",
            "The lines of an invoice add up",
        ),
        (
            "UPDATE invoicing_numberseries SET last_number = last_number + 1",
            "Invoice numbers of a seller",
        ),
        ("DELETE FROM invoicing_numberseries", "Invoice numbers of a seller"),
        (
            "UPDATE invoicing_invoice SET number = 'INV-2024-07' WHERE number ~ '^INV-2024'",
            "Invoice numbers of a seller",
        ),
        ("DELETE FROM usage_event WHERE idempotency_key = 'november'", "Every key that was taken"),
        ("DELETE FROM usage_quarantinedevent", "Every key that was taken"),
        ("DELETE FROM usage_reading", "An issued line counts exactly"),
        ("UPDATE usage_reading SET quantity = quantity + 1", "An issued line counts exactly"),
        (
            "UPDATE invoicing_creditapplication SET amount = amount + 1",
            "What an issued invoice applied of a grant",
        ),
        (
            "UPDATE invoicing_creditshare SET amount = amount + 1",
            "Credit applied to an invoice",
        ),
        (
            "DELETE FROM usage_key",
            "Every event has its key",
        ),
        (
            "UPDATE usage_record SET (sent, event_name, idempotency_key) = (NULL, NULL, NULL)",
            "Every event has its key",
        ),
        (
            "UPDATE usage_reading SET ingest_tx = '9223372036854775807'",
            "Every reading was stored by a transaction of this database",
        ),
    ],
)
def test_planted_damage_is_found(books: Customer, harm: str, sentence: str) -> None:
    with damage():
        sql(harm)

    assert [found for found in broken() if found.startswith(sentence)]


def test_the_command_names_what_is_broken_and_fails(books: Customer) -> None:
    with damage():
        sql("UPDATE invoicing_invoiceline SET amount = amount + 1")

    with pytest.raises(CommandError, match=f"of {len(INVARIANTS)} invariants do not hold"):
        verified()
