from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from invoicing.rating.calls.rate_calls import rate_calls
from invoicing.rating.terms.calls import Band, Bundle, Calls
from invoicing.rating.trace import StepKind
from tests.invoicing.rating.calls.calling import (
    CALL,
    FEBRUARY,
    NOON,
    a_call,
    a_price,
    a_rate,
    later,
    rate,
)
from usage.metering.quantity import MeteredEvent
from values.money import Rounding
from values.period import Period

PLAIN = Calls((a_rate("0.04"),))
DEAR = Calls((a_rate("0.10"),))


def test_the_calls_of_a_price_are_one_line_in_paid_seconds() -> None:
    rated, _ = rate(PLAIN, a_call("61", key="a"), a_call("20", key="b"))

    (line,) = rated.rated.lines
    assert (line.section, line.price, line.description) == ("telephony", "voice", "Voice")
    assert (line.quantity, line.unit, line.unit_price) == (Decimal(180), "second", None)
    assert (line.exact_amount, str(line.amount), line.events) == (Decimal("0.1200"), "0.12", 2)
    assert (line.rate_version, line.period, line.tax_code) == (None, FEBRUARY, None)
    assert (line.meter, line.dimensions, line.left) == ("CALL", (), None)


def test_the_line_says_how_its_calls_were_counted() -> None:
    model = Calls((a_rate("0.05", 1, 1),), bundles=(Bundle("B", 10),))

    rated, _ = rate(model, a_call("25"))

    free, paid = rated.rated.lines
    assert [(step.kind, step.values) for step in paid.trace.steps] == [
        (
            StepKind.CALLS,
            {
                "calls": "1",
                "raw_seconds": "25",
                "billed_seconds": "25",
                "paid_seconds": "15",
                "decimals": "4",
                "rounding": "half_up",
                "charges": "0.0125",
            },
        )
    ]
    assert [(step.kind, step.values) for step in free.trace.steps] == [
        (StepKind.BUNDLE, {"code": "B", "granted": "10", "used": "10", "left": "0"})
    ]


def test_each_tax_code_has_a_line_that_of_the_price_for_rows_without_one() -> None:
    model = Calls(
        (
            a_rate("0.04"),
            a_rate("0.05", prefix="1", tax_code="VOIP"),
            a_rate("0.06", prefix="2", tax_code="OTHER"),
        )
    )
    calls = [
        a_call(key="a"),
        a_call(key="b", to_number="+13125550100"),
        a_call(key="c", to_number="+20"),
    ]

    without, _ = rate(a_price(model), *calls)
    with_one, _ = rate(a_price(model, tax_code="VOIP"), *calls)

    assert [(line.tax_code, str(line.amount)) for line in without.rated.lines] == [
        (None, "0.04"),
        ("OTHER", "0.06"),
        ("VOIP", "0.05"),
    ]
    assert [(line.tax_code, str(line.amount)) for line in with_one.rated.lines] == [
        ("OTHER", "0.06"),
        ("VOIP", "0.09"),
    ]


def test_lines_may_be_kept_apart_by_anything_a_call_says() -> None:
    model = Calls(
        (a_rate("0.04"), a_rate("0.05", prefix="44")),
        lines_by=("direction", "prefix", "rate_jurisdiction", "model"),
    )
    calls = [
        a_call(key="a", model="fast"),
        a_call(key="b", model="fast"),
        a_call(key="c", direction=None, to_number="+13125550100", from_number="+12175550100"),
    ]

    rated, _ = rate(model, *calls)

    assert [(line.description, line.dimensions, line.events) for line in rated.rated.lines] == [
        (
            "Voice - outbound / 44 / international / fast",
            (
                ("direction", "outbound"),
                ("prefix", "44"),
                ("rate_jurisdiction", "international"),
                ("model", "fast"),
            ),
            2,
        ),
        (
            "Voice - no direction / no prefix / intrastate / no model",
            (("prefix", ""), ("rate_jurisdiction", "intrastate")),
            1,
        ),
    ]


def test_a_dimension_that_cannot_be_printed_is_looked_at_first() -> None:
    model = Calls((a_rate(),), lines_by=("line",), bundles=(Bundle("B", 600),))

    rated, heard = rate(model, a_call(line="\u202e"))

    assert heard["a"].status == "quarantined"
    assert rated.rated.lines == ()
    assert rated.rated.quarantined[0].reason == "bad_value"


