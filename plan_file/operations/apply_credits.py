"""Credits of a file's customers into the database: new grants are made, those there are fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from accounts.models import Customer
from invoicing.models import Grant
from invoicing.operations.grant_credit import grant_credit
from plan_file.changes import refusals
from plan_file.format import credits as format_credits
from plan_file.format import customers as format_customers
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree, compared
from plan_file.queries.agreements import stored_credit

_LARGEST = {"amount": 10**15, "quantity": 10**12, "paid_amount": 10**15}
_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class _New:
    path: Path
    owner: Customer
    credit: format_credits.Credit


def apply_credits(application: Application, customers: Mapping[str, Customer]) -> set[int]:
    """
    Make the grants that the file names by customer and code; return whom they are given to.

    A grant that is there must be as the file states it.
    """
    stored, stated = _trees(application, _rows(application))
    new = []
    for index, customer in enumerate(application.document.customers):
        owner = customers.get(customer.external_id)
        if owner is None:
            continue
        for number, credit in enumerate(customer.credits):
            path: Path = ("customers", index, "credits", number)
            key = (customer.external_id, credit.code)
            is_new = key not in stored
            if is_new:
                _refuse_size(application, path, owner, credit)
                new.append(_New(path, owner, credit))
            elif found := compared(stored[key], stated[key]):
                application.refuse(
                    path,
                    f"a grant does not change ({refusals(found)}); add one with a new code",
                )
            application.tell("credit", ": ".join(key), is_new=is_new)
    if not application.problems:
        for grant in new:
            _grant(application, grant)
    return {grant.owner.pk for grant in new}


def _rows(application: Application) -> dict[_Key, Grant]:
    customers = application.document.customers
    found = Grant.objects.filter(
        customer__external_id__in=[customer.external_id for customer in customers],
        plan_grant=None,
        code__in={credit.code for customer in customers for credit in customer.credits},
    )
    return {(row.customer.external_id, row.code): row for row in found.select_related("customer")}


def _trees(
    application: Application, rows: Mapping[_Key, Grant]
) -> tuple[dict[_Key, Tree], dict[_Key, Tree]]:
    """Return the grants of the file as they are stored and as they are stated."""
    stated = [
        replace(customer, subjects=(), contracts=()) for customer in application.document.customers
    ]
    stored = [
        replace(
            customer,
            credits=tuple(
                stored_credit(row)
                for credit in customer.credits
                if (row := rows.get((customer.external_id, credit.code)))
            ),
        )
        for customer in stated
    ]
    return _by_key(application, stored), _by_key(application, stated)


def _by_key(
    application: Application, customers: Sequence[format_customers.Customer]
) -> dict[_Key, Tree]:
    return {
        (tree["external_id"], credit["code"]): credit
        for tree in application.written("customers", customers=tuple(customers))
        for credit in tree.get("credits", [])
    }


def _refuse_size(
    application: Application, path: Path, owner: Customer, credit: format_credits.Credit
) -> None:
    for key, largest in _LARGEST.items():
        stated = getattr(credit, key)
        if stated is not None and stated >= largest:
            application.refuse((*path, key), f"must be less than {largest:,}")
    application.fits(
        Grant(
            customer=owner,
            code=credit.code,
            kind=credit.kind.value,
            currency=credit.currency,
            effective_from=credit.effective_from,
            expires_at=credit.expires_at,
            priority=credit.priority,
            applies_to=list(credit.applies_to),
            unit=credit.unit or "",
        ),
        path,
        skipped=("amount", "quantity", "paid_amount"),
    )


def _grant(application: Application, grant: _New) -> None:
    credit = grant.credit
    grant_credit(
        customer=grant.owner,
        code=credit.code,
        amount=credit.amount,
        quantity=credit.quantity,
        unit=credit.unit or "",
        currency=credit.currency,
        effective_from=credit.effective_from,
        expires_at=credit.expires_at,
        kind=credit.kind.value,
        paid_amount=credit.paid_amount,
        priority=credit.priority,
        applies_to=credit.applies_to,
        now=application.now,
    )
