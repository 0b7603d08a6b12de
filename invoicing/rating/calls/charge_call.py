"""
What one call costs: the one function behind prepaid balance, invoice, preview and test.

In this order: rate row of the call's start, billed seconds, bundles, the rest by band and
increment, connect fee, minimum, maximum, one rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from invoicing.rating.calls.bands import BandCalendar, band_calendar
from invoicing.rating.calls.bundles import Bundles, Use
from invoicing.rating.calls.call import Call
from invoicing.rating.calls.call_rounding import RoundCharge, rounding_of
from invoicing.rating.calls.deck import Deck, DeckRow
from invoicing.rating.calls.increments import amount_of, increments, stepped_seconds
from invoicing.rating.terms.calls import BandPolicy, Calls

_NO_USES: Sequence[Use] = ()


class NoRate(LookupError):
    """No row is for the call, or for an increment of it that must be paid."""


class BelowMinimum(Exception):
    """The call is too short to be billed."""


class Charged(msgspec.Struct, gc=False):
    """
    A call's seconds and its charge, in units of the last decimal of its price.

    `bands` are the seconds that no bundle gave, where they have a band.
    """

    row: DeckRow
    billed_seconds: int
    paid_seconds: int
    bands: dict[str, int]
    charge: int
    uses: Sequence[Use]


@dataclass(frozen=True, slots=True)
class CallPlan:
    """The terms of calls, compiled for customers of one zone."""

    deck: Deck
    calendar: BandCalendar | None
    default_band: str | None
    follows_bands: bool
    min_billable_seconds: int
    rounded: RoundCharge


def call_plan(model: Calls, *, zone: str) -> CallPlan:
    """Return the terms as `charge_call` reads them; bands are those of the zone's clocks."""
    return CallPlan(
        deck=model.deck,
        calendar=band_calendar(model.bands, model.default_band, zone) if model.bands else None,
        default_band=model.default_band,
        follows_bands=model.band_policy is BandPolicy.INCREMENT_START,
        min_billable_seconds=model.min_billable_seconds,
        rounded=rounding_of(model.call_rounding),
    )


def charge_call(plan: CallPlan, call: Call, bundles: Bundles | None = None) -> Charged:
    """
    Return what the call costs, and take from the bundles what they cover of it.

    Splitting a call by bands or bundles never changes its billed seconds. A call that bundles
    cover wholly costs nothing, not even its connect fee or minimum.

    :raises BelowMinimum: shorter than the price bills; no bundle is used.
    :raises NoRate: no bundle is used.
    :raises UnusableCall: a property that rates or bundles look at is no single value.
    """
    raw = call.raw_seconds
    if raw < plan.min_billable_seconds:
        raise BelowMinimum
    band, until = plan.default_band, None
    if plan.calendar is not None:
        band, until = plan.calendar.at(call.begins)
    row = plan.deck.find(call, band)
    if row is None:
        raise NoRate
    if row.steps:
        billed = stepped_seconds(row, raw)
    elif raw <= row.initial:
        billed = row.initial
    else:
        billed = row.initial - (row.initial - raw) // row.increment * row.increment
    uses = _NO_USES if bundles is None else bundles.offers(call, billed)
    free = 0
    for _, seconds in uses:
        free += seconds
    paid, charge, bands = billed - free, 0, {}
    if paid:
        stays = until is None or not plan.follows_bands or call.begins + billed <= until
        if stays and not row.steps:
            amount = paid * row.per_second
            bands = {} if band is None else {band: paid}
        else:
            amount, bands = _by_increment(plan, call, row, band, free)
        amount += row.connect_fee
        if amount < row.minimum:
            amount = row.minimum
        if row.maximum is not None and amount > row.maximum:
            amount = row.maximum
        charge = plan.rounded(amount, plan.deck.units_of_charge)
    if bundles is not None and uses:
        bundles.take(uses)
    return Charged(row, billed, paid, bands, charge, uses)


def _by_increment(
    plan: CallPlan, call: Call, row: DeckRow, band: str | None, free: int
) -> tuple[int, dict[str, int]]:
    """Return the amount of the seconds after the free ones, and those seconds by band."""
    rows: dict[str | None, DeckRow | None] = {band: row}
    amount = 0
    bands: dict[str, int] = {}
    calendar = plan.calendar if plan.follows_bands else None
    runs = increments(row, call.raw_seconds, begins=call.begins, band=band, calendar=calendar)
    for run in runs:
        paid = run.end - max(run.start, free)
        if paid <= 0:
            continue
        if run.band not in rows:
            rows[run.band] = plan.deck.find(call, run.band)
        priced_by = rows[run.band]
        if priced_by is None:
            raise NoRate
        amount += amount_of(priced_by, run, free=free)
        if run.band is not None:
            bands[run.band] = bands.get(run.band, 0) + paid
    return amount, bands
