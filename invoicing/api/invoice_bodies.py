"""Invoices as the API shows them: amounts as texts with the currency's digits."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.columns import exact
from invoicing.models import (
    CreditApplication,
    Grant,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    InvoiceTaxLine,
)
from invoicing.queries.remaining_credit import remaining_credit
from invoicing.rating.trace import Trace
from values.calendar import last_day
from values.exact import plain
from values.money import fine_text, money_text

_AMOUNTS = ("subtotal", "discounts", "tax", "total", "credits_applied", "amount_due")


class AmountField(serializers.CharField):
    """An amount in the schema: digits, with those of the currency after the point."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "A decimal with the currency's digits: 21.35")
        super().__init__(**kwargs)


class InvoiceCustomerSerializer(serializers.Serializer[Any]):
    """Who is billed."""

    id = serializers.CharField()
    external_id = serializers.CharField()


class InvoicePeriodSerializer(serializers.Serializer[Any]):
    """What is billed: from `start` up to `end`, whose last local day is `last_date`."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    last_date = serializers.DateField()


class InvoiceSerializer(serializers.Serializer[Any]):
    """An invoice without its lines."""

    id = serializers.CharField()
    number = serializers.CharField(allow_null=True, help_text="Given when it is issued.")
    kind = serializers.ChoiceField(
        InvoiceKind.values,
        help_text="opening: due on the contract's first day; period: at the end of a period.",
    )
    state = serializers.ChoiceField(InvoiceState.values)
    customer = InvoiceCustomerSerializer()
    contract = serializers.CharField()
    period = InvoicePeriodSerializer()
    issue_date = serializers.DateField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    issued_at = serializers.DateTimeField(allow_null=True)
    computed_at = serializers.DateTimeField(
        allow_null=True, help_text="When the amounts were last brought up to date."
    )
    currency = serializers.CharField()
    subtotal = AmountField()
    discounts = AmountField()
    tax = AmountField()
    total = AmountField()
    credits_applied = AmountField()
    amount_due = AmountField()


class LinePeriodSerializer(serializers.Serializer[Any]):
    """The part of the period in which the line's price was in force."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class WhySerializer(serializers.Serializer[Any]):
    """
    How a line came to its amount: as a sentence, and as data.

    The trace names the version and the entry of the rate, the model, and in `steps` each step
    in order (counted, included, tier, flat_fee, calls, days, limit …) with its numbers as texts.
    """

    sentence = serializers.CharField(
        help_text="1284 minutes \N{MINUS SIGN} 1000 included = 284 "
        "\N{MULTIPLICATION SIGN} 0.20 USD = 56.80 USD"
    )
    trace = serializers.DictField()


class InvoiceLineSerializer(serializers.Serializer[Any]):
    """A quantity at a rate, rounded once."""

    id = serializers.CharField()
    section = serializers.CharField()
    price = serializers.CharField()
    description = serializers.CharField()
    dimensions = serializers.DictField(child=serializers.CharField())
    quantity = serializers.CharField(help_text="With all its digits, as a text.")
    unit = serializers.CharField(allow_null=True)
    unit_price = serializers.CharField(allow_null=True)
    exact_amount = serializers.CharField(help_text="Before it was rounded.")
    amount = AmountField()
    currency = serializers.CharField()
    events = serializers.IntegerField(allow_null=True, help_text="How many are behind it.")
    events_url = serializers.CharField(allow_null=True)
    rate_version = serializers.DateTimeField(
        allow_null=True, help_text="Since when the rate is in force."
    )
    tax_code = serializers.CharField(allow_null=True)
    period = LinePeriodSerializer()
    left = serializers.CharField(
        allow_null=True, help_text="Of included usage: what remains of it after this line."
    )
    why = WhySerializer(allow_null=True)


class InvoiceTaxLineSerializer(serializers.Serializer[Any]):
    """A tax or fee."""

    rule = serializers.CharField()
    # The metaclass moves fields away from the attributes that they seem to hide.
    label = serializers.CharField()  # type: ignore[assignment]
    base = serializers.CharField()
    rate = serializers.CharField()
    amount = AmountField()
    exempt_base = serializers.CharField()
    exempt_reason = serializers.ListField(child=serializers.CharField())


