"""What invoicing adds to a customer's page: contracts, wallet and invoices."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.customer import CustomerAdmin
from accounts.admin.pages.tables import Table, may_see
from accounts.admin.pages.words import NOTHING
from accounts.admin.view_as import VIEW_AS
from accounts.models import Customer
from contracts.models import Contract, ContractState
from invoicing.admin.credit_size import credit_size_words
from invoicing.admin.customer_hub import customer_hub
from invoicing.admin.customer_tables import (
    EVENT,
    contracts_table,
    events_table,
    questions_table,
)
from invoicing.admin.invoice_tables import invoices_table
from invoicing.admin.wallet_tables import GRANT, wallet_entries_table, wallet_table
from invoicing.credits.purse import Purse
from invoicing.models import Grant, Invoice, InvoiceState
from invoicing.queries.grant_balances import with_left
from invoicing.queries.wallets import WalletGrant, wallet

RUNNING = (InvoiceState.UPCOMING, InvoiceState.DRAFT)
MOST_RUNNING = 12
MOST_ISSUED = 12

admin.site.unregister(Customer)


class CustomerList(ChangeList):
    """Customers with their contracts and grants, which the list alone shows together."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        contracts = Contract.objects.filter(activated_at__isnull=False).select_related("plan")
        return (
            super()
            .get_queryset(*args, **kwargs)
            .prefetch_related(
                Prefetch("contracts", queryset=contracts, to_attr="activated"),
                Prefetch("grants", queryset=with_left(Grant.objects.all()), to_attr="held_grants"),
            )
        )


@admin.register(Customer)
class BilledCustomerAdmin(CustomerAdmin):
    """A customer with what it is billed."""

    list_display = (
        "name", "external_id", "plan", "credit_money", "legal_entity", "customer_class",
        "mode",
    )  # fmt: skip
    list_filter = (*CustomerAdmin.list_filter, "contracts__plan")
    list_select_related = ("legal_entity", "brand", "test_clock")
    change_form_template = "admin/hub/customer.html"
    buttons = (VIEW_AS, *CustomerAdmin.buttons)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        hidden = {
            column
            for column, label in (("plan", "contracts.contract"), ("credit_money", GRANT))
            if not may_see(request.user, label)
        }
        return tuple(column for column in self.list_display if column not in hidden)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CustomerList]:
        return CustomerList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    @admin.display(description="plan")
    def plan(self, customer: Any) -> str:
        now = customer.now(now=datetime.now(UTC))
        running = [
            str(contract.plan)
            for contract in customer.activated
            if contract.state(now=now) == ContractState.ACTIVE
        ]
        return ", ".join(running) or NOTHING

    @admin.display(description="credit left")
    def credit_money(self, customer: Any) -> str:
        now = customer.now(now=datetime.now(UTC))
        left: dict[Purse, Decimal] = {}
        for grant in customer.held_grants:
            if grant.expires_at is None or now < grant.expires_at:
                left[grant.purse] = left.get(grant.purse, Decimal(0)) + grant.left_amount
        sums = [credit_size_words(size, purse) for purse, size in sorted(left.items())]
        return ", ".join(sums) or NOTHING

    def tables(self, request: HttpRequest, obj: Customer) -> Sequence[Table]:
        running, latest = _invoices_of(obj)
        subjects, *people = super().tables(request, obj)
        return (
            contracts_table(obj),
            invoices_table(running, caption="Upcoming invoices"),
            replace(
                invoices_table(latest, caption="Latest invoices"),
                empty="None yet. Each upcoming one is issued when its period is over.",
                note=_all_invoices(obj),
            ),
            wallet_table(obj, held=_wallet_of(obj)),
            wallet_entries_table(obj),
            *((events_table(obj),) if may_see(request.user, EVENT) else ()),
            questions_table(obj),
            *people,
            subjects,
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and obj.pk is not None:
            context["title"], context["subtitle"] = str(obj), None
            context["hub"] = customer_hub(
                customer=obj,
                user=request.user,
                held=_wallet_of(obj),
                now=datetime.now(UTC),
                is_refused_form=request.method == "POST",
            )
        return super().render_change_form(request, context, *args, **kwargs)

    def links(self, request: HttpRequest, obj: Customer) -> Sequence[tuple[str, str]]:
        events = reverse("admin:usage_event_changelist")
        links = [
            ("Events", f"{events}?customer={obj.public_id}", "usage.view_event"),
            (
                "Add contract",
                f"{reverse('admin:contracts_contract_add')}?customer={obj.pk}",
                "contracts.add_contract",
            ),
            (
                "Grant credit",
                f"{reverse('admin:invoicing_grant_add')}?customer={obj.pk}",
                "invoicing.add_grant",
            ),
        ]
        return (
            *((label, address) for label, address, right in links if request.user.has_perm(right)),
            *super().links(request, obj),
        )


def _all_invoices(customer: Customer) -> SafeString:
    """Return the link to the list of this customer's invoices, upcoming ones too."""
    address = reverse("admin:invoicing_invoice_changelist")
    return format_html(
        '<a href="{}?customer__id__exact={}">All invoices of {}</a>', address, customer.pk, customer
    )


def _invoices_of(customer: Customer) -> tuple[list[Invoice], list[Invoice]]:
    """Return the first running invoices and the latest others, in one query."""
    invoices = Invoice.objects.filter(customer=customer)
    running = invoices.filter(state__in=RUNNING).order_by("period_start", "pk")[:MOST_RUNNING]
    others = invoices.exclude(state__in=RUNNING).order_by("-period_start", "-pk")[:MOST_ISSUED]
    found = list(running.union(others, all=True))
    for invoice in found:
        invoice.customer = customer
    by_time = sorted(found, key=lambda invoice: (invoice.period_start, invoice.pk))
    return (
        [invoice for invoice in by_time if invoice.state in RUNNING],
        [invoice for invoice in reversed(by_time) if invoice.state not in RUNNING],
    )


def _wallet_of(customer: Any) -> Sequence[WalletGrant]:
    """Return the customer's wallet, read once for all parts of its page."""
    if not hasattr(customer, "held_wallet"):
        customer.held_wallet = wallet(customer_id=customer.pk)
    held: Sequence[WalletGrant] = customer.held_wallet
    return held
