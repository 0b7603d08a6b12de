"""Rating the calls of a billing period: one pass in the order of time, nothing held but sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from invoicing.rating.calls.bundle_lines import bundle_lines
from invoicing.rating.calls.bundle_lots import Billed, bundle_lots, lots_left
from invoicing.rating.calls.bundles import Bundles
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.calls.set_aside import SetAside
from invoicing.rating.calls.version_calls import Tell, VersionCalls
from invoicing.rating.charge import Charge
from invoicing.rating.lines import Rated
from invoicing.rating.lots import Lot
from invoicing.rating.price import PriceTerms
from invoicing.rating.terms.calls import Calls
from invoicing.rating.versions import in_time_order
from usage.metering.meter import Meter
from usage.metering.quantity import MeteredEvent
from values.money import Rounding
from values.period import Period


@dataclass(frozen=True, slots=True)
class CallsRated:
    """
    What a call price made of its calls.

    `lots` are the free seconds for the next period, by ``bundle:PRICE:CODE``; `unpriced` are
    the keys of the calls at whose time the price has no version.
    """

    rated: Rated
    lots: Mapping[str, tuple[Lot, ...]]
    unpriced: tuple[str, ...] = ()


def rate_calls(
    *,
    price: PriceTerms,
    calls: Iterable[MeteredEvent],
    covered: Period,
    full: Period,
    zone: str,
    currency: str,
    rounding: Rounding,
    sliced_at: Sequence[datetime],
    lots: Mapping[str, tuple[Lot, ...]],
    meter: Meter,
    on_call: Callable[[str, RatedCall], None] | None = None,
    phase_starts: Sequence[datetime] = (),
) -> CallsRated:
    """
    Return the lines of calls that come in the order of their times and keys; they are not held.

    `covered` is the billed part of the `full` period, whose bands and days are those of
    `zone`. Each call has the version at its time, and each version its own lines: those of
    bundles first, then by version, tax code and `lines_by`. `lots` are what the period before
    left, by ``bundle:PRICE:CODE``; other names in it are left alone. `on_call` hears of each
    call, with the code of the price. A bundle that changes at one of `phase_starts` is another
    grant, at other changes of a version it goes on counting.
    """
    billed = Billed(covered, full, zone, phase_starts)
    bundles = Bundles(bundle_lots(price, billed, lots))
    set_aside = SetAside(price.code)
    versions = [
        VersionCalls(
            charge,
            model,
            zone=zone,
            sliced_at=sliced_at,
            bundles=bundles,
            set_aside=set_aside,
            tell=_teller(price.code, on_call),
        )
        for charge, model in _charges(price, meter, covered, currency, rounding)
    ]
    unpriced = tuple(_rate_each(calls, versions, bundles))
    bundles.close()
    stretches = [stretch for version in versions for stretch in version.stretches]
    free = bundle_lines([version.charge for version in versions], bundles.lots, stretches)
    paid = (line for version in versions for line in version.lines())
    return CallsRated(
        rated=Rated(lines=(*free, *paid), quarantined=tuple(set_aside.quarantined())),
        lots=lots_left(price, billed, bundles.lots, lots),
        unpriced=unpriced,
    )


def _charges(
    price: PriceTerms, meter: Meter, covered: Period, currency: str, rounding: Rounding
) -> Iterator[tuple[Charge, Calls]]:
    for version in in_time_order(price.versions):
        period = covered.clipped(version.effective_from, version.effective_to)
        if period is not None and isinstance(version.model, Calls):
            yield Charge(price, version, meter, period, currency, rounding), version.model


def _rate_each(
    calls: Iterable[MeteredEvent], versions: Sequence[VersionCalls], bundles: Bundles
) -> Iterator[str]:
    """Rate the calls, and yield the keys of those at whose time no version is in force."""
    current: VersionCalls | None = None
    until: datetime | None = None
    for event in calls:
        at = event.occurred_at
        if until is None or at >= until:
            current = next((each for each in versions if each.charge.period.contains(at)), None)
            if current is None:
                yield event.key
                continue
            until = current.charge.period.end
            bundles.limit_to(current.model.bundles, at=at)
        assert current is not None
        current.rate(event)


def _teller(code: str, on_call: Callable[[str, RatedCall], None] | None) -> Tell | None:
    return None if on_call is None else partial(on_call, code)
