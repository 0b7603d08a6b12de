"""The calls of one version of a price: each is read, charged, and added to its stretch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial

from invoicing.rating.calls.bundles import Bundles
from invoicing.rating.calls.call import Call, NotBillable, UnusableCall, read_call
from invoicing.rating.calls.call_lines import call_lines
from invoicing.rating.calls.charge_call import (
    BelowMinimum,
    Charged,
    NoRate,
    call_plan,
    charge_call,
)
from invoicing.rating.calls.rated_call import CallStatus, RatedCall
from invoicing.rating.calls.set_aside import SetAside
from invoicing.rating.calls.stretch import Stretch
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Line, QuarantineReason
from invoicing.rating.terms.calls import Calls, DurationBasis
from usage.metering.dimension import dimension_text
from usage.metering.measurement_errors import BadValue
from usage.metering.quantity import Dimensions, MeteredEvent
from values.exact import EXACT

Tell = Callable[[RatedCall], None]

_CHARGES_AT_HAND = 4_096
_PREFIX = "prefix"
_JURISDICTION = "rate_jurisdiction"


class VersionCalls:
    """
    Rates the calls answered in a version's time, in their order.

    `sliced_at` are instants at which sums are kept apart; `tell` hears of each call.
    """

    def __init__(
        self,
        charge: Charge,
        model: Calls,
        *,
        zone: str,
        sliced_at: Sequence[datetime],
        bundles: Bundles,
        set_aside: SetAside,
        tell: Tell | None,
    ) -> None:
        self.charge = charge
        self.model = model
        self.stretches = [Stretch(part) for part in charge.period.split(sliced_at)]
        self._later = iter(self.stretches)
        self._stretch = next(self._later)
        self._until = self._stretch.period.end
        self._bundles = bundles
        self._set_aside = set_aside
        self._tell = tell
        self._plan = call_plan(model, zone=zone)
        self._lines_by = model.lines_by
        self._tax_code = charge.version.tax_code
        self._from_setup = model.duration_basis is DurationBasis.SETUP
        # Most calls cost what others did, and a Decimal is dear to make.
        self._money = lru_cache(_CHARGES_AT_HAND)(partial(_money, decimals=model.decimals))

    def lines(self) -> list[Line]:
        """Return the lines of the calls so far."""
        return call_lines(self.charge, self.model, self.stretches)

    def rate(self, event: MeteredEvent) -> None:
        """Rate the call that follows, of the version's time."""
        while event.occurred_at >= self._until:
            self._stretch = next(self._later)
            self._until = self._stretch.period.end
        call = None
        try:
            call = read_call(event, from_setup=self._from_setup)
            dimensions = self._dimensions(call) if self._lines_by else ()
            charged = charge_call(self._plan, call, self._bundles)
        except NotBillable:
            self._not_rated(event, None, CallStatus.NOT_BILLABLE)
        except BelowMinimum:
            self._not_rated(event, call, CallStatus.BELOW_MINIMUM)
        except NoRate:
            self._quarantine(event, call, QuarantineReason.NO_RATE)
        except UnusableCall as error:
            self._quarantine(event, call, error.reason)
        else:
            row = charged.row
            if dimensions:
                dimensions = tuple(
                    (key, row.prefix if key == _PREFIX else value) for key, value in dimensions
                )
            tax_code = row.tax_code or self._tax_code
            self._stretch.add((tax_code, dimensions), call.raw_seconds, charged)
            if self._tell is not None:
                self._tell(self._rated(call, charged, tax_code, dimensions))

    def _dimensions(self, call: Call) -> Dimensions:
        """Return the values that lines are kept apart by; that of the prefix comes later."""
        return tuple(self._values(call))

    def _values(self, call: Call) -> Iterator[tuple[str, str]]:
        for key in self._lines_by:
            if key == _PREFIX:
                yield key, ""
                continue
            value = call.rate_jurisdiction if key == _JURISDICTION else call.text(key)
            try:
                text = dimension_text(key, value)
            except BadValue as error:
                raise UnusableCall(QuarantineReason.BAD_VALUE, key) from error
            if text is not None:
                yield key, text

    def _rated(
        self, call: Call, charged: Charged, tax_code: str | None, dimensions: Dimensions
    ) -> RatedCall:
        return RatedCall(
            call.key,
            call.answered_at,
            CallStatus.RATED,
            charged.row.prefix,
            call.raw_seconds,
            charged.billed_seconds,
            charged.billed_seconds - charged.paid_seconds,
            charged.bands,
            self._money(charged.charge),
            tuple(lot.bundle.code for lot, _ in charged.uses) if charged.uses else (),
            tax_code,
            dimensions,
        )

    def _quarantine(self, event: MeteredEvent, call: Call | None, reason: QuarantineReason) -> None:
        self._set_aside.add(reason, self._stretch.period, event.key)
        self._not_rated(event, call, CallStatus.QUARANTINED)

    def _not_rated(self, event: MeteredEvent, call: Call | None, status: CallStatus) -> None:
        if self._tell is None:
            return
        at = event.occurred_at if call is None else call.answered_at
        raw = 0 if call is None else call.raw_seconds
        self._tell(RatedCall(event.key, at, status, None, raw, 0, 0, {}, self._money(0)))


def _money(charge: int, *, decimals: int) -> Decimal:
    return EXACT.scaleb(Decimal(charge), -decimals)
