"""Which e-mails a person wants."""

from django import forms


class EmailsForm(forms.Form):
    """One's own choice; others of the customer have theirs."""

    wants_invoices = forms.BooleanField(
        label="Invoices",
        required=False,
        help_text="Each new invoice with its PDF, as a copy of what goes to the invoice e-mail.",
    )
    wants_credit_alerts = forms.BooleanField(
        label="Credit warnings",
        required=False,
        help_text="One e-mail when prepaid credit runs low, early enough to add more.",
    )
