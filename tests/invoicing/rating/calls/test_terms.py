"""What no price of calls may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.terms.allowance import Rollover
from invoicing.rating.terms.band import Band
from invoicing.rating.terms.bundle import Bundle
from invoicing.rating.terms.call_rate import CallRate, RateStep
from invoicing.rating.terms.calls import Calls
from tests.invoicing.rating.calls.calling import a_rate
from values.problems import InvalidTerms

ONE = Decimal(1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def refused(make: Callable[..., object], **keys: Any) -> list[str]:
    with pytest.raises(InvalidTerms) as raised:
        make(**keys)
    return [problem.text() for problem in raised.value.problems]


@pytest.mark.parametrize(
    "keys, problem",
    [
        ({"prefix": "+44"}, "prefix: must be digits, without +"),
        ({"prefix": "4" * 33}, "prefix: has more than 32 digits"),
        (
            {"rate_jurisdiction": "local"},
            (
                "rate_jurisdiction: must be one of interstate, intrastate, international, "
                "indeterminate"
            ),
        ),
        ({"match": {" ": "x"}}, "match: a property needs a name"),
        ({"match": {"model": "*"}}, "match.model: '*' is the wildcard, not a value"),
        ({"rate_per_minute": None}, "needs a rate_per_minute or steps"),
        ({"rate_per_minute": Decimal(-1)}, "rate_per_minute: a rate must not be negative"),
        ({"initial_seconds": -1}, "initial_seconds: must be 0 to 31622400"),
        ({"increment_seconds": 0}, "increment_seconds: must be 1 to 31622400"),
        ({"connect_fee": Decimal(-1)}, "connect_fee: a rate must not be negative"),
        ({"minimum_charge": Decimal(-1)}, "minimum_charge: a rate must not be negative"),
        ({"maximum_charge": Decimal(-1)}, "maximum_charge: a rate must not be negative"),
        (
            {"minimum_charge": ONE, "maximum_charge": Decimal(0)},
            "maximum_charge: is less than minimum_charge",
        ),
        (
            {"steps": (RateStep(0, ONE, 60, 60),)},
            "rate_per_minute: stands beside steps, write one of them",
        ),
    ],
)
def test_a_row_says_what_is_wrong_with_it(keys: dict[str, Any], problem: str) -> None:
    assert refused(CallRate, **{"rate_per_minute": ONE, **keys}) == [problem]


@pytest.mark.parametrize(
    "steps, problem",
    [
        (((1, 60, 60),), "steps[0].from_second: must be 0: the first step begins with the call"),
        (((0, 60, 60), (0, 60, 60)), "steps[1].from_second: must be more than 0"),
        (((0, 0, 60),), "steps[0].per_seconds: must be 1 to 31622400"),
        (((0, 60, 0),), "steps[0].increment_seconds: must be 1 to 31622400"),
        (((0, 60, 60), (31622401, 60, 60)), "steps[1].from_second: must be 0 to 31622400"),
    ],
)
def test_steps_rise_from_the_begin_of_the_call(
    steps: tuple[tuple[int, int, int], ...], problem: str
) -> None:
    made = tuple(RateStep(start, ONE, per, increment) for start, per, increment in steps)

    assert refused(CallRate, steps=made) == [problem]


@pytest.mark.parametrize(
    "keys, problem",
    [
        ({"name": " "}, "name: must not be empty"),
        ({"days": frozenset({7})}, "days: must be days of the week"),
        (
            {"from_time": time(8, 0, 0, 5)},
            "from: must be a local time in whole seconds",
        ),
        ({"to_time": time(8, tzinfo=UTC)}, "to: must be a local time in whole seconds"),
    ],
)
def test_a_band_says_what_is_wrong_with_it(keys: dict[str, Any], problem: str) -> None:
    assert refused(Band, **{"name": "peak", **keys}) == [problem]


@pytest.mark.parametrize(
    "keys, problem",
    [
        ({"code": ""}, "code: must not be empty"),
        ({"seconds": -1}, "seconds: must not be negative"),
        ({"prefixes": ("44", "+1")}, "prefixes[1]: must be digits, without +"),
        (
            {"effective_from": NEW_YEAR, "effective_to": NEW_YEAR},
            "effective_to: must be after effective_from",
        ),
        (
            {"effective_to": NEW_YEAR, "rollover": Rollover(1)},
            "rollover: belongs to a bundle that is granted each period",
        ),
        ({"rollover": Rollover(0)}, "rollover.periods: must be 1 or more"),
        (
            {"rollover": Rollover(1, Decimal(-1))},
            "rollover.maximum: must not be negative",
        ),
    ],
)
def test_a_bundle_says_what_is_wrong_with_it(keys: dict[str, Any], problem: str) -> None:
    assert refused(Bundle, **{"code": "B", "seconds": 1, **keys}) == [problem]


@pytest.mark.parametrize(
    "keys, problem",
    [
        ({"rates": ()}, "rates: needs at least one row"),
        ({"decimals": 13}, "decimals: must be 0 to 12"),
        ({"decimals": -1}, "decimals: must be 0 to 12"),
        ({"min_billable_seconds": -1}, "min_billable_seconds: must not be negative"),
        ({"rates": (a_rate(band="paek"),)}, "rates[0].band: unknown band 'paek'"),
        ({"bundles": (Bundle("B", 1), Bundle("B", 2))}, "bundles[1]: 'B' stands twice"),
        ({"lines_by": ("direction", "direction")}, "lines_by[1]: 'direction' stands twice"),
        ({"lines_by": ("",)}, "lines_by[0]: must not be empty"),
        (
            {"lines_by": ("band",)},
            "lines_by[0]: is no dimension of a line: one call may lie in several bands",
        ),
        (
            {"bands": (Band("a"), Band("b"))},
            "bands[1]: ('b') overlaps bands[0] ('a') with the same priority: which one holds?",
        ),
        (
            {"rates": (a_rate(), a_rate())},
            (
                "rates[1]: (anything) ties with rates[0] (anything): "
                "one call can match both at the same rank"
            ),
        ),
    ],
)
def test_a_price_says_what_is_wrong_with_it(keys: dict[str, Any], problem: str) -> None:
    assert refused(Calls, **{"rates": (a_rate(),), **keys}) == [problem]


def test_a_default_band_is_a_band_that_rows_may_name() -> None:
    model = Calls(rates=(a_rate(band="off_peak"),), default_band="off_peak")

    assert model.deck.units_of_charge * 10**4 == model.deck.units


def test_a_rate_of_the_file_is_named_by_its_line_and_one_of_the_document_by_none() -> None:
    rates = tuple(a_rate(prefix=prefix) for prefix in ("1", "44", "49"))
    model = Calls(rates=rates, rates_file="deck.csv", file_lines=(2, 7))

    assert [model.line_of_rate(index) for index in range(3)] == [
        None, "deck.csv line 2", "deck.csv line 7",
    ]  # fmt: skip


def test_the_deck_is_compiled_once() -> None:
    model = Calls(rates=(a_rate(),))

    assert model.deck is model.deck


def test_a_row_may_begin_with_no_second_or_with_a_leap_year_of_them() -> None:
    short = CallRate(rate_per_minute=ONE, initial_seconds=0, increment_seconds=1)
    long = CallRate(rate_per_minute=ONE, initial_seconds=31_622_400, increment_seconds=31_622_400)

    assert (short.initial_seconds, long.initial_seconds) == (0, long.increment_seconds)
