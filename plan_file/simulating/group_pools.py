"""Free units that all contracts of a group share, each period in the order of their events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from invoicing.assembly.bill import Bill, BilledPeriod
from invoicing.assembly.metered import Prepared, Share, prepare_metered, share_allowances
from invoicing.assembly.terms import ContractTerms, cuts
from invoicing.rating.terms.allowance import AllowanceScope
from plan_file.simulating.contract_run import ContractRun
from plan_file.simulating.wallets import Balances
from values.period import Period


class GroupPools:
    """
    Gives each contract its share of the group's pools.

    The contracts of a pool have equal periods. Who is billed first has the usage of all of
    them made ready; the others' shares are kept until their turn.
    """

    def __init__(
        self,
        contracts: Sequence[ContractRun],
        balances: Mapping[str, Balances],
    ) -> None:
        self._sharing = [run for run in contracts if _shares(run.agreement.terms)]
        self._balances = balances
        self._kept: dict[tuple[ContractRun, Period], Share] = {}

    def shares(self, run: ContractRun, bill: Bill) -> Callable[[Prepared], Share] | None:
        """Return what gives the contract its share, None where it has all for itself."""
        if bill.closes is None or run not in self._sharing:
            return None
        full = bill.closes.full
        partners = [(each, closes) for each in self._sharing if (closes := _closing(each, full))]
        return lambda prepared: self._share(run, full, prepared, partners)

    def _share(
        self,
        run: ContractRun,
        full: Period,
        prepared: Prepared,
        partners: Sequence[tuple[ContractRun, BilledPeriod]],
    ) -> Share:
        if (run, full) not in self._kept:
            ready = [
                prepared if partner is run else self._prepared(partner, closes)
                for partner, closes in partners
            ]
            for (partner, _), share in zip(partners, share_allowances(ready), strict=True):
                self._kept[partner, full] = share
        return self._kept.pop((run, full))

    def _prepared(self, run: ContractRun, closes: BilledPeriod) -> Prepared:
        terms = run.agreement.terms
        grants = self._balances[run.customer.external_id].grants
        return prepare_metered(
            terms=terms,
            billed=closes,
            usage=run.usage,
            carried=run.carried,
            sliced_at=cuts(terms, grants, closes.covered),
        )


def _shares(terms: ContractTerms) -> bool:
    return any(
        version.included is not None and version.included.scope is AllowanceScope.GROUP
        for price in terms.prices
        for version in price.versions
    )


def _closing(run: ContractRun, full: Period) -> BilledPeriod | None:
    closings = (bill.closes for bill in run.bills if bill.closes is not None)
    return next((closes for closes in closings if closes.full == full), None)
