"""Posting: balanced entries, one of each kind for a source."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from djmoney.money import Money

from invoicing.models import Account, Grant, Invoice, JournalEntry, JournalEntryKind, Posting


def post_grant(*, grant: Grant, paid: Decimal, amount: Decimal, now: datetime) -> None:
    """Post a grant: credit owed to the customer, against what is paid and what is given."""
    entry = JournalEntry.objects.create(
        legal_entity_id=grant.customer.legal_entity_id,
        customer=grant.customer,
        kind=JournalEntryKind.GRANT,
        grant=grant,
        posted_at=now,
    )
    _post(
        entry,
        grant.currency,
        {
            Account.PREPAYMENT: paid,
            Account.PROMOTION: amount - paid,
            Account.CUSTOMER_CREDIT: -amount,
        },
    )


def post_invoice(*, invoice: Invoice, total: Decimal, tax: Decimal, now: datetime) -> None:
    """Post an issued invoice: receivable against revenue and tax."""
    entry = JournalEntry.objects.create(
        legal_entity_id=invoice.legal_entity_id,
        customer_id=invoice.customer_id,
        kind=JournalEntryKind.INVOICE,
        invoice=invoice,
        posted_at=now,
    )
    _post(
        entry,
        invoice.currency,
        {Account.RECEIVABLE: total, Account.REVENUE: tax - total, Account.TAX_PAYABLE: -tax},
    )


def post_draw(
    *,
    invoice: Invoice,
    grant: Grant,
    amount: Decimal,
    worth: Decimal,
    settles: bool,
    now: datetime,
) -> None:
    """
    Post what a grant pays: of the receivable if it settles, else of what was promised.

    Promotional credit lowered the revenue itself, so its promise is taken back. `worth` is at
    what the credit was carried: units pay more or less than was paid for them, and what they
    pay beyond it was given.
    """
    entry = JournalEntry.objects.create(
        legal_entity_id=invoice.legal_entity_id,
        customer_id=invoice.customer_id,
        kind=JournalEntryKind.CREDIT,
        invoice=invoice,
        grant=grant,
        posted_at=now,
    )
    against = Account.RECEIVABLE if settles else Account.PROMOTION
    amounts = {Account.CUSTOMER_CREDIT: worth, Account.PROMOTION: amount - worth}
    amounts[against] = amounts.get(against, Decimal(0)) - amount
    _post(entry, invoice.currency, amounts)


def _post(entry: JournalEntry, currency: str, amounts: Mapping[Account, Decimal]) -> None:
    Posting.objects.bulk_create(
        Posting(entry=entry, account=account, amount=Money(amount, currency))
        for account, amount in amounts.items()
        if amount
    )
