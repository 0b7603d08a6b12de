"""
From a document to its canonical text: keys in the order of the format, defaults left out.

What is written is read back as the same document, and written again as the same bytes.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from invoicing.rating.overrides import PriceOverride
from invoicing.rating.price import PriceVersion
from invoicing.rating.rate_card import OnUnmatched, RateCard, RateEntry, match_as_json
from plan_file.format.addresses import Address
from plan_file.format.contracts import Contract, default_anchor_day
from plan_file.format.credits import DEFAULT_PRIORITY, Credit, default_paid_amount
from plan_file.format.customers import CLASSES, DEFAULT_VAT_STATUS, Customer
from plan_file.format.document import DEFAULT_ROUNDING, DEFAULT_TIMEZONE, VERSION, Document, Seller
from plan_file.format.events import Event
from plan_file.format.plans import Plan
from plan_file.format.prices import DEFAULT_SECTION, KINDS, MODELS, CatalogPrice
from plan_file.format.subjects import KINDS as SUBJECT_KINDS
from plan_file.format.subjects import Subject
from plan_file.format.yaml_layout import OneLine, Written, yaml_text
from usage.metering.meter import Meter
from values.calendar import BillingInterval, date_or_time
from values.exact import plain
from values.instants import always_since
from values.money import money_text


def write_document(document: Document) -> str:
    """Return the document as YAML text."""
    return yaml_text(written(document))


def written(document: Document) -> dict[str, Written]:
    """Return the document's sections with what is written of them, in order."""
    zone = document.timezone
    intervals = {plan.code: plan.billing_period for plan in document.plans}
    return _used(
        version=VERSION,
        currency=document.currency,
        timezone=_unless(DEFAULT_TIMEZONE, zone),
        invoice_rounding=_unless(DEFAULT_ROUNDING.value, document.rounding.value),
        seller=_seller(document.seller) if document.seller else None,
        meters=[_meter(meter) for meter in document.meters],
        rate_cards=[_rate_card(card, zone) for card in document.rate_cards],
        prices=[
            _price(price, version, zone)
            for price in document.prices
            for version in price.terms.versions
        ],
        plans=[_plan(plan, document) for plan in document.plans],
        customers=[_customer(each, document, intervals) for each in document.customers],
        events=[_event(event, zone) for event in document.events],
    )


def _used(**written: Written) -> dict[str, Written]:
    """Leave out what is None or empty; a trailing underscore keeps a key off Python's words."""
    return {key.rstrip("_"): value for key, value in written.items() if value not in (None, [], {})}


def _unless(default: Written, value: Written) -> Written:
    return None if value == default else value


def _at(instant: datetime | None, zone: str) -> str | None:
    return None if instant is None else date_or_time(instant, zone)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _seller(seller: Seller) -> Written:
    return OneLine(_used(name=seller.name, country=seller.country, state=seller.state))


def _meter(meter: Meter) -> Written:
    return _used(
        code=meter.code,
        display_name=_unless(meter.code, meter.display_name),
        event_name=meter.event_name,
        aggregation=meter.aggregation.value,
        property=meter.property,
        group_keys=list(meter.group_keys),
        unit=meter.unit,
    )


def _rate_card(card: RateCard, zone: str) -> Written:
    return _used(
        code=card.code,
        meter=card.meter,
        on_unmatched=_unless(OnUnmatched.FALLBACK.value, card.on_unmatched.value),
        versions=[
            _used(
                effective_from=_at(version.effective_from, zone),
                effective_to=_at(version.effective_to, zone),
                entries=[_rate_entry(entry) for entry in version.entries],
            )
            for version in card.versions
        ],
    )


def _rate_entry(entry: RateEntry) -> Written:
    match = OneLine(match_as_json(entry.match))
    return OneLine(
        match=match, **_used(rate=plain(entry.rate), priority=_unless(0, entry.priority))
    )


