"""The worked cases of calls, to the last digit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.lines import Line
from invoicing.rating.terms.calls import Band, Bundle, CallRate, Calls
from tests.invoicing.rating.calls.calling import rate
from usage.metering.quantity import MeteredEvent
from values.calendar import BillingCalendar, BillingInterval, local_date, local_midnight
from values.money import Rounding, round_money
from values.period import Period

CASES = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
RATING = [case for case in CASES if case["given"]["kind"] == "rating"]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize("case", RATING, ids=[case["name"][:3] for case in RATING])
def test_a_worked_case_comes_out_to_the_last_digit(case: dict[str, Any]) -> None:
    plan, expected = case["given"]["plan"], case["expect"]
    zone = plan.get("timezone", "UTC")
    events = [_event(call) for call in case["given"]["calls"]]
    lots: Mapping[str, Any] = {}
    heard: dict[str, RatedCall] = {}
    lines: list[Line] = []
    months: dict[str, str] = {}

    for period in _months(events, zone):
        inside = [event for event in events if period.contains(event.occurred_at)]
        rated, calls = rate(_calls(plan), *inside, zone=zone, period=period, lots=lots)
        lots, heard = rated.lots, heard | calls
        lines += rated.rated.lines
        months.update(dict.fromkeys(calls, _month(period, zone)))

    for call in expected["calls"]:
        _compare(heard[call["id"]], call, months)
    assert sum(call.charge for call in heard.values()) == Decimal(expected["total"])
    whole = Decimal(expected["total"])
    paid = round_money(whole, currency="USD", rounding=Rounding.HALF_UP)
    assert paid == Decimal(expected["invoice_amount"])
    free = [line for line in lines if line.section == "included"]
    left = {line.description.removeprefix("Voice - "): line.left for line in free}
    assert left == expected.get("bundle_left", {})


def _compare(call: RatedCall, expected: dict[str, Any], months: dict[str, str]) -> None:
    assert call.status == expected["status"]
    assert call.prefix == expected["prefix"]
    assert call.raw_seconds == expected["raw_seconds"]
    assert call.billed_seconds == expected["billed_seconds"]
    assert call.bundle_seconds == expected["bundle_seconds"]
    assert str(call.charge) == expected["charge"]
    assert call.bands == expected.get("paid_seconds_by_band", call.bands)
    assert months[call.key] == expected.get("period", months[call.key])


def _calls(plan: dict[str, Any]) -> Calls:
    return Calls(
        rates=tuple(_rate(row) for row in plan["rates"]),
        decimals=plan["decimals"],
        default_band=plan.get("default_band"),
        bands=tuple(_band(band) for band in plan.get("bands", ())),
        bundles=tuple(_bundle(bundle) for bundle in plan.get("bundles", ())),
    )


def _rate(row: dict[str, Any]) -> CallRate:
    low, high = row.get("min_charge"), row.get("max_charge")
    return CallRate(
        prefix=row.get("prefix", ""),
        direction=row.get("direction"),
        number_type=row.get("number_type"),
        band=row.get("band"),
        rate_per_minute=Decimal(row["rate_per_min"]),
        initial_seconds=row["initial"],
        increment_seconds=row["subsequent"],
        connect_fee=Decimal(row.get("connect_fee", "0")),
        minimum_charge=None if low is None else Decimal(low),
        maximum_charge=None if high is None else Decimal(high),
    )


def _band(band: dict[str, Any]) -> Band:
    """The cases let the lower priority win, the product the higher."""
    return Band(
        name=band["name"],
        days=frozenset(DAYS.index(day) for day in band.get("days", ())),
        dates=frozenset(date.fromisoformat(day) for day in band.get("dates", ())),
        from_time=time.fromisoformat(band.get("from", "00:00")),
        to_time=time.fromisoformat(band.get("to", "00:00")),
        priority=-band["priority"],
    )


def _bundle(bundle: dict[str, Any]) -> Bundle:
    ends = bundle.get("expires")
    return Bundle(
        code=bundle["id"],
        seconds=bundle["seconds"],
        lines=tuple(bundle.get("accounts", ())),
        priority=bundle.get("priority", 0),
        effective_to=None if ends is None else local_midnight(date.fromisoformat(ends), "UTC"),
    )


def _event(call: dict[str, Any]) -> MeteredEvent:
    inbound = call["direction"] == "inbound"
    properties = {
        "direction": call["direction"],
        "number_type": call.get("number_type"),
        "from_number" if inbound else "to_number": call["digits"],
        "answer_at": call["answer"],
        "end_at": call["end"],
        "line": call.get("account"),
    }
    at = datetime.fromisoformat(call["answer"]).astimezone(UTC)
    return MeteredEvent(at, call["id"], properties)


def _months(events: list[MeteredEvent], zone: str) -> Iterator[Period]:
    first = min(event.occurred_at for event in events)
    last = max(event.occurred_at for event in events)
    start = local_midnight(date(2026, 1, 1), zone)
    calendar = BillingCalendar(BillingInterval.MONTH, 1, zone, start, None)
    for period in calendar.periods_from(first):
        yield period
        if period.contains(last):
            return


def _month(period: Period, zone: str) -> str:
    return local_date(period.start, zone).isoformat()[:7]
