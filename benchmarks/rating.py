"""
How fast prices are calculated, as a share of the least that any calculation costs.

`python3 run.py benchmark rating` prints what one core rates in a second: calls through a plan
with 50,000 prefixes, three bands and a bundle, from the properties of their events to the lines
(aim: 0.02 of the bare loop, better 0.05), and lines over a rate card of 5,000 entries (aim: 0.02).
The bare loop goes over the same calls and multiplies and quantizes two Decimals for each. All is
measured in one run on one machine; of three rounds the best counts.
"""

import random
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from invoicing.rating.calls.rate_calls import CallsRated, rate_calls
from invoicing.rating.calls.rated_call import RatedCall
from invoicing.rating.charge import Charge
from invoicing.rating.per_unit import rate_per_unit
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.rate_card import RateCard, RateCardVersion, RateEntry
from invoicing.rating.terms.calls import Band, Bundle, CallRate, Calls
from invoicing.rating.terms.per_unit import PerUnit
from usage.metering.meter import Aggregation, Meter
from usage.metering.quantity import MeteredEvent, Quantity
from values.exact import EXACT
from values.money import Rounding
from values.period import Period

CALLS = 100_000
PREFIXES = 50_000
ROUNDS = 3
AIM, BEST = 0.02, 0.05
ZONE = "America/New_York"

