"""The keys of call prices, and the files of their rates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.match import ANY, Alternatives
from invoicing.rating.price_format.calls import calls_as_json, read_calls
from invoicing.rating.price_format.keys import price_section
from invoicing.rating.terms.allowance import Rollover
from invoicing.rating.terms.calls import (
    Band,
    BandPolicy,
    Bundle,
    CallRate,
    CallRounding,
    Calls,
    DurationBasis,
    RateStep,
)
from values.fields import Place
from values.problems import InvalidTerms, Problem

NEW_YORK = "America/New_York"
ROW = {"rate_per_minute": "0.04"}
FULL: dict[str, Any] = {
    "decimals": 6,
    "call_rounding": "up",
    "duration_basis": "setup",
    "min_billable_seconds": 3,
    "band_policy": "call_start",
    "default_band": "off_peak",
    "bands": [
        {"name": "peak", "days": ["mon", "fri"], "from": "08:00", "to": "18:00:30", "priority": 10},
        {"name": "holiday", "dates": ["2026-12-25"], "priority": -20},
    ],
    "rates": [
        {
            "direction": "outbound",
            "number_type": "local",
            "prefix": "1",
            "band": "peak",
            "rate_per_minute": "0.014",
            "initial_seconds": 30,
            "increment_seconds": 6,
            "connect_fee": "0.05",
            "minimum_charge": "0.1",
            "maximum_charge": "1",
            "rate_jurisdiction": "interstate",
            "match": {"model": ["fast", "slow"], "voice": "*"},
            "tax_code": "VOIP",
        },
        {
            "prefix": "44",
            "steps": [
                {"from_second": 0, "price": "0.2", "per_seconds": 60, "increment_seconds": 60},
                {"from_second": 60, "price": "0.1", "per_seconds": 60, "increment_seconds": 1},
            ],
        },
    ],
    "bundles": [
        {
            "code": "B",
            "seconds": 30000,
            "directions": ["inbound"],
            "number_types": ["local"],
            "prefixes": ["1", "44"],
            "lines": ["L1"],
            "priority": 10,
            "rollover": {"periods": 1, "maximum": "600"},
        },
        {
            "code": "ONCE",
            "seconds": 60,
            "effective_from": "2026-02-01",
            "effective_to": "2026-03-01T00:00:00Z",
        },
    ],
    "lines_by": ["direction", "prefix"],
}


def files(**texts: str) -> Callable[[str], str]:
    def read_file(name: str) -> str:
        try:
            return texts[name.replace(".", "_")]
        except KeyError as error:
            raise InvalidTerms([Problem((), "No such file or directory")]) from error

    return read_file


def read(
    keys: dict[str, Any], *, deck: str | None = None, zone: str = "UTC"
) -> tuple[Calls | None, list[str]]:
    problems: list[Problem] = []
    section = price_section(Place(keys, ("prices", 0), problems))
    read_file = None if deck is None else files(deck_csv=deck)
    found = read_calls(section, zone=zone, read_file=read_file)
    return found, [problem.text() for problem in problems]


def test_every_key_is_read() -> None:
    calls, problems = read(FULL, zone=NEW_YORK)

    assert problems == []
    assert calls == Calls(
        rates=(
            CallRate(
                prefix="1",
                direction="outbound",
                number_type="local",
                band="peak",
                rate_jurisdiction="interstate",
                match={"model": Alternatives(("fast", "slow")), "voice": ANY},
                rate_per_minute=Decimal("0.014"),
                initial_seconds=30,
                increment_seconds=6,
                connect_fee=Decimal("0.05"),
                minimum_charge=Decimal("0.1"),
                maximum_charge=Decimal(1),
                tax_code="VOIP",
            ),
            CallRate(
                prefix="44",
                steps=(
                    RateStep(0, Decimal("0.2"), 60, 60),
                    RateStep(60, Decimal("0.1"), 60, 1),
                ),
            ),
        ),
        decimals=6,
        call_rounding=CallRounding.UP,
        duration_basis=DurationBasis.SETUP,
        min_billable_seconds=3,
        band_policy=BandPolicy.CALL_START,
        default_band="off_peak",
        bands=(
            Band("peak", frozenset({0, 4}), frozenset(), time(8), time(18, 0, 30), 10),
            Band("holiday", dates=frozenset({date(2026, 12, 25)}), priority=-20),
        ),
        bundles=(
            Bundle(
                code="B",
                seconds=30000,
                directions=("inbound",),
                number_types=("local",),
                prefixes=("1", "44"),
                lines=("L1",),
                priority=10,
                rollover=Rollover(1, Decimal(600)),
            ),
            Bundle(
                code="ONCE",
                seconds=60,
                effective_from=datetime(2026, 2, 1, 5, tzinfo=UTC),
                effective_to=datetime(2026, 3, 1, tzinfo=UTC),
            ),
        ),
        lines_by=("direction", "prefix"),
    )


def test_what_is_read_is_written_again() -> None:
    calls, _ = read(FULL, zone=NEW_YORK)

    assert calls is not None
    assert calls_as_json(calls, zone=NEW_YORK) == FULL
    assert list(calls_as_json(calls, zone=NEW_YORK)) == list(FULL)


def test_without_a_zone_times_are_written_in_utc() -> None:
    calls, _ = read(FULL, zone=NEW_YORK)
    assert calls is not None

    written = calls_as_json(calls)

    again, problems = read(written, zone="Asia/Tokyo")
    assert (again, problems) == (calls, [])


def test_what_is_left_out_is_60_60_at_four_places_by_the_half_up() -> None:
    calls, problems = read({"rates": [ROW]})

    assert problems == []
    assert calls == Calls((CallRate(rate_per_minute=Decimal("0.04")),))
    assert calls_as_json(calls) == {"rates": [ROW]}


def test_numbers_may_be_numbers_and_null_is_left_out() -> None:
    row = {**ROW, "prefix": 44, "minimum_charge": None, "initial_seconds": "6", "match": None}
    keys = {"rates": [row], "bundles": [], "on_unmatched": "quarantine", "default_band": None}

    calls, problems = read(keys)

    assert problems == []
    assert calls is not None
    assert (calls.rates[0].prefix, calls.rates[0].initial_seconds) == ("44", 6)


@pytest.mark.parametrize(
    "written,priority",
    [(-5, -5), ("-5", -5), (-1_000_000, -1_000_000), ("1000000", 1_000_000), (0, 0), ("-0", 0)],
)
def test_a_priority_may_be_below_zero(written: object, priority: int) -> None:
    calls, problems = read({"rates": [ROW], "bands": [{"name": "low", "priority": written}]})

    assert problems == []
    assert calls is not None
    assert calls.bands[0].priority == priority


@pytest.mark.parametrize(
    "written", [-1_000_001, 1_000_001, "-\u00b2", "-" + "9" * 5000, "-", "--1", True, "-1.5"]
)
def test_what_is_no_priority_is_refused(written: object) -> None:
    calls, problems = read({"rates": [ROW], "bands": [{"name": "low", "priority": written}]})

    assert calls is None
    assert problems == [
        "prices[0].bands[0].priority: must be a whole number from -1000000 to 1000000"
    ]


def test_each_day_of_the_week_has_its_word() -> None:
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    bands = [{"name": word, "days": [word]} for word in week]

    calls, problems = read({"rates": [ROW], "bands": bands})

    assert problems == []
    assert calls is not None
    assert [band.days for band in calls.bands] == [frozenset({index}) for index in range(7)]


def test_an_empty_prefix_is_the_catch_all() -> None:
    calls, problems = read({"rates": [{**ROW, "prefix": ""}]})

    assert (calls, problems) == (Calls((CallRate(rate_per_minute=Decimal("0.04")),)), [])


def test_a_step_without_an_increment_has_that_of_its_row() -> None:
    row = {"increment_seconds": 6, "steps": [{"from_second": 0, "price": "0.1"}]}

    calls, _ = read({"rates": [row]})

    assert calls is not None
    assert calls.rates[0].steps == (RateStep(0, Decimal("0.1"), 60, 6),)


@pytest.mark.parametrize("to", ["24:00", "00:00", None])
def test_a_day_ends_at_24_or_at_0(to: str | None) -> None:
    calls, problems = read({"rates": [ROW], "bands": [{"name": "late", "from": "18:00", "to": to}]})

    assert problems == []
    assert calls is not None
    assert (calls.bands[0].from_time, calls.bands[0].to_time) == (time(18), time(0))


@pytest.mark.parametrize(
    "keys, problem",
    [
        ({"on_unmatched": "fallback"}, "on_unmatched: must be one of quarantine"),
        ({"rates": []}, "rates: needs at least one row"),
        ({"rates": [{**ROW, "prefx": "1"}]}, "rates[0].prefx: unknown key, did you mean 'prefix'?"),
        ({"rates": [{**ROW, "prefix": "+1"}]}, "rates[0].prefix: must be digits, without +"),
        ({"rates": [{**ROW, "match": []}]}, "rates[0].match: must be a mapping"),
        (
            {"rates": [{**ROW, "match": {"model": []}}]},
            "rates[0].match.model: a list of alternatives must not be empty",
        ),
        (
            {"rates": [{"initial_seconds": 6, "steps": [{"from_second": 0, "price": "1"}]}]},
            "rates[0].initial_seconds: stands beside steps, which have their own increments",
        ),
        ({"rates": [{"steps": [{"price": "1"}]}]}, "rates[0].steps[0].from_second: is required"),
        ({"rates": [{"steps": [{"from_second": 0}]}]}, "rates[0].steps[0].price: is required"),
        (
            {"rates": [{"steps": [{"from_second": 5, "price": "1"}]}]},
            "rates[0].steps[0].from_second: must be 0: the first step begins with the call",
        ),
        ({"bands": [{"name": "a", "days": ["monday"]}]}, "bands[0].days[0]: must be one of mon, "),
        ({"bands": [{"name": "a", "from": 800}]}, "bands[0].from: must be a time of day such as"),
        ({"bands": [{"name": "a", "to": "8:00"}]}, "bands[0].to: must be a time of day such as"),
        ({"bands": [{"name": "a", "dates": ["25.12."]}]}, "bands[0].dates[0]: must be a date such"),
        ({"bands": [{"name": "a", "priority": "x"}]}, "bands[0].priority: must be a whole number"),
        ({"bands": [{}]}, "bands[0].name: is required"),
        ({"bundles": [{"code": "B"}]}, "bundles[0].seconds: is required"),
        ({"bundles": [{"seconds": 1}]}, "bundles[0].code: is required"),
        (
            {"bundles": [{"code": "B", "seconds": 1, "rollover": {}}]},
            "bundles[0].rollover.periods: is required",
        ),
        ({"rates_file": "deck.csv"}, "rates_file: there is no folder here to read it from"),
        ({"rates_file": 5.5}, "rates_file: must be text"),
    ],
)
def test_what_is_wrong_is_named_with_its_path(keys: dict[str, Any], problem: str) -> None:
    calls, problems = read({"rates": [ROW], **keys})

    assert calls is None
    assert len(problems) == 1
    assert problems[0].startswith(f"prices[0].{problem}")


DECK = """direction,prefix,band,rate_per_minute,increment_seconds,match.model,tax_code
outbound,44,,0.02,6,fast,VOIP

