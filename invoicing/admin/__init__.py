"""Staff pages of invoices, wallets and journal; what they add to contract and customer."""

from invoicing.admin import bill_run, contract, customer, delivery, grant, invoice, journal

__all__ = ["bill_run", "contract", "customer", "delivery", "grant", "invoice", "journal"]
