"""What is left of the grants of a customer while its invoices are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from invoicing.assembly.result import InvoiceResult
from invoicing.credits.grants import GrantBalance
from plan_file.results import Wallet
from values.exact import EXACT


@dataclass(slots=True)
class _Held:
    granted: Decimal
    balance: GrantBalance
    is_lot: bool
    is_listed: bool


class Balances:
    """
    The grants of one customer: its own in the order of the file, then the lots of its plans.

    Every grant is there from the beginning, a lot of the future too: its time decides what it
    pays. Lots of periods that only begin with the last invoice (``following``) pay for charges
    in advance, and are listed where they did.
    """

    def __init__(
        self,
        grants: Iterable[GrantBalance],
        lots: Iterable[GrantBalance],
        following: Iterable[GrantBalance],
    ) -> None:
        self._held = [
            *(_Held(grant.left, grant, is_lot=False, is_listed=True) for grant in grants),
            *(_Held(lot.left, lot, is_lot=True, is_listed=True) for lot in lots),
            *(_Held(lot.left, lot, is_lot=True, is_listed=False) for lot in following),
        ]

    @property
    def grants(self) -> tuple[GrantBalance, ...]:
        """The grants with what is left of them."""
        return tuple(held.balance for held in self._held)

    def draw(self, result: InvoiceResult) -> None:
        """Take what an invoice drew."""
        for draw in (*result.discounts_applied, *result.credits_applied):
            # By identity: two contracts on one plan have lots that are equal in all but that.
            held = next(held for held in self._held if held.balance is draw.grant)
            left = EXACT.subtract(held.balance.left, draw.used)
            held.balance = replace(held.balance, left=left)
            held.is_listed = True

    def wallets(self, customer: str, zone: str) -> Iterator[Wallet]:
        """Yield what is left of each grant, lots of a plan with the day from which they pay."""
        for held in self._held:
            if not held.is_listed:
                continue
            yield Wallet(
                customer=customer,
                zone=zone,
                grant=held.balance.code,
                currency=held.balance.currency,
                unit=held.balance.unit,
                granted=held.granted,
                left=held.balance.left,
                effective_from=held.balance.effective_from if held.is_lot else None,
            )
