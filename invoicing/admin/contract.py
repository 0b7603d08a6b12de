"""What invoicing adds to a contract's page: activation, the next invoice, its credit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table
from contracts.admin.contract import ContractAdmin
from contracts.models import Contract
from invoicing.admin.invoice_tables import invoice_period, invoices_table, lines_table, totals_table
from invoicing.admin.wallet_tables import wallet_table
from invoicing.models import Invoice, InvoiceState
from invoicing.operations.activate_contract import AlreadyActivated, activate_contract


def _activate(
    admin_: Any, request: HttpRequest, contract: Contract, entered: dict[str, Any]
) -> str:
    activate_contract(contract=contract, now=datetime.now(UTC))
    return "The contract is activated; its upcoming invoices are below."


def _activation_facts(admin_: Any, request: HttpRequest, contract: Contract) -> dict[str, Any]:
    return {"term": admin_.term(contract), "due": admin_.due(contract)}


admin.site.unregister(Contract)


@admin.register(Contract)
class BilledContractAdmin(ContractAdmin):
    """A contract with what it is billed."""

    buttons = (
        Button(
            name="activate",
            label="Activate",
            permission="contracts.change_contract",
            press=_activate,
            refusals=(AlreadyActivated,),
            is_offered=lambda contract: contract.activated_at is None,
            facts_template="admin/invoicing/activate.html",
            facts=_activation_facts,
            is_irreversible=True,
        ),
    )

    def tables(self, request: HttpRequest, obj: Contract) -> Sequence[Table]:
        own = super().tables(request, obj)
        credit = wallet_table(obj.customer)
        if obj.activated_at is None:
            return (*own, credit)
        invoices = Invoice.objects.filter(contract=obj).select_related("customer")
        following = invoices.filter(state=InvoiceState.UPCOMING).order_by("period_start").first()
        listed = invoices_table(invoices[:24], caption="Invoices")
        if following is None:
            return (*own, credit, listed)
        caption = f"Next invoice: {invoice_period(following)}"
        lines = lines_table(following, user=request.user, caption=caption)
        return (lines, totals_table(following), *own, credit, listed)

    def links(self, request: HttpRequest, obj: Contract) -> Sequence[tuple[str, str]]:
        grant = reverse("admin:invoicing_grant_add")
        return (
            *super().links(request, obj),
            ("Grant credit", f"{grant}?customer={obj.customer_id}&contract={obj.pk}"),
        )
