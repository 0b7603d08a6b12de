"""Staff pages of invoices, wallets and journal; what they add to contract and customer."""

from invoicing.admin import (
    bill_run,
    contract,
    credit_warning,
    customer,
    delivery,
    grant,
    invoice,
    issue_job,
    journal,
    plan_preview,
    price_preview,
    price_tester,
    question,
)

__all__ = [
    "bill_run",
    "contract",
    "credit_warning",
    "customer",
    "delivery",
    "grant",
    "invoice",
    "issue_job",
    "journal",
    "plan_preview",
    "price_preview",
    "price_tester",
    "question",
]
