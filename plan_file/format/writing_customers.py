"""How customers are written, with their contracts and credits."""

from collections.abc import Mapping

from invoicing.assembly.terms import DatedQuantity
from invoicing.rating.overrides import PriceOverride
from plan_file.format.addresses import Address
from plan_file.format.contracts import Contract, default_anchor_day
from plan_file.format.credits import Credit, default_paid_amount
from plan_file.format.customers import CLASSES, DEFAULT_VAT_STATUS, Customer
from plan_file.format.exemptions import WHOLE_PERCENT, Exemption, JurisdictionShare
from plan_file.format.granted import DEFAULT_PRIORITY
from plan_file.format.phases import Phase
from plan_file.format.subjects import KINDS as SUBJECT_KINDS
from plan_file.format.subjects import Subject
from plan_file.format.writing_prices import written_override
from plan_file.format.written import at, number, unless, used
from plan_file.format.yaml_layout import OneLine, Written
from values.calendar import BillingInterval
from values.exact import plain
from values.instants import always_since
from values.money import money_text


def written_customer(
    customer: Customer, *, zone: str, currency: str, intervals: Mapping[str, BillingInterval]
) -> Written:
    """Return the customer; zone and currency are the document's, intervals by plan."""
    own_zone = customer.timezone
    share = customer.jurisdiction_share
    return used(
        external_id=customer.external_id,
        name=unless(customer.external_id, customer.name),
        timezone=unless(zone, own_zone),
        class_=unless(CLASSES[0], customer.customer_class),
        addresses={kind: _address(customer.addresses[kind]) for kind in sorted(customer.addresses)},
        vat_id=customer.vat_id,
        vat_status=unless(DEFAULT_VAT_STATUS, customer.vat_status),
        exemptions=[_exemption(each, own_zone) for each in customer.exemptions],
        jurisdiction_share=_share(share) if share else None,
        parent=customer.parent,
        bill_to_parent=customer.bill_to_parent or None,
        subjects=[_subject(subject, own_zone) for subject in customer.subjects],
        contracts=[
            _contract(contract, own_zone, intervals[contract.plan])
            for contract in customer.contracts
        ],
        credits=[_credit(credit, own_zone, currency) for credit in customer.credits],
    )


def _address(address: Address) -> Written:
    return OneLine(
        used(
            country=address.country,
            state=address.state,
            county=address.county,
            city=address.city,
            postal_code=address.postal_code,
        )
    )


def _exemption(exemption: Exemption, zone: str) -> Written:
    return OneLine(
        used(
            tax_types=list(exemption.tax_types),
            states=list(exemption.states),
            reason=exemption.reason,
            valid_from=at(exemption.valid_from, zone),
            valid_to=at(exemption.valid_to, zone),
            percent=unless(plain(WHOLE_PERCENT), plain(exemption.percent)),
        )
    )


def _share(share: JurisdictionShare) -> Written:
    return OneLine(
        interstate=plain(share.interstate),
        intrastate=plain(share.intrastate),
        international=plain(share.international),
    )


def _subject(subject: Subject, zone: str) -> Written:
    held_from = None if subject.held_from == always_since(zone) else at(subject.held_from, zone)
    return OneLine(
        used(
            id=subject.subject_id,
            kind=unless(SUBJECT_KINDS[0], subject.kind),
            from_=held_from,
            to=at(subject.held_to, zone),
        )
    )


def _contract(contract: Contract, zone: str, interval: BillingInterval) -> Written:
    default_anchor = default_anchor_day(contract.start, interval=interval, zone=zone)
    anchor_date = contract.anchor_date
    return used(
        plan=contract.plan,
        start=at(contract.start, zone),
        end=at(contract.end, zone),
        anchor_day=None if anchor_date else unless(default_anchor, contract.anchor_day),
        anchor_date=anchor_date.isoformat() if anchor_date else None,
        net_terms_days=contract.net_terms_days,
        overrides=_overrides(contract.overrides),
        quantities={
            name: _quantities(dated, contract, zone) for name, dated in contract.quantities.items()
        },
        phases=[_phase(phase, zone) for phase in contract.phases],
    )


def _overrides(overrides: Mapping[str, PriceOverride]) -> dict[str, Written]:
    return {code: written_override(override) for code, override in overrides.items()}


def _quantities(dated: tuple[DatedQuantity, ...], contract: Contract, zone: str) -> Written:
    if len(dated) == 1 and dated[0].starts_at == contract.start:
        return plain(dated[0].quantity)
    return [
        OneLine({"from": at(each.starts_at, zone), "quantity": plain(each.quantity)})
        for each in dated
    ]


def _phase(phase: Phase, zone: str) -> Written:
    return used(
        from_=at(phase.starts_at, zone), plan=phase.plan, overrides=_overrides(phase.overrides)
    )


def _credit(credit: Credit, zone: str, currency: str) -> Written:
    start = credit.effective_from
    default_paid = default_paid_amount(credit.kind, credit.amount)
    amount = credit.amount
    return OneLine(
        used(
            code=credit.code,
            amount=None if amount is None else money_text(amount, credit.currency),
            quantity=number(credit.quantity),
            unit=credit.unit,
            currency=unless(currency, credit.currency),
            kind=credit.kind.value,
            effective_from=None if start == always_since(zone) else at(start, zone),
            expires_at=at(credit.expires_at, zone),
            priority=unless(DEFAULT_PRIORITY, credit.priority),
            applies_to=list(credit.applies_to),
            paid_amount=None
            if credit.paid_amount == default_paid
            else money_text(credit.paid_amount, credit.currency),
        )
    )
