"""
From a document to its canonical text: keys in the order of the format, defaults left out.

What is written is read back as the same document, and written again as the same bytes.
"""

from invoicing.credits.plan_grants import PlanGrant
from plan_file.format.document import DEFAULT_ROUNDING, DEFAULT_TIMEZONE, VERSION, Document, Seller
from plan_file.format.events import Event
from plan_file.format.granted import DEFAULT_PRIORITY
from plan_file.format.meters import written_meter
from plan_file.format.plans import Plan
from plan_file.format.writing_customers import written_customer
from plan_file.format.writing_prices import written_price, written_rate_card
from plan_file.format.written import at, number, unless, used
from plan_file.format.yaml_layout import OneLine, Written, yaml_text
from values.money import money_text


def write_document(document: Document) -> str:
    """Return the document as YAML text."""
    return yaml_text(written(document))


def written(document: Document) -> dict[str, Written]:
    """Return the document's sections with what is written of them, in order."""
    zone, currency = document.timezone, document.currency
    intervals = {plan.code: plan.billing_period for plan in document.plans}
    return used(
        version=VERSION,
        currency=currency,
        timezone=unless(DEFAULT_TIMEZONE, zone),
        invoice_rounding=unless(DEFAULT_ROUNDING.value, document.rounding.value),
        seller=_seller(document.seller) if document.seller else None,
        meters=[written_meter(meter, zone=zone) for meter in document.meters],
        rate_cards=[written_rate_card(card, zone) for card in document.rate_cards],
        prices=[
            written_price(price, version, zone)
            for price in document.prices
            for version in price.terms.versions
        ],
        plans=[_plan(plan, document) for plan in document.plans],
        customers=[
            written_customer(each, zone=zone, currency=currency, intervals=intervals)
            for each in document.customers
        ],
        events=[_event(event, zone) for event in document.events],
    )


def _seller(seller: Seller) -> Written:
    return OneLine(used(name=seller.name, country=seller.country, state=seller.state))


def _plan(plan: Plan, document: Document) -> Written:
    commitment = plan.minimum_commitment
    return used(
        code=plan.code,
        name=unless(plan.code, plan.name),
        currency=unless(document.currency, plan.currency),
        billing_period=plan.billing_period.value,
        net_terms_days=plan.net_terms_days or None,
        autopay=plan.autopay or None,
        prices=list(plan.prices),
        minimum_commitment=None if commitment is None else money_text(commitment, plan.currency),
        commitment_tax_code=plan.commitment_tax_code,
        grace_hours=plan.grace_hours or None,
        grants=[_grant(grant, plan) for grant in plan.grants],
    )


def _grant(grant: PlanGrant, plan: Plan) -> Written:
    amount = grant.amount
    return OneLine(
        used(
            code=grant.code,
            amount=None if amount is None else money_text(amount, grant.currency),
            quantity=number(grant.quantity),
            unit=grant.unit,
            currency=unless(plan.currency, grant.currency),
            kind=grant.kind.value,
            expires_after_periods=unless(1, grant.expires_after_periods),
            priority=unless(DEFAULT_PRIORITY, grant.priority),
            applies_to=list(grant.applies_to),
        )
    )


def _event(event: Event, zone: str) -> Written:
    properties = OneLine(event.properties)
    return OneLine(
        used(
            idempotency_key=event.idempotency_key,
            event_name=event.event_name,
            customer=event.customer,
            occurred_at=at(event.occurred_at, zone),
            properties=properties,
        )
    )
