"""Bundles: free seconds, in the order in which calls use them up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from invoicing.rating.calls.call import Call
from invoicing.rating.terms.bundle import Bundle
from values.period import Period

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, eq=False)
class BundleLot:
    """
    One grant of a bundle's seconds, for calls answered in the `usable` time.

    `expires_at` (None: never) is when what is left can no longer be carried on; earlier ones
    are used first. `granted_at` begins the period that it was granted for. `offered` is the
    time in which the price offers the bundle, which prints as one line. A lot that `follows`
    another is the same grant, of another size from then on: what was used counts.
    """

    bundle: Bundle
    granted: int
    granted_at: datetime
    expires_at: datetime | None
    usable: Period
    offered: Period
    follows: BundleLot | None = None
    left: int = field(init=False)
    used: int = 0
    _used_before: int = 0

    def __post_init__(self) -> None:
        self.left = self.granted

    def take_over(self) -> None:
        """Go on counting from the lot that this one follows, which ends."""
        earlier, self.follows = self.follows, None
        if earlier is not None:
            earlier.take_over()
            self._used_before = earlier.used + earlier._used_before
            self.left = max(0, self.granted - self._used_before)
            earlier.left = 0

    def serves(self, call: Call) -> bool:
        """Return whether the bundle is for such a call, at its time."""
        bundle = self.bundle
        if bundle.directions and call.direction not in bundle.directions:
            return False
        if not self.usable.start <= call.answered_at < self.usable.end:
            return False
        if bundle.number_types and call.number_type not in bundle.number_types:
            return False
        if bundle.prefixes and not call.far_end.startswith(bundle.prefixes):
            return False
        return not bundle.lines or call.text("line") in bundle.lines


Use = tuple[BundleLot, int]
"""Seconds that a call takes from a lot."""


class Bundles:
    """
    The lots of a price, drawn by lower priority, earlier expiry (none last), code.

    A call covers its first seconds with them. `offers` takes nothing: a call that then has no
    rate uses up none.
    """

    def __init__(self, lots: Iterable[BundleLot]) -> None:
        self.lots = sorted(lots, key=_draw_order)
        self._open = [lot for lot in self.lots if lot.left]

    def limit_to(self, bundles: Sequence[Bundle], *, at: datetime) -> None:
        """Draw from here on only what has the code of one of these: those of a version."""
        codes = {bundle.code for bundle in bundles}
        for lot in self.lots:
            if lot.usable.start <= at:
                lot.take_over()
        self._open = [lot for lot in self.lots if lot.left and lot.bundle.code in codes]

    def close(self) -> None:
        """End the period: what follows another takes over, whether or not a call came."""
        for lot in self.lots:
            lot.take_over()

    def offers(self, call: Call, seconds: int) -> list[Use]:
        """Return what each lot would give to a call of so many billed seconds."""
        uses: list[Use] = []
        for lot in self._open:
            if lot.serves(call):
                given = min(lot.left, seconds)
                uses.append((lot, given))
                seconds -= given
                if not seconds:
                    break
        return uses

    def take(self, uses: Iterable[Use]) -> None:
        """Take what was offered."""
        for lot, seconds in uses:
            lot.left -= seconds
            lot.used += seconds
            if not lot.left:
                self._open.remove(lot)


def _draw_order(lot: BundleLot) -> tuple[int, datetime, str, datetime]:
    bundle = lot.bundle
    return bundle.priority, lot.expires_at or _NEVER, bundle.code, lot.granted_at