class InvoiceCreditSerializer(serializers.Serializer[Any]):
    """
    What a grant pays of the invoice, and what is left of it then.

    A grant of units pays an `amount` with a `quantity` of its `unit`; its `left` is in units.
    """

    grant = serializers.CharField()
    code = serializers.CharField()
    kind = serializers.CharField()
    amount = AmountField()
    quantity = serializers.CharField(allow_null=True, help_text="Of a grant of units.")
    unit = serializers.CharField(allow_null=True, help_text="Of a grant of units.")
    left = serializers.CharField(
        allow_null=True, help_text="An amount; of a grant of units a quantity."
    )


class InvoiceDetailSerializer(InvoiceSerializer):
    """An invoice with everything on it."""

    lines = InvoiceLineSerializer(many=True)
    tax_lines = InvoiceTaxLineSerializer(many=True)
    credits = InvoiceCreditSerializer(many=True)
    pdf_url = serializers.CharField(allow_null=True, help_text="Of an issued invoice.")


def invoice_body(invoice: Invoice) -> dict[str, Any]:
    """Return an invoice without its lines."""
    customer = invoice.customer
    return {
        "id": invoice.public_id,
        "number": invoice.number,
        "kind": invoice.kind,
        "state": invoice.state,
        "customer": {"id": customer.public_id, "external_id": customer.external_id},
        "contract": invoice.contract.public_id,
        "period": {
            "start": invoice.period_start,
            "end": invoice.period_end,
            "last_date": last_day(invoice.period_end, customer.timezone),
        },
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "issued_at": invoice.issued_at,
        "computed_at": invoice.computed_at,
        "currency": invoice.currency,
        **{name: money_text(exact(getattr(invoice, name)), invoice.currency) for name in _AMOUNTS},
    }


def invoice_detail_body(invoice: Invoice) -> dict[str, Any]:
    """Return an invoice with everything on it; its related rows are prefetched."""
    left = remaining_credit(invoice=invoice)
    address = f"/api/v1/invoices/{invoice.public_id}"
    is_issued = invoice.state == InvoiceState.ISSUED
    return {
        **invoice_body(invoice),
        "lines": [_line_body(line, invoice) for line in invoice.lines.all()],
        "tax_lines": [_tax_body(tax) for tax in invoice.tax_lines.all()],
        "credits": [
            _credit_body(application, left.get(application.grant_id))
            for application in invoice.credit_applications.all()
        ],
        "pdf_url": f"{address}/pdf" if is_issued else None,
    }


def _line_body(line: InvoiceLine, invoice: Invoice) -> dict[str, Any]:
    address = f"/api/v1/invoices/{invoice.public_id}/lines/{line.public_id}/events"
    return {
        "id": line.public_id,
        "section": line.section,
        "price": line.price,
        "description": line.description,
        "dimensions": line.dimensions,
        "quantity": plain(line.quantity),
        "unit": line.unit or None,
        "unit_price": None
        if line.unit_price is None
        else fine_text(line.unit_price, line.currency),
        "exact_amount": fine_text(line.exact_amount, line.currency),
        "amount": money_text(exact(line.amount), line.currency),
        "currency": line.currency,
        "events": line.events,
        "events_url": address if line.usage_from else None,
        "rate_version": line.rate_version,
        "tax_code": line.tax_code or None,
        "period": {"start": line.period_start, "end": line.period_end},
        "left": None if line.left is None else plain(line.left),
        "why": _why(line, invoice.legal_entity.timezone),
    }


def _why(line: InvoiceLine, zone: str) -> dict[str, Any] | None:
    if not line.trace:
        return None
    return {"sentence": Trace.from_json(line.trace).sentence(zone=zone), "trace": line.trace}


def _tax_body(tax: InvoiceTaxLine) -> dict[str, Any]:
    return {
        "rule": tax.rule,
        "label": tax.label,
        "base": fine_text(tax.base, tax.currency),
        "rate": plain(tax.rate),
        "amount": money_text(exact(tax.amount), tax.currency),
        "exempt_base": fine_text(tax.exempt_base, tax.currency),
        "exempt_reason": tax.exempt_reason,
    }


def _credit_body(application: CreditApplication, left: Any) -> dict[str, Any]:
    grant, currency = application.grant, application.currency
    return {
        "grant": grant.public_id,
        "code": grant.code,
        "kind": grant.kind,
        "amount": money_text(exact(application.amount), currency),
        "quantity": None if application.quantity is None else plain(application.quantity),
        "unit": grant.unit or None,
        "left": None if left is None else _size_text(left, grant),
    }


def _size_text(size: Decimal, grant: Grant) -> str:
    return money_text(size, grant.currency) if grant.purse.is_money else plain(size)
