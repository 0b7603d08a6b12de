"""What holds for any price of calls and any calls."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.rating.terms.calls import (
    Band,
    BandPolicy,
    Bundle,
    CallRate,
    CallRounding,
    Calls,
    RateStep,
)
from tests.invoicing.rating.calls.calling import a_call, rate
from tests.invoicing.rating.calls.naive import naive_charge
from usage.metering.quantity import MeteredEvent
from values.period import Period

YEAR = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca")
CHANGES_OF_CLOCK = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
)

amounts = st.decimals(min_value=0, max_value=2, places=4, allow_nan=False)
increments = st.sampled_from((1, 6, 30, 60, 90))
clocks = st.builds(time, st.sampled_from((0, 2, 8, 18, 22)), st.sampled_from((0, 30)))


@st.composite
def some_steps(draw: st.DrawFn) -> tuple[RateStep, ...]:
    starts = sorted({0, *draw(st.lists(st.integers(1, 300), max_size=2))})
    per = st.sampled_from((1, 7, 60))
    return tuple(RateStep(start, draw(amounts), draw(per), draw(increments)) for start in starts)


@st.composite
def some_rates(draw: st.DrawFn) -> tuple[CallRate, ...]:
    """Rows of different scopes, so that none tie."""
    scopes = st.tuples(
        st.sampled_from((None, "outbound")),
        st.sampled_from((None, "mobile")),
        st.sampled_from(("", "4", "44", "447", "1")),
        st.sampled_from((None, "peak", "night", "off_peak")),
        st.sampled_from(({}, {"model": "fast"})).map(lambda match: tuple(match.items())),
    )
    return tuple(
        _a_row(draw, *scope)
        for scope in draw(st.lists(scopes, min_size=1, max_size=6, unique=True))
    )


def _a_row(
    draw: st.DrawFn, direction: Any, kind: Any, prefix: str, band: Any, match: Any
) -> CallRate:
    terms: dict[str, Any] = {
        "direction": direction,
        "number_type": kind,
        "prefix": prefix,
        "band": band,
        "match": dict(match),
        "connect_fee": draw(amounts | st.just(Decimal(0))),
        "minimum_charge": draw(st.none() | amounts),
    }
    if draw(st.integers(0, 3)) == 0:
        return CallRate(steps=draw(some_steps()), **terms)
    return CallRate(
        rate_per_minute=draw(amounts),
        initial_seconds=draw(increments | st.just(0)),
        increment_seconds=draw(increments),
        **terms,
    )


some_bands = st.tuples(
    st.builds(
        Band,
        name=st.just("peak"),
        days=st.sets(st.integers(0, 6)).map(frozenset),
        from_time=clocks,
        to_time=clocks,
        priority=st.just(10),
    ),
    st.builds(
        Band,
        name=st.just("night"),
        dates=st.sets(st.sampled_from((date(2026, 3, 7), date(2026, 3, 8), date(2026, 11, 1)))).map(
            frozenset
        ),
        from_time=clocks,
        to_time=clocks,
        priority=st.just(20),
    ),
)

prices = st.builds(
    Calls,
    rates=some_rates(),
    decimals=st.sampled_from((0, 2, 4, 6)),
    call_rounding=st.sampled_from(CallRounding),
    band_policy=st.sampled_from(BandPolicy),
    default_band=st.just("off_peak"),
    bands=some_bands,
    bundles=st.just(()) | st.builds(lambda left: (Bundle("B", left),), st.integers(0, 900)),
)

instants = st.builds(
    lambda around, shift: around + timedelta(seconds=shift),
    st.sampled_from(CHANGES_OF_CLOCK),
    st.integers(-200_000, 200_000),
)


@st.composite
def some_calls(draw: st.DrawFn) -> list[MeteredEvent]:
    return [
        a_call(
            draw(st.sampled_from(("0", "0.4", "59.999", "60.001")) | st.integers(1, 2000)),
            at=draw(instants),
            key=f"k{index}",
            number_type=draw(st.sampled_from((None, "mobile"))),
            to_number=draw(st.sampled_from(("442083661177", "447783855111", "13125550100"))),
            model=draw(st.sampled_from((None, "fast"))),
        )
        for index in range(draw(st.integers(1, 5)))
    ]


@settings(max_examples=250, deadline=None)
@given(prices, some_calls(), st.sampled_from(ZONES))
def test_every_call_costs_what_the_naive_model_says(
    model: Calls, calls: list[MeteredEvent], zone: str
) -> None:
    _, heard = rate(model, *calls, zone=zone, period=YEAR)

    left = sum(bundle.seconds for bundle in model.bundles)
    for event in sorted(calls, key=lambda call: (call.occurred_at, call.key)):
        expected = naive_charge(model, event, zone=zone, free=left)
        call = heard[event.key]
        if expected is None:
            assert (call.status, call.bundle_seconds) == ("quarantined", 0)
            continue
        billed, free, bands, charge = expected
        left -= free
        assert (call.billed_seconds, call.bundle_seconds, dict(call.bands)) == (billed, free, bands)
        assert Fraction(call.charge) == charge


@settings(max_examples=100, deadline=None)
@given(prices, some_calls(), st.sampled_from(ZONES), st.lists(instants, max_size=3))
def test_slicing_moves_no_second_and_no_cent(
    model: Calls, calls: list[MeteredEvent], zone: str, cuts: list[datetime]
) -> None:
    whole, heard = rate(model, *calls, zone=zone, period=YEAR)
    sliced, again = rate(model, *calls, zone=zone, period=YEAR, sliced_at=sorted(cuts))

    assert heard == again
    assert len(whole.rated.lines) == len(sliced.rated.lines)
    for line, other in zip(whole.rated.lines, sliced.rated.lines, strict=True):
        assert (line.quantity, line.amount, line.left) == (other.quantity, other.amount, other.left)
        assert sum(part.quantity for part in other.slices) == line.quantity
        assert sum(part.events for part in other.slices) == line.events
        if other.slice_amounts is not None:
            assert sum(Fraction(amount) for amount in other.slice_amounts) == line.exact_amount
    assert whole.lots == sliced.lots


@settings(max_examples=100, deadline=None)
@given(prices, some_calls(), st.sampled_from(ZONES))
def test_no_second_is_lost_or_paid_twice(
    model: Calls, calls: list[MeteredEvent], zone: str
) -> None:
    rated, heard = rate(model, *calls, zone=zone, period=YEAR)

    lines = rated.rated.lines
    assert sum(line.quantity for line in lines) == sum(c.billed_seconds for c in heard.values())
    free = sum(line.quantity for line in lines if line.section == "included")
    assert free == sum(call.bundle_seconds for call in heard.values())
    exact = sum(Fraction(line.exact_amount) for line in lines)
    assert exact == sum(Fraction(call.charge) for call in heard.values())


@settings(max_examples=100, deadline=None)
@given(some_rates(), some_calls(), st.sampled_from(ZONES), some_bands)
def test_bands_change_prices_never_billed_seconds(
    rates: tuple[CallRate, ...], calls: list[MeteredEvent], zone: str, bands: tuple[Band, Band]
) -> None:
    same = tuple(row for row in rates if row.band is None)
    plain = same or (CallRate(rate_per_minute=Decimal(1)),)

    _, without = rate(Calls(plain), *calls, zone=zone, period=YEAR)
    _, with_bands = rate(Calls(plain, bands=bands), *calls, zone=zone, period=YEAR)

    for key, call in without.items():
        assert with_bands[key].billed_seconds == call.billed_seconds
        assert with_bands[key].charge == call.charge


@settings(max_examples=100, deadline=None)
@given(some_rates(), st.integers(1, 3000), st.integers(0, 500), instants)
def test_a_longer_call_never_costs_less(
    rates: tuple[CallRate, ...], seconds: int, more: int, at: datetime
) -> None:
    plain = tuple(row for row in rates if row.band is None)
    model = Calls(rates=plain or (CallRate(rate_per_minute=Decimal(1)),))
    shorter, longer = a_call(seconds, at=at, key="s"), a_call(seconds + more, at=at, key="l")

    _, heard = rate(model, shorter, longer, period=YEAR)

    if heard["l"].status == "rated":
        assert heard["s"].charge <= heard["l"].charge
