"""Call rating once more, second by second in fractions: slow, plain, and written on its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from invoicing.rating.terms.calls import Band, BandPolicy, CallRate, CallRounding, Calls
from usage.metering.quantity import MeteredEvent


def naive_charge(
    model: Calls, event: MeteredEvent, *, zone: str, free: int
) -> tuple[int, int, dict[str, int], Fraction] | None:
    """Return billed seconds, free ones, paid ones by band and the charge; None without a rate."""
    said = event.properties
    raw = max(1, math.ceil(Fraction(str(said["duration_seconds"]))))
    start = event.occurred_at
    first = _row(model, said, _band(model, start, zone))
    if first is None:
        return None
    starts = list(_increments(first, raw))
    billed = starts[-1][1]
    free = min(free, billed)
    amount = Fraction(0)
    bands: dict[str, int] = {}
    for second in range(free, billed):
        begin = next(begin for begin, end in starts if begin <= second < end)
        follows = model.band_policy == BandPolicy.INCREMENT_START
        moment = start + timedelta(seconds=begin) if follows else start
        band = _band(model, moment, zone)
        row = _row(model, said, band)
        if row is None:
            return None
        amount += _per_second(row, begin)
        if band is not None:
            bands[band] = bands.get(band, 0) + 1
    if free == billed:
        return billed, free, {}, Fraction(0)
    amount += Fraction(first.connect_fee)
    if first.minimum_charge is not None:
        amount = max(amount, Fraction(first.minimum_charge))
    if first.maximum_charge is not None:
        amount = min(amount, Fraction(first.maximum_charge))
    return billed, free, bands, _rounded(model, amount)


def _increments(row: CallRate, raw: int) -> Iterator[tuple[int, int]]:
    begin = 0
    while begin < raw:
        if row.steps:
            size = [step for step in row.steps if step.from_second <= begin][-1].increment_seconds
        elif begin == 0 and row.initial_seconds:
            size = row.initial_seconds
        else:
            size = row.increment_seconds
        yield begin, begin + size
        begin += size


def _per_second(row: CallRate, begin: int) -> Fraction:
    if not row.steps:
        assert row.rate_per_minute is not None
        return Fraction(row.rate_per_minute) / 60
    step = [step for step in row.steps if step.from_second <= begin][-1]
    return Fraction(step.price) / step.per_seconds


def _row(model: Calls, said: object, band: str | None) -> CallRate | None:
    assert isinstance(said, dict)
    number = str(said["to_number"])
    fitting = [
        row
        for row in model.rates
        if row.direction in (None, said["direction"])
        and row.number_type in (None, said.get("number_type"))
        and number.startswith(row.prefix)
        and row.band in (None, band)
        and all(said.get(key) == value for key, value in row.match.items())
    ]
    return max(fitting, key=_rank, default=None)


def _rank(row: CallRate) -> tuple[bool, bool, int, bool, int]:
    return (
        row.direction is not None,
        row.number_type is not None,
        len(row.prefix),
        row.band is not None,
        len(row.match),
    )


def _band(model: Calls, instant: datetime, zone: str) -> str | None:
    local = instant.astimezone(ZoneInfo(zone))
    fitting = [band for band in model.bands if _holds(band, local)]
    best = max(fitting, key=lambda band: band.priority, default=None)
    return best.name if best else model.default_band


def _holds(band: Band, local: datetime) -> bool:
    moment, today = local.time(), local.date()
    if band.from_time == band.to_time:
        day = today
    elif band.from_time < band.to_time:
        if not band.from_time <= moment < band.to_time:
            return False
        day = today
    elif moment >= band.from_time:
        day = today
    elif moment < band.to_time:
        day = today - timedelta(days=1)
    else:
        return False
    return (not band.days or day.weekday() in band.days) and (not band.dates or day in band.dates)


def _rounded(model: Calls, amount: Fraction) -> Fraction:
    scaled = amount * 10**model.decimals
    whole = {
        CallRounding.HALF_UP: lambda: math.floor(scaled + Fraction(1, 2)),
        CallRounding.HALF_EVEN: lambda: round(scaled),
        CallRounding.UP: lambda: math.ceil(scaled),
        CallRounding.DOWN: lambda: math.floor(scaled),
    }[model.call_rounding]()
    return Fraction(whole, 10**model.decimals)
