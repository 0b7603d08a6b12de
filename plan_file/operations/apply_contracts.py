"""Contracts of a file into the database: new ones and drafts are activated, active ones fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from accounts.models import Customer
from catalog.models import Plan, Price, RateCard
from contracts.models import Contract, ContractOverride, ContractQuantity, OverrideEntry
from invoicing.operations.activate_contract import activate_contract
from invoicing.rating.rate_card import match_as_json
from plan_file.changes import Difference
from plan_file.format import contracts as format_contracts
from plan_file.format import customers as format_customers
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree, compared
from plan_file.queries.agreements import stored_contract
from values.calendar import BillingInterval, date_or_time
from values.fields import NOT_YET
from values.problems import InvalidTerms

_Key: TypeAlias = tuple[str, str, datetime]
_ACTIVATED = Difference(("state",), "draft", "activated")


@dataclass
class _Work:
    new: list[Contract] = field(default_factory=list)
    drafts: list[Contract] = field(default_factory=list)
    stated: list[tuple[Path, Contract, format_contracts.Contract]] = field(default_factory=list)


def apply_contracts(
    application: Application,
    *,
    customers: Mapping[str, Customer],
    plans: Mapping[str, Plan],
    prices: Mapping[str, Price],
    cards: Mapping[str, RateCard],
) -> None:
    """
    Make and activate the contracts that the file names by customer, plan and start.

    An active one must be as the file states it.
    """
    rows = _rows(application)
    stored, stated = _trees(application, rows)
    work = _Work()
    for index, customer in enumerate(application.document.customers):
        owner = customers.get(customer.external_id)
        if owner is None:
            continue
        for number, contract in enumerate(customer.contracts):
            path: Path = ("customers", index, "contracts", number)
            _refuse_later_work(application, path, contract)
            _check_overrides(application, path, contract)
            _check_quantities(application, path, contract)
            key = (customer.external_id, contract.plan, contract.start)
            row = rows.get(key)
            if row is None:
                row = Contract(customer=owner, plan=plans[contract.plan], starts_at=contract.start)
                work.new.append(row)
                _tell(application, customer, contract, is_new=True)
            else:
                found = compared(stored[key], stated[key])
                if row.activated_at is not None:
                    for difference in found:
                        application.refuse(
                            (*path, *difference.path),
                            f"the terms of an activated contract do not change: "
                            f"{difference.refusal()}",
                        )
                    _tell(application, customer, contract, found)
                    continue
                work.drafts.append(row)
                _tell(application, customer, contract, (*found, _ACTIVATED))
            row.ends_at = contract.end
            row.anchor_day = _own_anchor(customer, contract, row.plan)
            row.anchor_date = contract.anchor_date
            row.net_terms_days = contract.net_terms_days
            work.stated.append((path, row, contract))
    if not application.problems:
        _write(work, prices, cards)
        _activate(application, work)


def _rows(application: Application) -> dict[_Key, Contract]:
    """Return contracts by customer, plan and start, the active one of equals."""
    customers = application.document.customers
    found = (
        Contract.objects.filter(
            customer__external_id__in=[customer.external_id for customer in customers],
            plan__code__in=[plan.code for plan in application.document.plans],
            plan__legal_entity=application.legal_entity,
        )
        .select_related("plan", "customer")
        .prefetch_related(
            "overrides__price__meter", "overrides__rate_card", "overrides__entries", "quantities"
        )
        .order_by("activated_at", "pk")
    )
    rows: dict[_Key, Contract] = {}
    for row in found:
        rows.setdefault((row.customer.external_id, row.plan.code, row.starts_at), row)
    return rows


def _trees(
    application: Application, rows: Mapping[_Key, Contract]
) -> tuple[dict[_Key, Tree], dict[_Key, Tree]]:
    """Return the contracts of the file as they are stored and as they are stated."""
    stated = [
        replace(customer, subjects=(), credits=()) for customer in application.document.customers
    ]
    stored = [
        replace(
            customer,
            contracts=tuple(
                stored_contract(row)
                for each in customer.contracts
                if (row := rows.get((customer.external_id, each.plan, each.start)))
            ),
        )
        for customer in stated
    ]
    return _by_key(application, stored), _by_key(application, stated)


def _by_key(
    application: Application, customers: Sequence[format_customers.Customer]
) -> dict[_Key, Tree]:
    trees = application.written("customers", customers=tuple(customers))
    return {
        (customer.external_id, contract.plan, contract.start): written
        for customer, tree in zip(customers, trees, strict=True)
        for contract, written in zip(customer.contracts, tree.get("contracts", []), strict=True)
    }


def _tell(
    application: Application,
    customer: format_customers.Customer,
    contract: format_contracts.Contract,
    found: tuple[Difference, ...] = (),
    *,
    is_new: bool = False,
) -> None:
    start = date_or_time(contract.start, customer.timezone)
    code = f"{customer.external_id}: {contract.plan} from {start}"
    application.tell("contract", code, found, is_new=is_new)


def _check_overrides(
    application: Application,
    path: Path,
    contract: format_contracts.Contract,
) -> None:
    for code, override in contract.overrides.items():
        place = (*path, "overrides", code)
        application.check_entries(place, override.entries)
        application.fits(
            ContractOverride(unit_price=override.unit_price, fallback_rate=override.fallback_rate),
            place,
        )


def _refuse_later_work(
    application: Application, path: Path, contract: format_contracts.Contract
) -> None:
    if contract.phases:
        application.refuse((*path, "phases"), NOT_YET)


def _check_quantities(
    application: Application, path: Path, contract: format_contracts.Contract
) -> None:
    for name, dated in contract.quantities.items():
        for index, each in enumerate(dated):
            application.fits(
                ContractQuantity(name=name, starts_at=each.starts_at, quantity=each.quantity),
                (*path, "quantities", name, index),
            )


def _own_anchor(
    customer: format_customers.Customer, contract: format_contracts.Contract, plan: Plan
) -> int | None:
    """Return the anchor where it is not that of the start."""
    if contract.anchor_date is not None:
        return None
    default = format_contracts.default_anchor_day(
        contract.start, interval=BillingInterval(plan.billing_period), zone=customer.timezone
    )
    return None if contract.anchor_day == default else contract.anchor_day


def _write(work: _Work, prices: Mapping[str, Price], cards: Mapping[str, RateCard]) -> None:
    Contract.objects.bulk_create(work.new)
    Contract.objects.bulk_update(
        work.drafts, ["ends_at", "anchor_day", "anchor_date", "net_terms_days"]
    )
    ContractQuantity.objects.filter(contract__in=work.drafts).delete()
    ContractQuantity.objects.bulk_create(
        ContractQuantity(contract=row, name=name, starts_at=each.starts_at, quantity=each.quantity)
        for _, row, contract in work.stated
        for name, dated in contract.quantities.items()
        for each in dated
    )
    ContractOverride.objects.filter(contract__in=work.drafts).delete()
    stated = [
        (row, code, override)
        for _, row, contract in work.stated
        for code, override in contract.overrides.items()
    ]
    rows = ContractOverride.objects.bulk_create(
        ContractOverride(
            contract=row,
            price=prices[code],
            unit_price=override.unit_price,
            fallback_rate=override.fallback_rate,
            rate_card=cards[override.rate_card.code] if override.rate_card else None,
            terms_keys={key: value for key, value in override.keys.items() if key != "rate_card"},
        )
        for row, code, override in stated
    )
    OverrideEntry.objects.bulk_create(
        OverrideEntry(
            override=row,
            position=position,
            match=match_as_json(entry.match),
            rate=entry.rate,
            priority=entry.priority,
        )
        for row, (_, _, override) in zip(rows, stated, strict=True)
        for position, entry in enumerate(override.entries)
    )


def _activate(application: Application, work: _Work) -> None:
    for path, row, _ in work.stated:
        try:
            activate_contract(contract=row, now=application.now)
        except InvalidTerms as error:
            application.attach(path, error)
