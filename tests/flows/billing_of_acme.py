"""Acme's first months, to be billed once in peace and once with accidents."""

from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from accounts.models import Customer
from invoicing.operations.bill_customer import bill_customer
from invoicing.operations.refresh_customer import refresh_customer
from tests.flows.billed_book import stored_book
from tests.flows.units_book import units_book
from tests.flows.written_books import Rows, written_books

OCTOBER_20 = datetime(2024, 10, 20, 12, tzinfo=UTC)
JANUARY_2 = datetime(2025, 1, 2, 12, tzinfo=UTC)
BILL = ("bill", "--as-of", JANUARY_2.isoformat())


def fees_and_minutes(folder: Path) -> Customer:
    """Return Acme, on a plan with fees, minutes and 100 free minutes a month, and $400 prepaid."""
    paid = {"code": "paid", "amount": "400.00", "kind": "prepaid"}
    book = units_book(contract={"end": "2025-03-01"}, customer={"credits": [paid]})
    return stored_book(book, folder, now=OCTOBER_20)


def billed_on(customer: Customer) -> dict[str, Rows]:
    """Return the books after a run that goes on from where things are, with nobody else about."""
    bill_customer(customer_id=customer.pk, as_of=JANUARY_2)
    refresh_customer(customer_id=customer.pk, now=JANUARY_2)
    return written_books()


def undisturbed(customer: Customer) -> dict[str, Rows]:
    """Return what the books would be without any accident, and leave no trace of it."""
    with transaction.atomic():
        books = billed_on(customer)
        transaction.set_rollback(True)
    return books
