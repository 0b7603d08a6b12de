"""Credits of a file's customers into the database: new grants are made, those there are fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accounts.models import Customer
from invoicing.models import Grant
from invoicing.operations.grant_credit import grant_credit
from plan_file.changes import refusals
from plan_file.format import credits as format_credits
from plan_file.format import customers as format_customers
from plan_file.format.tree import Path
from plan_file.operations.application import Application, Tree, by_code, compared
from plan_file.queries.agreements import stored_credit

_LARGEST = 10**15


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
    rows = _rows(application)
    new = []
    for index, customer in enumerate(application.document.customers):
        owner = customers.get(customer.external_id)
        if owner is None:
            continue
        known = [row for credit in customer.credits if (row := rows.get((owner.pk, credit.code)))]
        stored = _trees(application, customer, [stored_credit(row) for row in known])
        stated = _trees(application, customer, customer.credits)
        for number, credit in enumerate(customer.credits):
            path: Path = ("customers", index, "credits", number)
            code = f"{customer.external_id}: {credit.code}"
            is_new = credit.code not in stored
            if is_new:
                _refuse_size(application, path, owner, credit)
                new.append(_New(path, owner, credit))
            elif found := compared(stored[credit.code], stated[credit.code]):
                application.refuse(
                    path,
                    f"a grant does not change ({refusals(found)}); add one with a new code",
                )
            application.tell("credit", code, is_new=is_new)
    if not application.problems:
        for grant in new:
            _grant(application, grant)
    return {grant.owner.pk for grant in new}


def _rows(application: Application) -> dict[tuple[int, str], Grant]:
    customers = application.document.customers
    found = Grant.objects.filter(
        customer__external_id__in=[customer.external_id for customer in customers],
        code__in={credit.code for customer in customers for credit in customer.credits},
    )
    return {(row.customer_id, row.code): row for row in found}


def _trees(
    application: Application,
    customer: format_customers.Customer,
    grants: "list[format_credits.Credit] | tuple[format_credits.Credit, ...]",
) -> dict[str, Tree]:
    bare = replace(customer, subjects=(), contracts=(), credits=tuple(grants))
    (tree,) = application.written("customers", customers=(bare,))
    return by_code(tree.get("credits", []))


def _refuse_size(
    application: Application, path: Path, owner: Customer, credit: format_credits.Credit
) -> None:
    for key in ("amount", "paid_amount"):
        if getattr(credit, key) >= _LARGEST:
            application.refuse((*path, key), f"must be less than {_LARGEST:,}")
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
        ),
        path,
        skipped=("amount", "paid_amount"),
    )


def _grant(application: Application, grant: _New) -> None:
    credit = grant.credit
    grant_credit(
        customer=grant.owner,
        code=credit.code,
        amount=credit.amount,
        currency=credit.currency,
        effective_from=credit.effective_from,
        expires_at=credit.expires_at,
        kind=credit.kind.value,
        paid_amount=credit.paid_amount,
        priority=credit.priority,
        applies_to=credit.applies_to,
        now=application.now,
    )
