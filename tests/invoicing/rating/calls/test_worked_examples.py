"""The published and worked examples of call rating, row by row."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from invoicing.rating.terms.calls import Band, BandPolicy, Bundle, Calls, DurationBasis, RateStep
from tests.invoicing.rating.calls.calling import (
    NEW_YORK,
    NOON,
    a_call,
    a_rate,
    charge_of,
    later,
    rate,
)
from values.period import Period

YEAR = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
PEAK = Band("peak", from_time=time(8), to_time=time(18), priority=10)


@pytest.mark.parametrize(
    "seconds, increments, per_minute, billed, charge",
    [
        ("34", (6, 6), "0.0119", 36, "0.0071"),
        ("55", (6, 6), "0.0181", 60, "0.0181"),
        ("113", (6, 6), "0.0470", 114, "0.0893"),
        ("130", (6, 6), "0.0259", 132, "0.0570"),
        ("11", (6, 6), "0.0150", 12, "0.0030"),
        ("749", (6, 6), "0.0150", 750, "0.1875"),
        ("32", (30, 6), "0.006", 36, "0.0036"),
        ("57", (30, 6), "0.006", 60, "0.0060"),
        ("75", (30, 6), "0.006", 78, "0.0078"),
        ("78", (60, 60), "0.0140", 120, "0.0280"),
        ("0.4", (60, 60), "0.0140", 60, "0.0140"),
        ("60.001", (60, 60), "0.0140", 120, "0.0280"),
        ("91", (90, 60), "0.06", 150, "0.1500"),
        ("151", (90, 60), "0.06", 210, "0.2100"),
        ("25", (1, 1), "0.05", 25, "0.0208"),
        ("61", (60, 60), "1.0000", 120, "2.0000"),
    ],
)
def test_a_call_is_billed_by_its_increments(
    seconds: str, increments: tuple[int, int], per_minute: str, billed: int, charge: str
) -> None:
    _, heard = rate(Calls((a_rate(per_minute, *increments),)), a_call(seconds))

    assert (heard["a"].billed_seconds, str(heard["a"].charge)) == (billed, charge)


def test_three_calls_of_a_third_of_a_cent_add_up_before_the_cents() -> None:
    calls = [a_call("25", key=key) for key in "abc"]

    rated, _ = rate(Calls((a_rate("0.05", 1, 1),)), *calls)

    (line,) = rated.rated.lines
    assert (line.quantity, line.exact_amount, str(line.amount)) == (
        Decimal(75),
        Decimal("0.0624"),
        "0.06",
    )


@pytest.mark.parametrize(
    "number, prefix, charge",
    [("447783855111", "44778", "0.0079"), ("442083661177", "44", "0.0200")],
)
def test_the_longest_prefix_wins(number: str, prefix: str, charge: str) -> None:
    rows = (
        a_rate("0.02", prefix="44"),
        a_rate("0.0955", prefix="447"),
        a_rate("0.0079", prefix="44778"),
    )

    _, heard = rate(Calls(rows), a_call(to_number=number))

    assert (heard["a"].prefix, str(heard["a"].charge)) == (prefix, charge)


def test_plus_one_is_not_one_country() -> None:
    rows = (a_rate("0.0045", prefix="1"), a_rate("0.1275", prefix="1876"))

    assert charge_of(Calls(rows), a_call(to_number="+1 876 555 1234")) == "0.1275"


@pytest.mark.parametrize(
    "seconds, charge", [("20", "0.1000"), ("600", "0.3500"), ("3600", "1.0000")]
)
def test_connect_fee_then_minimum_then_maximum(seconds: str, charge: str) -> None:
    row = a_rate(
        "0.03",
        connect_fee=Decimal("0.05"),
        minimum_charge=Decimal("0.10"),
        maximum_charge=Decimal("1.00"),
    )

    assert charge_of(Calls((row,)), a_call(seconds)) == charge


@pytest.mark.parametrize(
    "policy, charge", [(BandPolicy.INCREMENT_START, "0.1600"), (BandPolicy.CALL_START, "0.2400")]
)
def test_the_end_of_peak_inside_a_call(policy: BandPolicy, charge: str) -> None:
    model = Calls(
        rates=(a_rate("0.06", band="peak"), a_rate("0.02", band="off_peak")),
        bands=(PEAK,),
        default_band="off_peak",
        band_policy=policy,
    )
    call = a_call("200", at=datetime(2026, 2, 3, 22, 58, 30, tzinfo=UTC))

    assert charge_of(model, call, zone=NEW_YORK) == charge


def test_a_call_into_a_holiday() -> None:
    holiday = Band("holiday", dates=frozenset({date(2026, 12, 25)}), priority=20)
    model = Calls(
        rates=(a_rate("0.01", band="holiday"), a_rate("0.02", band="off_peak")),
        bands=(holiday,),
        default_band="off_peak",
    )
    call = a_call("300", at=datetime(2026, 12, 25, 4, 58, tzinfo=UTC))

    assert charge_of(model, call, zone=NEW_YORK, period=YEAR) == "0.0700"


@pytest.mark.parametrize(
    "starts, seconds, charge",
    [
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "7200", "2.4000"),
        (datetime(2026, 3, 8, 6, 30, tzinfo=UTC), "3600", "1.8000"),
    ],
)
def test_the_hour_that_comes_twice_is_charged_twice_and_the_lost_one_never(
    starts: datetime, seconds: str, charge: str
) -> None:
    model = Calls(
        rates=(a_rate("0.01", band="night"), a_rate("0.05", band="day")),
        bands=(Band("night", from_time=time(0), to_time=time(2)),),
        default_band="day",
    )

    assert charge_of(model, a_call(seconds, at=starts), zone=NEW_YORK, period=YEAR) == charge


@pytest.mark.parametrize("left, free, charge", [(120, 120, "0.2000"), (6000, 240, "0.0000")])
def test_a_bundle_covers_the_first_seconds(left: int, free: int, charge: str) -> None:
    model = Calls((a_rate("0.05", connect_fee=Decimal("0.10")),), bundles=(Bundle("B", left),))

    _, heard = rate(model, a_call("200"))

    call = heard["a"]
    assert (call.billed_seconds, call.bundle_seconds, str(call.charge)) == (240, free, charge)


def test_a_pool_is_used_in_the_order_of_answers() -> None:
    model = Calls((a_rate("0.04"),), bundles=(Bundle("POOL", 600),))
    calls = (a_call("240", key="late", at=later(1000)), a_call("480", key="early", at=NOON))

    rated, heard = rate(model, *calls)

    assert [str(heard[key].charge) for key in ("early", "late")] == ["0.0000", "0.0800"]
    assert sum(call.bundle_seconds for call in heard.values()) == 600
    assert str(sum(line.amount for line in rated.rated.lines)) == "0.08"


def test_the_legs_of_a_transfer_are_calls_of_their_own() -> None:
    model = Calls(
        (
            a_rate("0.0150", 6, 6, direction="inbound"),
            a_rate("0.12", 1, 1, direction="ai"),
            a_rate("0.0119", 6, 6, direction="outbound"),
        )
    )
    legs = [
        a_call("300", key="in", direction="inbound", session_id="s", leg="1"),
        a_call("120", key="ai", direction="ai", session_id="s", leg="2"),
        a_call("180", key="out", direction="outbound", session_id="s", leg="3"),
    ]

    rated, heard = rate(model, *legs)

    charges = {key: str(call.charge) for key, call in heard.items()}
    assert charges == {"in": "0.0750", "ai": "0.2400", "out": "0.0357"}
    (line,) = rated.rated.lines
    assert (line.quantity, line.exact_amount) == (Decimal(600), Decimal("0.3507"))


def test_a_session_counts_from_its_setup() -> None:
    model = Calls((a_rate("0.06", 1, 1),), duration_basis=DurationBasis.SETUP)
    call = a_call("60", at=later(20), setup_at="2026-02-03T15:00:00Z")

    _, heard = rate(model, call)

    assert (heard["a"].raw_seconds, str(heard["a"].charge)) == (80, "0.0800")


def test_a_first_minute_at_a_price_of_its_own() -> None:
    row = a_rate(
        steps=(RateStep(0, Decimal("0.2"), 60, 60), RateStep(60, Decimal("0.1"), 60, 1)),
        connect_fee=Decimal("0.4"),
    )

    _, heard = rate(Calls((row,)), a_call("85"))

    assert (heard["a"].billed_seconds, str(heard["a"].charge)) == (85, "0.6417")
