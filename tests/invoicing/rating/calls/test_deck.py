from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from invoicing.rating.calls.call import read_call
from invoicing.rating.calls.deck import Deck
from invoicing.rating.calls.row_ties import row_tie_problems
from invoicing.rating.match import ANY, Alternatives
from invoicing.rating.terms.call_rate import CallRate
from tests.invoicing.rating.calls.calling import a_call, a_rate
from values.numeric_range import NumericRange


def chosen(*rows: CallRate, band: str | None = None, **said: Any) -> str | None:
    """Return the tax code of the row that a call gets: rows are named by it here."""
    call = read_call(a_call(**said), from_setup=False)
    row = Deck(rows, decimals=4).find(call, band)
    return row.tax_code if row else None


def named(name: str, **keys: Any) -> CallRate:
    return a_rate(tax_code=name, **keys)


def test_a_direction_outranks_everything_that_follows() -> None:
    rows = (
        named("direction", direction="outbound"),
        named("rest", number_type="mobile", prefix="4420", band="peak", match={"model": "fast"}),
    )

    assert chosen(*rows, band="peak", number_type="mobile", model="fast") == "direction"


def test_a_number_type_outranks_a_prefix() -> None:
    rows = (named("type", number_type="mobile"), named("prefix", prefix="4420", band="peak"))

    assert chosen(*rows, band="peak", number_type="mobile") == "type"
    assert chosen(*rows, band="peak", number_type="local") == "prefix"


def test_a_longer_prefix_outranks_a_band() -> None:
    rows = (named("longer", prefix="44"), named("band", prefix="4", band="peak"))

    assert chosen(*rows, band="peak") == "longer"


def test_a_band_outranks_any_number_of_matches() -> None:
    rows = (named("band", band="peak"), named("match", match={"model": "fast", "voice": "x"}))

    assert chosen(*rows, band="peak", model="fast", voice="x") == "band"
    assert chosen(*rows, band="night", model="fast", voice="x") == "match"


def test_the_row_with_most_matches_wins_and_a_jurisdiction_is_one() -> None:
    rows = (
        named("one", rate_jurisdiction="interstate"),
        named("two", match={"model": "fast", "voice": "x"}),
        named("none"),
    )
    said = {"rate_jurisdiction": "interstate", "voice": "x"}

    assert chosen(*rows, **said, model="fast") == "two"
    assert chosen(*rows, **said, model="slow") == "one"
    assert chosen(*rows, model="slow") == "none"


def test_a_shorter_prefix_serves_where_the_longer_one_asks_for_more() -> None:
    rows = (named("longer", prefix="44", band="peak"), named("shorter", prefix="4"))

    assert chosen(*rows, band="night") == "shorter"


def test_a_direction_or_type_nobody_named_gets_the_rows_for_all() -> None:
    rows = (named("out", direction="outbound"), named("all"))

    assert chosen(*rows, direction="inbound", from_number="+1") == "all"
    assert chosen(*rows, direction=None) == "all"


@pytest.mark.parametrize("number", [None, "anonymous", "+3912345"])
def test_only_a_row_of_no_prefix_is_for_a_number_that_no_prefix_fits(number: str | None) -> None:
    assert chosen(named("uk", prefix="44"), to_number=number) is None
    assert chosen(named("uk", prefix="44"), named("all"), to_number=number) == "all"


def test_a_number_may_be_as_short_as_its_prefix() -> None:
    assert chosen(named("short", prefix="112"), named("long", prefix="1123"), to_number="112") == (
        "short"
    )


def test_words_are_compared_exactly() -> None:
    assert chosen(named("out", direction="outbound"), direction="Outbound") is None


def test_matches_are_those_of_rate_cards() -> None:
    rows = (
        named("absent", match={"model": None}),
        named("list", match={"model": Alternatives(("fast", "slow"))}),
        named("range", match={"tokens": NumericRange(gte=Decimal(1000))}),
        named("any", match={"model": ANY}),
    )

    assert chosen(rows[0], rows[1]) == "absent"
    assert chosen(rows[0], rows[1], model="slow") == "list"
    assert chosen(rows[2], tokens=1000) == "range"
    assert chosen(rows[2], tokens=999) is None
    assert chosen(rows[3], model="never seen") == "any"


def test_the_memory_of_what_was_asked_is_bounded() -> None:
    deck = Deck([named("all")], decimals=4)

    for index in range(300):
        call = read_call(a_call(direction=f"way {index}"), from_setup=False)
        assert deck.find(call, None) is not None

    assert len(deck._asked) < 300


def test_rows_that_one_call_can_match_at_one_rank_are_named_both() -> None:
    rows = (
        a_rate(prefix="1"),
        a_rate(prefix="44", match={"model": "fast"}),
        a_rate(prefix="44", match={"voice": "x"}),
        a_rate(prefix="1"),
    )

    problems = row_tie_problems(rows)

    assert [problem.text() for problem in problems] == [
        (
            "rates[2]: (prefix: 44, voice: x) ties with rates[1] (prefix: 44, model: fast): "
            "one call can match both at the same rank"
        ),
        (
            "rates[3]: (prefix: 1) ties with rates[0] (prefix: 1): "
            "one call can match both at the same rank"
        ),
    ]


@pytest.mark.parametrize(
    "one, other",
    [
        ({"direction": "outbound"}, {"direction": "inbound"}),
        ({"direction": "outbound"}, {}),
        ({"number_type": "mobile"}, {"number_type": "local"}),
        ({"prefix": "1"}, {"prefix": "2"}),
        ({"prefix": "1"}, {"prefix": "12"}),
        ({"band": "peak"}, {"band": "night"}),
        ({"band": "peak"}, {}),
        ({"rate_jurisdiction": "interstate"}, {"rate_jurisdiction": "intrastate"}),
        ({"rate_jurisdiction": "interstate"}, {}),
        ({"match": {"model": "fast"}}, {"match": {"model": "slow"}}),
        ({"match": {"model": "fast"}}, {"match": {"model": None}}),
    ],
)
def test_rows_that_no_call_or_no_rank_brings_together_do_not_tie(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert row_tie_problems((a_rate(**one), a_rate(**other))) == []


def test_a_jurisdiction_ties_with_a_match_of_something_else() -> None:
    rows = (a_rate(rate_jurisdiction="interstate"), a_rate(match={"model": "fast"}))

    assert len(row_tie_problems(rows)) == 1


def test_no_more_than_twenty_ties_are_named() -> None:
    rows = [a_rate(prefix=str(index)) for index in range(100, 200)] * 2

    assert len(row_tie_problems(rows)) == 20