outbound,,,0.05,,,
"""


def test_the_rows_of_a_file_follow_those_of_the_document() -> None:
    calls, problems = read({"rates": [ROW], "rates_file": "deck.csv"}, deck="\ufeff" + DECK)

    assert problems == []
    assert calls is not None
    assert calls.rates == (
        CallRate(rate_per_minute=Decimal("0.04")),
        CallRate(
            direction="outbound",
            prefix="44",
            rate_per_minute=Decimal("0.02"),
            increment_seconds=6,
            match={"model": "fast"},
            tax_code="VOIP",
        ),
        CallRate(direction="outbound", rate_per_minute=Decimal("0.05")),
    )


def test_the_rows_of_a_file_are_written_only_as_its_name() -> None:
    calls, _ = read({"rates": [ROW], "rates_file": "deck.csv"}, deck=DECK)
    alone, _ = read({"rates_file": "deck.csv"}, deck=DECK)

    assert calls is not None
    assert alone is not None
    assert calls_as_json(calls) == {"rates": [ROW], "rates_file": "deck.csv"}
    assert calls_as_json(alone) == {"rates_file": "deck.csv"}


@pytest.mark.parametrize(
    "name", ["../deck.csv", "/etc/passwd", "a/deck.csv", "..", ".hidden", "a\\b.csv", "a\x00b"]
)
def test_a_file_lies_beside_the_document(name: str) -> None:
    _, problems = read({"rates_file": name}, deck=DECK)

    assert problems == ["prices[0].rates_file: must be the name of a file beside the document"]


def test_a_file_that_is_not_there_is_named_where_it_is_asked_for() -> None:
    _, problems = read({"rates_file": "other.csv"}, deck=DECK)

    assert problems == ["prices[0].rates_file: No such file or directory"]


@pytest.mark.parametrize(
    "deck, expected",
    [
        ("", ["deck.csv: has no rows"]),
        ("prefix,rate_per_minute\n", ["deck.csv: has no rows"]),
        ("prefix,prefix\n", ["deck.csv.prefix: this column stands here twice"]),
        ("steps\n", ["deck.csv.steps: steps stand in the document, not in a file"]),
        ("match.\n", ["deck.csv.match.: a column needs a name"]),
        ("prefx\n", ["deck.csv.prefx: unknown key, did you mean 'prefix'?"]),
        ("match\n", ["deck.csv.match: unknown key"]),
        ("prefix,rate_per_minute\n1,2,3\n", ["deck.csv line 2: has more than 2 cells"]),
        ('prefix\n"1', ["deck.csv line 2: is not CSV: unexpected end of data"]),
        (
            "prefix,rate_per_minute\n1,x\n,\ny,0.1\n",
            [
                "deck.csv line 2.rate_per_minute: 'x' is not a number such as 12 or 0.25",
                "deck.csv line 4.prefix: must be digits, without +",
            ],
        ),
        (
            "direction,rate_per_minute,band\n,0.1,peak\nin,0.1,\nin,0.1,\n,0.2,\n",
            [
                "deck.csv line 2.band: unknown band 'peak'",
                (
                    "deck.csv line 4: (direction: in) ties with deck.csv line 3 (direction: in): "
                    "one call can match both at the same rank"
                ),
                (
                    "deck.csv line 5: (anything) ties with prices[0].rates[0] (anything): "
                    "one call can match both at the same rank"
                ),
            ],
        ),
    ],
)
def test_problems_of_a_file_name_its_line_and_column(deck: str, expected: list[str]) -> None:
    calls, problems = read({"rates": [ROW], "rates_file": "deck.csv"}, deck=deck)

    assert calls is None
    assert problems == expected
