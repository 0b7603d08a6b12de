"""Agreements that no longer fit the price book."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.models import Price
from contracts.models import Contract, ContractOverride
from contracts.queries.terms import agreed_price
from invoicing.rating.price import PriceTerms
from values.problems import InvalidTerms, Problem


@dataclass(frozen=True)
class Misfit:
    """An activated contract whose own rates cannot be laid over a price, and why."""

    contract: Contract
    price: Price
    problem: Problem

    def text(self) -> str:
        """Return ``contract con_… of Acme: overrides.ai-call.entries[0]: (…) ties with …``."""
        placed = self.problem.under("overrides", self.price.code)
        return f"contract {self.contract.public_id} of {self.contract.customer}: {placed.text()}"


def misfits(*, price_ids: Iterable[int]) -> list[Misfit]:
    """
    Return what no longer fits these prices as they are published, in constant queries.

    A contract is asked about the versions in force in its own time alone.
    """
    prices = {
        price.pk: price
        for price in Price.objects.filter(pk__in=set(price_ids))
        .select_related("meter")
        .prefetch_related("versions__rate_card__meter", "versions__rate_card__versions__entries")
    }
    terms = {pk: price.terms() for pk, price in prices.items()}
    agreed = (
        ContractOverride.objects.filter(price__in=prices, contract__activated_at__isnull=False)
        .select_related("contract__customer")
        .prefetch_related("entries")
        .order_by("contract", "price")
    )
    return [
        Misfit(override.contract, prices[override.price_id], problem)
        for override in agreed
        for problem in _problems(override, terms[override.price_id])
    ]


def _problems(override: ContractOverride, price: PriceTerms) -> Iterator[Problem]:
    try:
        agreed_price(price, override.terms(), contract=override.contract)
    except InvalidTerms as error:
        yield from error.problems
