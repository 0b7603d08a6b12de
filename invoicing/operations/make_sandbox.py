"""A sandbox for a partner: a customer with a clock of its own, to see what events would bill."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Brand, Customer, Partner, PartnerCustomer, TestClock
from accounts.queries.partner_brand import partner_brand
from catalog.models import Plan
from contracts.models import Contract
from invoicing.operations.activate_contract import activate_contract
from values.calendar import local_date, local_midnight


class NoSeller(RuntimeError):
    """Customers belong to a brand of a seller, and there is none yet."""


@transaction.atomic
def make_sandbox(*, partner: Partner, plan: Plan | None, now: datetime) -> Customer:
    """
    Return a new sandbox customer that test keys of the partner reach.

    Its clock stands at `now` and moves by hand. With a plan it has a contract from the first of
    the month on, activated, so that what is sent has a price. Two at once make two.

    :raises NoSeller:
    :raises InvalidTerms: the plan does not hold together.
    """
    # One after the other, so that each finds the number of the one before taken.
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    brand = _brand(partner, plan)
    number = _free_number(partner)
    name = f"{partner.name} sandbox {number}"
    customer = Customer.objects.create(
        external_id=_external_id(partner, number),
        name=name,
        legal_entity=brand.legal_entity,
        brand=brand,
        timezone=brand.legal_entity.timezone,
        is_sandbox=True,
        test_clock=TestClock.objects.create(name=name, now_at=now),
    )
    PartnerCustomer.objects.create(partner=partner, customer=customer)
    if plan is not None:
        first = local_date(now, customer.timezone).replace(day=1)
        contract = Contract.objects.create(
            customer=customer, plan=plan, starts_at=local_midnight(first, customer.timezone)
        )
        activate_contract(contract=contract, now=now)
    return customer


def _brand(partner: Partner, plan: Plan | None) -> Brand:
    if plan is None:
        brand = partner_brand(partner=partner)
        found = brand if brand.pk else None
    else:
        brands = Brand.objects.select_related("legal_entity").order_by("code")
        found = brands.filter(legal_entity=plan.legal_entity_id).first()
    if found is None:
        raise NoSeller("Make a brand first: customers belong to one.")
    return found


def _free_number(partner: Partner) -> int:
    number = 1
    while Customer.objects.filter(external_id=_external_id(partner, number)).exists():
        number += 1
    return number


def _external_id(partner: Partner, number: int) -> str:
    named = slugify(partner.name)[:150] or partner.public_id
    return f"{named}-sandbox-{number}"