def test_calls_without_a_rate_are_set_aside_by_reason() -> None:
    model = Calls((a_rate(prefix="44"),))
    calls = [
        a_call(key="a", to_number="+13125550100"),
        a_call(key="b"),
        a_call(key="c", to_number="anonymous", at=later(1)),
        a_call(key="d", duration_seconds=None, at=later(2)),
        a_call(key="e", end_at="never", at=later(3)),
    ]

    rated, heard = rate(model, *calls, sliced_at=[later(1)])

    assert [(each.reason, each.keys, each.events) for each in rated.rated.quarantined] == [
        ("no_rate", ("a", "c"), 2),
        ("missing_property", ("d",), 1),
        ("bad_value", ("e",), 1),
    ]
    assert [part.events for part in rated.rated.quarantined[0].slices] == [1, 1]
    unrated = heard["a"]
    assert (unrated.status, unrated.raw_seconds, unrated.prefix) == ("quarantined", 60, None)
    assert (heard["d"].raw_seconds, str(heard["d"].charge)) == (0, "0.0000")


def test_a_band_without_a_rate_sets_the_whole_call_aside_and_uses_no_bundle() -> None:
    model = Calls(
        rates=(a_rate(band="peak"),),
        bands=(Band("peak", to_time=NOON.time()),),
        bundles=(Bundle("B", 60),),
    )
    calls = [
        a_call("180", key="over", at=NOON - timedelta(seconds=60)),
        a_call("60", key="free", at=NOON - timedelta(seconds=30)),
        a_call("120", key="out", at=NOON),
    ]

    rated, heard = rate(model, *calls)

    assert {key: call.status.value for key, call in heard.items()} == {
        "over": "quarantined",
        "free": "rated",
        "out": "quarantined",
    }
    assert (heard["free"].bundle_seconds, heard["free"].bands) == (60, {})
    (line,) = rated.rated.lines
    assert (line.section, line.quantity) == ("included", Decimal(60))


def test_a_bundle_that_covers_the_other_band_needs_no_rate_there() -> None:
    model = Calls(
        rates=(a_rate(band="peak"),),
        bands=(Band("peak", from_time=NOON.time(), to_time=(NOON + timedelta(seconds=90)).time()),),
        bundles=(Bundle("B", 6000),),
    )

    _, heard = rate(model, a_call("600"))

    assert (heard["a"].status, heard["a"].bundle_seconds) == ("rated", 600)


def test_calls_that_came_to_nothing_cost_nothing() -> None:
    rated, heard = rate(PLAIN, a_call(key="a", status="busy"), a_call(key="b", answer_at=None))

    assert rated.rated.lines == ()
    assert rated.rated.quarantined == ()
    for call in heard.values():
        assert (call.status, call.at, call.raw_seconds, call.prefix) == (
            "not_billable",
            NOON,
            0,
            None,
        )


def test_a_call_below_the_minimum_uses_no_bundle() -> None:
    model = Calls((a_rate(),), min_billable_seconds=5, bundles=(Bundle("B", 600),))

    _, heard = rate(model, a_call("4.0", key="short"), a_call("4.1", key="long"))

    assert (heard["short"].status, heard["short"].raw_seconds) == ("below_minimum", 4)
    assert (heard["short"].billed_seconds, heard["short"].bundle_seconds) == (0, 0)
    assert (heard["long"].status, heard["long"].bundle_seconds) == ("rated", 60)


def test_a_free_call_is_still_a_line_of_seconds() -> None:
    rated, _ = rate(Calls((a_rate("0"),)), a_call())

    (line,) = rated.rated.lines
    assert (line.quantity, str(line.amount)) == (Decimal(60), "0.00")


def test_each_version_prices_the_calls_answered_in_its_time() -> None:
    price = a_price(PLAIN, DEAR, starts=[NOON])
    before, after = NOON - timedelta(seconds=1), NOON

    rated, heard = rate(price, a_call("600", key="a", at=before), a_call("600", key="b", at=after))

    assert (str(heard["a"].charge), str(heard["b"].charge)) == ("0.4000", "1.0000")
    assert [(line.rate_version, line.period, str(line.amount)) for line in rated.rated.lines] == [
        (None, Period(FEBRUARY.start, NOON), "0.40"),
        (NOON, Period(NOON, FEBRUARY.end), "1.00"),
    ]


