"""What invoicing adds to a customer's page: contracts, wallet and invoices."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from djmoney.money import Money

from accounts.admin.customer import CustomerAdmin
from accounts.admin.pages.tables import Table, may_see, text
from accounts.admin.pages.words import NOTHING, money_words, span_words
from accounts.models import Customer
from contracts.models import Contract, ContractState
from invoicing.admin.invoice_tables import invoices_table
from invoicing.admin.wallet_tables import GRANT, wallet_entries_table, wallet_table
from invoicing.models import Grant, Invoice
from invoicing.queries.grant_balances import with_left

admin.site.unregister(Customer)


@admin.register(Customer)
class BilledCustomerAdmin(CustomerAdmin):
    """A customer with what it is billed."""

    list_display = (
        "name", "external_id", "plan", "credit_money", "legal_entity", "customer_class",
        "mode",
    )  # fmt: skip
    list_filter = (*CustomerAdmin.list_filter, "contracts__plan")
    list_select_related = ("legal_entity", "brand", "test_clock")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        hidden = {
            column
            for column, label in (("plan", "contracts.contract"), ("credit_money", GRANT))
            if not may_see(request.user, label)
        }
        return tuple(column for column in self.list_display if column not in hidden)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        contracts = Contract.objects.filter(activated_at__isnull=False).select_related("plan")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("contracts", queryset=contracts, to_attr="activated"),
                Prefetch("grants", queryset=with_left(Grant.objects.all()), to_attr="held_grants"),
            )
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

    @admin.display(description="credit left")
    def credit_money(self, customer: Any) -> str:
        now = customer.now(now=datetime.now(UTC))
        left: dict[str, Decimal] = {}
        for grant in customer.held_grants:
            if grant.expires_at is None or now < grant.expires_at:
                left[grant.currency] = left.get(grant.currency, Decimal(0)) + grant.left_amount
        sums = [money_words(Money(amount, currency)) for currency, amount in sorted(left.items())]
        return ", ".join(sums) or NOTHING

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
    headings = ("Plan", "From, to", "State")
    empty = "None yet: add one."
    return Table("Contracts", headings, rows, empty=empty, shows="contracts.contract")
