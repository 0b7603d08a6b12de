"""Grants of credit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin.pages.billing_admin import BillingAdmin
from accounts.admin.pages.days import DayField, LastDayField, ZonedForm
from accounts.admin.pages.tables import Table
from accounts.admin.pages.words import end_words, money_words, start_words, state_badge
from accounts.models import Customer
from invoicing.admin.credit_size import credit_size_words
from invoicing.admin.wallet_tables import grant_entries_table, pending_table
from invoicing.models import Grant
from invoicing.operations.grant_credit import grant_credit
from invoicing.queries.expiring_grants import expiring_grants
from invoicing.queries.grant_balances import counted, with_left
from invoicing.queries.line_units import line_units
from values.exact import NotExact, exact_decimal


class GrantForm(ZonedForm):
    """New credit, its days in the zone of its customer."""

    zone_of = "customer"

    granted = forms.CharField(
        label="Amount", max_length=30, required=False, help_text="Of money; empty for units."
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in settings.CURRENCIES],
        help_text="Of the invoices that it pays.",
    )
    quantity = forms.CharField(
        label="Quantity",
        max_length=40,
        required=False,
        help_text="Instead of an amount: so many units, as 10000 credits or 500 free minutes.",
    )
    unit = forms.CharField(
        label="Unit",
        max_length=50,
        required=False,
        help_text="As invoice lines are counted in it: credit, minute, 1K tokens.",
    )
    paid = forms.CharField(
        label="Paid for it",
        max_length=30,
        required=False,
        help_text="Empty: the amount for prepaid money, nothing for promotional credit and units.",
    )
    effective_from = DayField(label="First day", help_text="In the customer's zone.")
    expires_at = LastDayField(
        label="Last day", required=False, help_text="The last day that counts; empty: for good."
    )

    class Meta:
        model = Grant
        fields = (
            "customer", "contract", "code", "kind", "effective_from", "expires_at", "priority",
            "applies_to",
        )  # fmt: skip

    def clean_granted(self) -> Decimal | None:
        return _amount(self.cleaned_data["granted"]) if self.cleaned_data["granted"] else None

    def clean_quantity(self) -> Decimal | None:
        return _amount(self.cleaned_data["quantity"]) if self.cleaned_data["quantity"] else None

    def clean_paid(self) -> Decimal | None:
        return _amount(self.cleaned_data["paid"]) if self.cleaned_data["paid"] else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        customer, contract = cleaned.get("customer"), cleaned.get("contract")
        if contract and customer and contract.customer_id != customer.pk:
            self.add_error("contract", f"This contract is of {contract.customer}.")
        if not self.errors:
            self._refuse_what_is_no_size(cleaned)
        return cleaned

    def _refuse_what_is_no_size(self, cleaned: dict[str, Any]) -> None:
        granted, quantity, unit = (cleaned[name] for name in ("granted", "quantity", "unit"))
        if (granted is None) == (quantity is None):
            self.add_error("granted", "Write an amount of money, or a quantity with its unit.")
        elif granted is not None and unit:
            self.add_error("unit", "An amount of money has no unit.")
        elif quantity is not None:
            self._refuse_units(cleaned["customer"], quantity, unit)

    def _refuse_units(self, customer: Customer, quantity: Decimal, unit: str) -> None:
        if quantity <= 0:
            self.add_error("quantity", "A grant is of more than nothing.")
        units = line_units(legal_entity_id=customer.legal_entity_id)
        if unit not in units:
            known = ", ".join(units)
            self.add_error("unit", f"No line is counted in {unit!r}; there are {known}."
                           if unit else f"Units are counted in one of {known}.")  # fmt: skip


def _amount(text: str) -> Decimal:
    try:
        return exact_decimal(text.strip())
    except NotExact as error:
        raise ValidationError(str(error)) from error


class BalanceFilter(admin.SimpleListFilter):
    """Grants that can still pay, are used up, or are over."""

    title = "balance"
    parameter_name = "balance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("left", "something left"), ("low", "under a tenth left"), ("used", "used up"),
                ("expiring", "left, expires in 30 days"), ("expired", "expired")]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "expiring":
            return expiring_grants(grants=queryset, now=datetime.now(UTC))
        wanted = {
            "left": Q(left_amount__gt=0),
            "low": Q(left_amount__gt=0, left_amount__lt=counted() / 10),
            "used": Q(left_amount__lte=0),
            "expired": Q(expires_at__lte=datetime.now(UTC)),
        }
        return queryset.filter(wanted[self.value()]) if self.value() in wanted else queryset  # type: ignore[index]


_SHOWN = (
    "public_id", "customer", "contract", "code", "kind", "granted_money", "paid_money",
    "left_money", "first_day", "last_day", "priority", "applies_to",
)  # fmt: skip


@admin.register(Grant)
class GrantAdmin(BillingAdmin):
    """Credit: granted by a form, drawn by invoices, never edited."""

    form = GrantForm
    rows_are_kept = True
    list_display = (
        "code", "customer", "kind", "granted_money", "left_money", "first_day", "last_day",
        "priority", "state",
    )  # fmt: skip
    list_filter = (BalanceFilter, "kind", "currency", "customer__legal_entity")
    list_select_related = ("customer__test_clock",)
    date_hierarchy = "effective_from"
    show_full_result_count = False
    search_fields = ("code", "customer__name", "customer__external_id")
    autocomplete_fields = ("customer", "contract")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_left(super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is not None:
            return _SHOWN
        return (
            "customer", "contract", "code", "kind", "granted", "quantity", "unit", "currency",
            "paid", "effective_from", "expires_at", "priority", "applies_to",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else _SHOWN

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        entered = form.cleaned_data
        granted = grant_credit(
            customer=entered["customer"],
            contract=entered["contract"],
            code=entered["code"],
            kind=entered["kind"],
            amount=entered["granted"],
            quantity=entered["quantity"],
            unit=entered["unit"],
            currency=entered["currency"],
            paid_amount=entered["paid"],
            effective_from=entered["effective_from"],
            expires_at=entered["expires_at"],
            priority=entered["priority"],
            applies_to=entered["applies_to"],
            now=datetime.now(UTC),
        )
        obj.__dict__.update(granted.__dict__)

    def tables(self, request: HttpRequest, obj: Grant) -> Sequence[Table]:
        return (pending_table(obj), grant_entries_table(obj))

    @admin.display(description="id")
    def public_id(self, grant: Grant) -> str:
        return grant.public_id

    @admin.display(description="granted", ordering="amount")
    def granted_money(self, grant: Grant) -> str:
        return credit_size_words(grant.size, grant.purse)

    @admin.display(description="paid for it", ordering="paid_amount")
    def paid_money(self, grant: Grant) -> str:
        return money_words(grant.paid_amount)

    @admin.display(description="left", ordering="left_amount")
    def left_money(self, grant: Any) -> str:
        return credit_size_words(grant.left_amount, grant.purse)

    @admin.display(description="from", ordering="effective_from")
    def first_day(self, grant: Grant) -> str:
        return start_words(grant.effective_from, grant.customer.timezone)

    @admin.display(description="last day", ordering="expires_at")
    def last_day(self, grant: Grant) -> str:
        return end_words(grant.expires_at, grant.customer.timezone)

    @admin.display(description="state")
    def state(self, grant: Any) -> SafeString:
        now = grant.customer.now(now=datetime.now(UTC))
        if grant.expires_at is not None and grant.expires_at <= now:
            return state_badge("expired", "plain")
        if grant.left_amount <= 0:
            return state_badge("used up", "plain")
        return (
            state_badge("ahead", "waiting")
            if now < grant.effective_from
            else state_badge("pays", "good")
        )