def _price(price: CatalogPrice, version: PriceVersion, zone: str) -> Written:
    model = version.model
    return _used(
        code=price.terms.code,
        product=price.product,
        name=_unless(price.terms.code, version.name),
        kind=KINDS[0],
        tax_code=version.tax_code,
        section=_unless(DEFAULT_SECTION, version.section),
        effective_from=_at(version.effective_from, zone),
        effective_to=_at(version.effective_to, zone),
        meter=price.terms.meter,
        model=MODELS[0],
        unit_price=_number(model.unit_price),
        rate_card=model.rate_card.code if model.rate_card else None,
        fallback_rate=_number(model.fallback_rate),
    )


def _plan(plan: Plan, document: Document) -> Written:
    return _used(
        code=plan.code,
        name=_unless(plan.code, plan.name),
        currency=_unless(document.currency, plan.currency),
        billing_period=plan.billing_period.value,
        net_terms_days=plan.net_terms_days or None,
        autopay=plan.autopay or None,
        prices=list(plan.prices),
        grace_hours=plan.grace_hours or None,
    )


def _customer(
    customer: Customer, document: Document, intervals: Mapping[str, BillingInterval]
) -> Written:
    zone = customer.timezone
    return _used(
        external_id=customer.external_id,
        name=_unless(customer.external_id, customer.name),
        timezone=_unless(document.timezone, zone),
        class_=_unless(CLASSES[0], customer.customer_class),
        addresses={kind: _address(customer.addresses[kind]) for kind in sorted(customer.addresses)},
        vat_id=customer.vat_id,
        vat_status=_unless(DEFAULT_VAT_STATUS, customer.vat_status),
        subjects=[_subject(subject, zone) for subject in customer.subjects],
        contracts=[
            _contract(contract, zone, intervals[contract.plan]) for contract in customer.contracts
        ],
        credits=[_credit(credit, zone, document.currency) for credit in customer.credits],
    )


def _address(address: Address) -> Written:
    return OneLine(
        _used(
            country=address.country,
            state=address.state,
            county=address.county,
            city=address.city,
            postal_code=address.postal_code,
        )
    )


def _subject(subject: Subject, zone: str) -> Written:
    held_from = None if subject.held_from == always_since(zone) else _at(subject.held_from, zone)
    return OneLine(
        _used(
            id=subject.subject_id,
            kind=_unless(SUBJECT_KINDS[0], subject.kind),
            from_=held_from,
            to=_at(subject.held_to, zone),
        )
    )


def _contract(contract: Contract, zone: str, interval: BillingInterval) -> Written:
    default_anchor = default_anchor_day(contract.start, interval=interval, zone=zone)
    return _used(
        plan=contract.plan,
        start=_at(contract.start, zone),
        end=_at(contract.end, zone),
        anchor_day=_unless(default_anchor, contract.anchor_day),
        net_terms_days=contract.net_terms_days,
        overrides={code: _override(contract.overrides[code]) for code in contract.overrides},
    )


def _override(override: PriceOverride) -> Written:
    return _used(
        unit_price=_number(override.unit_price),
        fallback_rate=_number(override.fallback_rate),
        entries=[_rate_entry(entry) for entry in override.entries],
    )


def _credit(credit: Credit, zone: str, currency: str) -> Written:
    start = credit.effective_from
    default_paid = default_paid_amount(credit.kind, credit.amount)
    return OneLine(
        _used(
            code=credit.code,
            amount=money_text(credit.amount, credit.currency),
            currency=_unless(currency, credit.currency),
            kind=credit.kind.value,
            effective_from=None if start == always_since(zone) else _at(start, zone),
            expires_at=_at(credit.expires_at, zone),
            priority=_unless(DEFAULT_PRIORITY, credit.priority),
            applies_to=list(credit.applies_to),
            paid_amount=None
            if credit.paid_amount == default_paid
            else money_text(credit.paid_amount, credit.currency),
        )
    )


def _event(event: Event, zone: str) -> Written:
    properties = OneLine(event.properties)
    return OneLine(
        _used(
            idempotency_key=event.idempotency_key,
            event_name=event.event_name,
            customer=event.customer,
            occurred_at=_at(event.occurred_at, zone),
            properties=properties,
        )
    )