def test_a_bundle_goes_on_over_a_version_that_keeps_it() -> None:
    bundles = (Bundle("B", 900),)
    one, two = Calls((a_rate("0.04"),), bundles=bundles), Calls((a_rate("0.10"),), bundles=bundles)
    price = a_price(one, two, starts=[NOON])
    calls = [a_call("600", key="a", at=NOON - timedelta(hours=1)), a_call("600", key="b")]

    rated, heard = rate(price, *calls)

    assert [heard[key].bundle_seconds for key in "ab"] == [600, 300]
    free, paid = rated.rated.lines
    assert (free.description, free.quantity, free.left, free.events) == (
        "Voice - B",
        Decimal(900),
        Decimal(0),
        2,
    )
    assert (free.rate_version, free.period) == (None, FEBRUARY)
    assert (paid.quantity, str(paid.amount)) == (Decimal(300), "0.50")


def test_a_call_at_whose_time_there_is_no_version_is_named() -> None:
    price = a_price(PLAIN, starts=[])
    ends = type(price.versions[0])(None, NOON, "Voice", PLAIN, "telephony")
    price = type(price)("voice", "CALL", (ends,))

    rated, heard = rate(price, a_call(key="a", at=NOON - timedelta(1)), a_call(key="b"))

    assert rated.unpriced == ("b",)
    assert list(heard) == ["a"]


def test_cuts_keep_amounts_apart_that_do_not_follow_from_seconds() -> None:
    model = Calls((a_rate("0.06", 60, 60, prefix="44"), a_rate("0.60", 60, 60, prefix="1")))
    calls = [a_call(key="a"), a_call(key="b", at=later(10), to_number="+13125550100")]

    rated, _ = rate(model, *calls, sliced_at=[later(5)])

    (line,) = rated.rated.lines
    assert [part.quantity for part in line.slices] == [60, 60]
    assert line.slice_amounts == (Decimal("0.06"), Decimal("0.6"))


def test_a_million_calls_are_never_held() -> None:
    alive: list[int] = []
    most = 0

    class Counted(dict[str, object]):
        def __init__(self) -> None:
            super().__init__(a_call().properties)
            alive.append(1)

        def __del__(self) -> None:
            alive.pop()

    def stream() -> object:
        nonlocal most
        for index in range(1000):
            most = max(most, len(alive))
            yield MeteredEvent(NOON, f"{index:04}", Counted())

    rated = rate_calls(
        price=a_price(PLAIN),
        calls=stream(),  # type: ignore[arg-type]
        covered=FEBRUARY,
        full=FEBRUARY,
        zone="UTC",
        currency="USD",
        rounding=Rounding.HALF_UP,
        sliced_at=(),
        lots={},
        meter=CALL,
    )

    assert rated.rated.lines[0].events == 1000
    assert most <= 3


@pytest.mark.parametrize("currency, amount", [("JPY", "0"), ("KWD", "0.040")])
def test_a_line_is_rounded_to_the_minor_unit_of_its_currency(currency: str, amount: str) -> None:
    rated = rate_calls(
        price=a_price(PLAIN),
        calls=[a_call()],
        covered=FEBRUARY,
        full=FEBRUARY,
        zone="UTC",
        currency=currency,
        rounding=Rounding.HALF_UP,
        sliced_at=(),
        lots={},
        meter=CALL,
    )

    assert str(rated.rated.lines[0].amount) == amount


def test_nobody_needs_to_hear_of_the_calls() -> None:
    rated = rate_calls(
        price=a_price(PLAIN),
        calls=[a_call(status="busy"), a_call(duration_seconds=None)],
        covered=FEBRUARY,
        full=FEBRUARY,
        zone="UTC",
        currency="USD",
        rounding=Rounding.HALF_UP,
        sliced_at=(),
        lots={},
        meter=CALL,
    )

    assert [each.events for each in rated.rated.quarantined] == [1]


def test_a_month_is_that_of_the_customers_clock() -> None:
    period = Period(datetime(2026, 2, 1, 5, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC))
    late = datetime(2026, 3, 1, 4, 59, 59, tzinfo=UTC)

    rated, _ = rate(PLAIN, a_call("600", at=late), zone="America/New_York", period=period)

    assert rated.rated.lines[0].events == 1
