"""What the tests of invoices share: agreements, usage and the walk of time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Customer, Partner
from catalog.models import Plan, PlanPrice, Price, PriceVersion
from contracts.models import Contract, ContractOverride
from invoicing.models import Invoice
from invoicing.operations.bill_customer import Billed, bill_customer
from invoicing.operations.close_invoice import close_invoice
from invoicing.operations.refresh_customer import refresh_customer
from tests import factories as make
from tests.refusals import damage
from usage.models import Source
from usage.operations.accept_events import Outcome

DECEMBER_1 = datetime(2024, 12, 1, tzinfo=UTC)
JANUARY_1 = datetime(2025, 1, 1, tzinfo=UTC)


def dollar_a_minute(**fields: object) -> Plan:
    """Return a plan on which every minute of a call costs one dollar."""
    return single_price_plan("dollar-a-minute", unit_price=Decimal(1), **fields)


def single_price_plan(code: str, *, unit_price: Decimal, **fields: object) -> Plan:
    """Return a plan of one price per unit of calls."""
    plan = Plan.objects.create(legal_entity=make.northwind(), code=code, name=code, **fields)
    PlanPrice.objects.create(plan=plan, price=unit_priced(code, unit_price))
    return plan


def unit_priced(code: str, unit_price: Decimal) -> Price:
    """Return a published price per minute of a call."""
    price = Price.objects.create(
        legal_entity=make.northwind(), code=code, meter=make.ai_call_meter()
    )
    PriceVersion.objects.create(
        price=price, name=code, unit_price=unit_price, published_at=make.NOW
    )
    return price


def sender_of(*buyers: Customer) -> Source:
    """Return a partner's source for these customers, all live or all sandbox."""
    mode = "test" if buyers[0].is_sandbox else "live"
    name = f"Sender of {buyers[0]}"
    found = Partner.objects.filter(name=name).first()
    return make.source(found or make.partner(*buyers, name=name), mode)


def call(sender: Source, key: str, *, at: str, minutes: Any = 5, **fields: Any) -> Outcome:
    """Return what became of a call of the sender's first customer."""
    customer = sender.partner.customers.order_by("pk")[0]
    body = make.call_body(
        key,
        **{"customer_id": customer.external_id, "minutes": minutes, "occurred_at": at, **fields},
    )
    return make.accepted(sender, [body])[0]


def refreshed(buyer: Customer) -> None:
    """Bring the customer's amounts up to date."""
    refresh_customer(customer_id=buyer.pk, now=make.NOW)


def invoices_of(buyer: Customer) -> list[Invoice]:
    """Return the customer's invoices, the earliest first."""
    return list(Invoice.objects.filter(customer=buyer).order_by("period_start", "pk"))


def first_invoice(buyer: Customer) -> Invoice:
    """Return the customer's earliest invoice as it stands."""
    return invoices_of(buyer)[0]


def closed(invoice: Invoice) -> Invoice:
    """Return the invoice as a draft, its period being over by now."""
    return close_invoice(invoice_id=invoice.pk, now=make.NOW)


def billed(buyer: Customer, *, as_of: datetime = make.NOW) -> Billed:
    """Return what a bill run did for the customer."""
    return bill_customer(customer_id=buyer.pk, as_of=as_of)


def spoil_terms(buyer: Customer) -> None:
    """Damage the customer's agreement so that no engine takes it: nothing can be billed by it."""
    contract = Contract.objects.get(customer=buyer)
    with damage():
        ContractOverride.objects.create(
            contract=contract, price=contract.plan.items.get().price, fallback_rate=Decimal(1)
        )
