"""What invoicing adds to a contract's page: activation, the next invoice, its credit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from accounts.admin.pages.buttons import Button
from accounts.admin.pages.tables import Table, may_see
from contracts.admin.contract import ContractAdmin
from contracts.models import Contract
from invoicing.admin.contract_tester import contract_tester
from invoicing.admin.invoice_tables import invoice_period, invoices_table, lines_table, totals_table
from invoicing.admin.wallet_tables import wallet_table
from invoicing.admin.what_if import what_if_page
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

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        tester = path(
            "<int:contract_id>/tester/",
            wrap(partial(contract_tester, self)),
            name="contracts_contract_tester",
        )
        what_if = path(
            "<int:contract_id>/what-if/",
            wrap(partial(what_if_page, self)),
            name="contracts_contract_what_if",
        )
        return [tester, what_if, *super().get_urls()]

    def links(self, request: HttpRequest, obj: Contract) -> Sequence[tuple[str, str]]:
        grant = reverse("admin:invoicing_grant_add")
        what_if = reverse("admin:contracts_contract_what_if", args=[obj.pk])
        return (
            ("Price tester", reverse("admin:contracts_contract_tester", args=[obj.pk])),
            *((("What if", what_if),) if may_see(request.user, "invoicing.invoice") else ()),
            *super().links(request, obj),
            ("Grant credit", f"{grant}?customer={obj.customer_id}&contract={obj.pk}"),
        )