FEBRUARY = Period(datetime(2026, 2, 1, 5, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC))
METER = Meter("CALL", "Calls", "call", Aggregation.COUNT, None, (), None, calls=True)
AI_CALL = Meter(
    "AI_CALL", "AI calls", "call", Aggregation.SUM, "minutes", ("region", "outcome"), "minute"
)
BANDS = (
    Band("peak", frozenset(range(5)), from_time=time(8), to_time=time(18), priority=10),
    Band("night", from_time=time(22), to_time=time(6), priority=5),
    Band("holiday", dates=frozenset({date(2026, 2, 16)}), priority=20),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was done so many times, and the seconds that one time took."""

    name: str
    seconds: float


def main() -> None:
    """Measure and print a table."""
    chance = random.Random(1)  # noqa: S311  the same calls in every run
    deck = _deck(chance)
    calls = _calls(chance, [row.prefix for row in deck])
    price = _price(deck)
    bare = _measured("bare loop", lambda: _bare(calls))
    card, quantities = _card(), _quantities()
    charge = _charge(card)
    measured = [
        _measured("calls to lines", lambda: _rated(price, calls)),
        _measured(
            "calls to lines, each call told",
            lambda: _rated(price, calls, on_call=lambda _, call: None),
        ),
        _measured(
            "quantities to lines of a card",
            lambda: rate_per_unit(charge, card, quantities),
            times=len(quantities),
        ),
    ]
    _print(bare, measured)


def _deck(chance: random.Random) -> tuple[CallRate, ...]:
    prefixes: set[str] = set()
    while len(prefixes) < PREFIXES:
        prefixes.add(str(chance.randrange(10, 10 ** chance.randrange(3, 9))))
    return tuple(
        CallRate(
            prefix=prefix,
            rate_per_minute=EXACT.scaleb(Decimal(chance.randrange(10, 3000)), -4),
            initial_seconds=chance.choice((1, 6, 30, 60)),
            increment_seconds=chance.choice((1, 6, 60)),
        )
        for prefix in sorted(prefixes)
    )


def _price(deck: tuple[CallRate, ...]) -> PriceTerms:
    """Return the price: each of the shortest prefixes has also a row for the working day."""
    by_day = tuple(
        CallRate(prefix=row.prefix, band="peak", rate_per_minute=Decimal("0.20"))
        for row in deck
        if len(row.prefix) <= 3
    )
    model = Calls(
        rates=(*deck, *by_day, CallRate(rate_per_minute=Decimal("0.50"))),
        bands=BANDS,
        default_band="off_peak",
        bundles=(Bundle("inbound", 3_000_000, directions=("inbound",)),),
    )
    return PriceTerms("voice", METER.code, (PriceVersion(None, None, "Voice", model),))


def _calls(chance: random.Random, prefixes: Sequence[str]) -> list[MeteredEvent]:
    step = (FEBRUARY.end - FEBRUARY.start) / CALLS
    calls = []
    for index in range(CALLS):
        answered_at = (FEBRUARY.start + index * step).replace(microsecond=0)
        ends_at = answered_at + timedelta(seconds=chance.randrange(1, 600))
        properties = {
            "direction": chance.choice(("inbound", "outbound", "outbound")),
            "number_type": "local",
            "from_number": "+1312" + str(chance.randrange(10**7)).zfill(7),
            "to_number": "+" + chance.choice(prefixes) + str(chance.randrange(10**6, 10**7)),
            "answer_at": answered_at.isoformat().replace("+00:00", "Z"),
            "end_at": ends_at.isoformat().replace("+00:00", "Z"),
            "status": "completed",
            "line": "L1",
        }
        calls.append(MeteredEvent(answered_at, f"call-{index:07}", properties))
    return calls


def _bare(calls: Sequence[MeteredEvent]) -> None:
    minutes, seconds, rate, unit = Decimal(7), Decimal(413), Decimal("0.0140"), Decimal("0.0001")
    for _ in calls:
        (minutes * rate).quantize(unit)
        (seconds * rate).quantize(unit)


def _rated(
    price: PriceTerms,
    calls: Sequence[MeteredEvent],
    on_call: Callable[[str, RatedCall], None] | None = None,
) -> CallsRated:
    return rate_calls(
        price=price,
        calls=iter(calls),
        covered=FEBRUARY,
        full=FEBRUARY,
        zone=ZONE,
        currency="USD",
        rounding=Rounding.HALF_UP,
        sliced_at=(),
        lots={},
        meter=METER,
        on_call=on_call,
    )


def _card() -> PerUnit:
    entries = tuple(
        RateEntry({"region": region, "outcome": outcome}, EXACT.scaleb(Decimal(number), -4))
        for number, (region, outcome) in enumerate(_combinations(), start=1)
    )
    version = RateCardVersion(FEBRUARY.start, None, entries)
    card = RateCard("card", AI_CALL.code, (version,))
    return PerUnit(rate_card=card, fallback_rate=Decimal("0.5"))


def _combinations() -> list[tuple[str, str]]:
    return [(f"region {one}", f"outcome {other}") for one in range(100) for other in range(50)]


def _quantities() -> list[Quantity]:
    return [
        Quantity((("outcome", outcome), ("region", region)), FEBRUARY, Decimal(number), 1)
        for number, (region, outcome) in enumerate(_combinations(), start=1)
    ]


def _charge(model: PerUnit) -> Charge:
    version = PriceVersion(None, None, "AI calls", model)
    price = PriceTerms("ai", AI_CALL.code, (version,))
    return Charge(price, version, AI_CALL, FEBRUARY, "USD", Rounding.HALF_UP)


def _measured(name: str, work: Callable[[], object], *, times: int = CALLS) -> Measured:
    taken = []
    for _ in range(ROUNDS):
        started_at = clock.perf_counter()
        work()
        taken.append(clock.perf_counter() - started_at)
    return Measured(name, min(taken) / times)


def _print(bare: Measured, measured: Sequence[Measured]) -> None:
    print(f"{CALLS:,} calls, {PREFIXES:,} prefixes, {len(BANDS)} bands, a bundle; one core")
    print(f"{'what':<32}{'each':>10}{'a second':>12}{'ratio':>8}")
    for each in (bare, *measured):
        print(
            f"{each.name:<32}{each.seconds * 1_000_000:>7.2f} µs{1 / each.seconds:>12,.0f}"
            f"{bare.seconds / each.seconds:>8.3f}"
        )
    print(f"aim: a ratio of {AIM} at least, better {BEST}, for calls as for quantities")


if __name__ == "__main__":
    main()
