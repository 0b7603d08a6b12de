"""Rows of customers, contracts and grants as the values of a plan file."""

from accounts import models as accounts
from accounts.columns import exact
from contracts import models as contracts
from invoicing import models as invoicing
from invoicing.assembly.terms import DatedQuantity
from invoicing.credits.grants import GrantKind
from invoicing.rating.overrides import PriceOverride
from plan_file.format.addresses import Address
from plan_file.format.contracts import Contract
from plan_file.format.credits import Credit
from plan_file.format.subjects import Subject
from plan_file.queries.price_book import in_key_order


def stored_address(row: accounts.Address) -> Address:
    """Return what a file says of an address."""
    return Address(
        country=row.country,
        state=row.state or None,
        county=row.county or None,
        city=row.city or None,
        postal_code=row.postal_code or None,
    )


def stored_subject(row: accounts.Subject) -> Subject:
    """Return the subject with the time in which it is held."""
    return Subject(
        subject_id=row.identifier, kind=row.kind, held_from=row.held_from, held_to=row.held_to
    )


def stored_contract(row: contracts.Contract) -> Contract:
    """Return the contract with its overrides by the code of their price, in code order."""
    overrides = {override.price.code: override for override in row.overrides.all()}
    return Contract(
        plan=row.plan.code,
        start=row.starts_at,
        end=row.ends_at,
        anchor_day=row.calendar().anchor_day,
        net_terms_days=row.net_terms_days,
        overrides={code: _override(overrides[code]) for code in sorted(overrides)},
        anchor_date=row.anchor_date,
        quantities=stored_quantities(row),
    )


def stored_quantities(row: contracts.Contract) -> dict[str, tuple[DatedQuantity, ...]]:
    """Return the quantities by name, in the order of names and time."""
    found: dict[str, list[DatedQuantity]] = {}
    for each in sorted(row.quantities.all(), key=lambda each: (each.name, each.starts_at)):
        found.setdefault(each.name, []).append(DatedQuantity(each.starts_at, each.quantity))
    return {name: tuple(dated) for name, dated in found.items()}


def _override(row: contracts.ContractOverride) -> PriceOverride:
    terms = row.terms()
    return PriceOverride(
        unit_price=terms.unit_price,
        fallback_rate=terms.fallback_rate,
        entries=in_key_order(terms.entries, row.price.meter.group_keys if row.price.meter else ()),
        keys=terms.keys,
        rate_card=terms.rate_card,
    )


def stored_credit(row: invoicing.Grant) -> Credit:
    """Return the grant as it was made, whatever was drawn from it."""
    return Credit(
        code=row.code,
        amount=exact(row.amount) if row.quantity is None else None,
        quantity=row.quantity,
        unit=row.unit or None,
        currency=row.currency,
        kind=GrantKind(row.kind),
        effective_from=row.effective_from,
        expires_at=row.expires_at,
        priority=row.priority,
        applies_to=tuple(row.applies_to),
        paid_amount=exact(row.paid_amount),
    )
