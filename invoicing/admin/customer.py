"""What invoicing adds to a customer's page: contracts, wallet and invoices."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.customer import CustomerAdmin
from accounts.admin.pages.tables import Table, text
from accounts.admin.pages.words import NOTHING, span_words
from accounts.models import Customer
from contracts.models import Contract, ContractState
from invoicing.admin.invoice_tables import invoices_table
from invoicing.admin.wallet_tables import wallet_entries_table, wallet_table
from invoicing.models import Invoice

admin.site.unregister(Customer)


@admin.register(Customer)
class BilledCustomerAdmin(CustomerAdmin):
    """A customer with what it is billed."""

    list_display = (
        "name", "external_id", "plan", "legal_entity", "brand", "customer_class", "mode",
    )  # fmt: skip
    list_filter = (*CustomerAdmin.list_filter, "contracts__plan")
    list_select_related = ("legal_entity", "brand", "test_clock")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        contracts = Contract.objects.filter(activated_at__isnull=False).select_related("plan")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("contracts", queryset=contracts, to_attr="activated"))
        )

    @admin.display(description="plan")
    def plan(self, customer: Any) -> str:
        now = customer.now(now=datetime.now(UTC))
        running = [
            str(contract.plan)
            for contract in customer.activated
            if contract.state(now=now) == ContractState.ACTIVE
        ]
        return ", ".join(running) or NOTHING

    def tables(self, request: HttpRequest, obj: Customer) -> Sequence[Table]:
        invoices = Invoice.objects.filter(customer=obj).select_related("customer")[:24]
        return (
            _contracts_table(obj),
            wallet_table(obj),
            wallet_entries_table(obj),
            invoices_table(invoices, caption="Latest invoices"),
            *super().tables(request, obj),
        )

    def links(self, request: HttpRequest, obj: Customer) -> Sequence[tuple[str, str]]:
        events = reverse("admin:usage_event_changelist")
        return (
            ("Events", f"{events}?customer={obj.public_id}"),
            ("Add contract", f"{reverse('admin:contracts_contract_add')}?customer={obj.pk}"),
            ("Grant credit", f"{reverse('admin:invoicing_grant_add')}?customer={obj.pk}"),
            *super().links(request, obj),
        )


def _contracts_table(customer: Customer) -> Table:
    now = customer.now(now=datetime.now(UTC))
    rows = [
        (
            text(
                contract.plan,
                link=reverse("admin:contracts_contract_change", args=[contract.pk]),
            ),
            text(span_words(contract.starts_at, contract.ends_at, customer.timezone)),
            text(contract.state(now=now).label.lower()),
        )
        for contract in customer.contracts.select_related("plan")
    ]
    return Table("Contracts", ("Plan", "From, to", "State"), rows, empty="None yet: add one.")
