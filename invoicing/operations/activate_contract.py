"""Activating a contract: its terms hold from here on, and its invoices lie ahead."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Customer
from contracts.models import Contract, ContractMeter
from contracts.queries.terms import contract_terms, priced_meter_ids, with_terms
from invoicing.operations.upcoming import ensure_upcoming
from usage.models import UsageArrival
from usage.operations.measure_event import FURTHEST_AHEAD
from values.problems import InvalidTerms, Problem


class AlreadyActivated(ValueError):
    """The contract is active already; activating it again would change nothing."""


@transaction.atomic
def activate_contract(*, contract: Contract, now: datetime) -> Contract:
    """
    Fix the contract's terms and make its upcoming invoices; `now` is the real time.

    :raises AlreadyActivated:
    :raises InvalidTerms: when the terms do not hold together, or when another contract of the
        customer prices a meter of this one in a part of its time.
    """
    Customer.objects.select_for_update(no_key=True).get(pk=contract.customer_id)
    contract = with_terms(Contract.objects.filter(pk=contract.pk)).get()
    if contract.activated_at is not None:
        raise AlreadyActivated("this contract is active already")
    _refuse_what_cannot_be_billed(contract)
    _claim_meters(contract)
    contract.activated_at = now
    contract.save(update_fields=["activated_at"])
    customer_now = contract.customer.now(now=now)
    ensure_upcoming(contract=contract, now=customer_now)
    # What was sent before, also for times ahead, has a price now: whoever keeps amounts fresh
    # looks again.
    UsageArrival.objects.create(
        customer_id=contract.customer_id,
        earliest_at=contract.starts_at,
        latest_at=contract.ends_at or max(contract.starts_at, customer_now) + FURTHEST_AHEAD,
    )
    return contract


def _refuse_what_cannot_be_billed(contract: Contract) -> None:
    terms = contract_terms(contract)
    problems = []
    if not terms.prices:
        problems.append(Problem(("plan", "prices"), "the plan has no prices"))
    problems += [
        Problem(("plan", "prices", price.code), "no version of the price is published")
        for price in terms.prices
        if not price.versions
    ]
    if contract.customer.legal_entity_id != contract.plan.legal_entity_id:
        problems.append(Problem(("plan",), "is of another legal entity than the customer"))
    on_plan = {item.price_id for item in contract.plan.items.all()}
    problems += [
        Problem(("overrides", override.price.code), "is no price of the plan")
        for override in contract.overrides.all()
        if override.price_id not in on_plan
    ]
    if problems:
        raise InvalidTerms(problems)


def _claim_meters(contract: Contract) -> None:
    for code, meter_id in priced_meter_ids(contract).items():
        try:
            with transaction.atomic():
                ContractMeter.objects.create(
                    contract=contract,
                    customer_id=contract.customer_id,
                    meter_id=meter_id,
                    starts_at=contract.starts_at,
                    ends_at=contract.ends_at,
                )
        except IntegrityError as error:
            raise InvalidTerms([Problem((), overlap_words(contract, meter_id, code))]) from error


def overlap_words(contract: Contract, meter_id: int, code: str) -> str:
    """Return the sentence that names the contract which prices a meter already."""
    other = (
        ContractMeter.objects.filter(customer_id=contract.customer_id, meter_id=meter_id)
        .exclude(contract=contract)
        .filter(Q(ends_at=None) | Q(ends_at__gt=contract.starts_at))
        .filter(Q() if contract.ends_at is None else Q(starts_at__lt=contract.ends_at))
        .select_related("contract__plan")
        .order_by("starts_at")
        .first()
    )
    named = "another contract" if other is None else f"contract {other.contract.public_id}"
    return f"{named} of this customer prices meter '{code}' in a part of the same time"
