from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """From quantities to issued invoices: rating, credit, tax, documents, journal."""

    name = "invoicing"
