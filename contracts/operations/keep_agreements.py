"""Changing the price book without breaking what was agreed with customers."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.models import Customer
from contracts.models import ContractOverride
from contracts.queries.misfits import misfits
from values.problems import Problem, refuse

NAMED_AT_MOST = 10


@contextmanager
def agreements_kept(*, price_ids: Collection[int]) -> Iterator[None]:
    """
    Take back what was done to these prices where an activated contract no longer fits them.

    :raises InvalidTerms: naming the contracts, the first ten of many, in the engine's words.
    """
    with transaction.atomic():
        hold_agreements(price_ids=price_ids)
        yield
        found = misfits(price_ids=price_ids)
        problems = [Problem((), misfit.text()) for misfit in found[:NAMED_AT_MOST]]
        if len(found) > NAMED_AT_MOST:
            problems.append(Problem((), f"and {len(found) - NAMED_AT_MOST} more"))
        refuse(problems)


def hold_agreements(*, price_ids: Collection[int]) -> None:
    """Lock the customers who have agreements on these prices, so that none is activated now."""
    agreed = ContractOverride.objects.filter(price__in=price_ids)
    customers = Customer.objects.filter(pk__in=agreed.values("contract__customer"))
    list(customers.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
