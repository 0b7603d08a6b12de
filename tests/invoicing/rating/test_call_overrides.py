"""Overrides of call prices: rows of equal key are replaced, others added."""

from decimal import Decimal

import pytest

from invoicing.rating.call_overrides import settled_keys
from invoicing.rating.overrides import PriceOverride, overridden
from invoicing.rating.price import PriceTerms, PriceVersion
from invoicing.rating.terms.calls import Band, CallRate, Calls
from values.fields import Place
from values.problems import InvalidTerms, Problem

D = Decimal


def row(prefix: str, rate: str, **keys: object) -> CallRate:
    return CallRate(prefix, rate_per_minute=D(rate), **keys)  # type: ignore[arg-type]


DECK = Calls(
    rates=(row("1", "0.01"), row("44", "0.02", band="peak"), row("44", "0.03")),
    bands=(Band("peak"),),
    rates_file="deck.csv",
    file_lines=(2, 3),
)
VOICE = PriceTerms("voice", "CALL", (PriceVersion(None, None, "Voice", DECK, "telephony"),))


def agreed(**keys: object) -> Calls:
    model = overridden(VOICE, PriceOverride(keys=keys)).versions[0].model
    assert isinstance(model, Calls)
    return model


def problems_of(**keys: object) -> list[str]:
    with pytest.raises(InvalidTerms) as caught:
        overridden(VOICE, PriceOverride(keys=keys))
    return [problem.text() for problem in caught.value.problems]


def test_rows_of_equal_key_are_replaced_at_their_place_and_others_added() -> None:
    calls = agreed(
        rates=[
            {"prefix": "49", "rate_per_minute": "0.05"},
            {"prefix": "44", "band": "peak", "rate_per_minute": "0.01", "connect_fee": 1},
        ]
    )

    assert calls.rates == (
        row("1", "0.01"),
        row("44", "0.01", band="peak", connect_fee=D(1)),
        row("44", "0.03"),
        row("49", "0.05"),
    )
    assert (calls.rates_file, calls.file_lines) == (None, ())


def test_all_that_a_row_matches_by_is_its_key() -> None:
    fast = {"prefix": "1", "match": {"model": "fast"}, "rate_per_minute": "0.05"}

    assert len(agreed(rates=[fast]).rates) == 4
    assert len(agreed(rates=[fast | {"direction": "inbound"}]).rates) == 4


def test_other_keys_are_replaced_whole_and_rows_stay() -> None:
    calls = agreed(decimals=2, bundles=[{"code": "free", "seconds": 60}], rates=[])

    assert (calls.decimals, calls.rates) == (2, DECK.rates)
    assert [bundle.code for bundle in calls.bundles] == ["free"]


def test_agreed_rows_that_tie_with_the_deck_are_refused_naming_both() -> None:
    (problem,) = problems_of(
        rates=[
            {"prefix": "7", "rate_per_minute": 1},
            {"prefix": "1", "match": {"model": "fast"}, "rate_per_minute": 1},
            {"prefix": "1", "match": {"voice": "a"}, "rate_per_minute": 1},
        ]
    )

    assert problem.startswith("rates[2]: (")
    assert "ties with rates[1] (" in problem


def test_a_row_that_ties_with_one_of_the_price_names_it_there() -> None:
    price = PriceTerms(
        "voice",
        "CALL",
        (
            PriceVersion(
                None,
                None,
                "Voice",
                Calls((row("9", "1"), row("1", "1", match={"model": "fast"}))),
                "telephony",
            ),
        ),
    )
    override = PriceOverride(
        keys={"rates": [{"prefix": "1", "match": {"voice": "a"}, "rate_per_minute": 1}]}
    )

    with pytest.raises(InvalidTerms) as caught:
        overridden(price, override)

    (problem,) = caught.value.problems
    assert problem.path == ("rates", 0)
    assert "ties with rates[1] of the price (" in problem.message


def test_a_row_that_replaces_an_early_one_is_the_one_that_ties() -> None:
    (problem,) = problems_of(
        rates=[
            {"prefix": "1", "rate_per_minute": 2},
            {"prefix": "44", "match": {"model": "fast"}, "rate_per_minute": 1},
            {"prefix": "44", "match": {"model": ["fast", "slow"]}, "rate_per_minute": 1},
        ]
    )
    assert problem.startswith("rates[2]: (")


def test_a_band_that_rows_of_the_price_need_is_not_taken_away() -> None:
    assert problems_of(bands=[{"name": "night"}]) == ["rates: unknown band 'peak'"]


def test_a_row_of_an_unknown_band_is_refused_at_its_place() -> None:
    assert problems_of(rates=[{"prefix": "1", "band": "pek", "rate_per_minute": 1}]) == [
        "rates[0].band: unknown band 'pek'"
    ]


def settled(
    keys: dict[str, object], *, text: str | None = None
) -> tuple[dict[str, object] | None, list[str]]:
    problems: list[Problem] = []
    found = settled_keys(
        Place(keys, ("overrides", "voice"), problems),
        keys,
        model=DECK,
        zone="America/New_York",
        read_file=None if text is None else lambda name: text,
    )
    return found, [problem.text() for problem in problems]


def test_rows_of_a_file_stand_among_the_rates() -> None:
    keys: dict[str, object] = {"rates_file": "own.csv", "decimals": 3}

    assert settled(keys, text="prefix,rate_per_minute\n44,0.5\n") == (
        {"decimals": 3, "rates": [{"prefix": "44", "rate_per_minute": "0.5"}]},
        [],
    )
    keys["rates"] = [{"rate_per_minute": "1"}]
    assert settled(keys, text="prefix,rate_per_minute\n44,0.5\n") == (
        {
            "decimals": 3,
            "rates": [{"rate_per_minute": "1"}, {"prefix": "44", "rate_per_minute": "0.5"}],
        },
        [],
    )


def test_dates_of_bundles_are_midnights_of_the_customer() -> None:
    bundle = {"code": "free", "seconds": 60, "effective_from": "2024-11-01"}

    assert settled({"bundles": [bundle]}) == (
        {"bundles": [bundle | {"effective_from": "2024-11-01T04:00:00Z"}]},
        [],
    )


def test_keys_that_mean_the_same_everywhere_stay_as_they_are() -> None:
    assert settled({"decimals": 3, "bands": None}) == ({"decimals": 3, "bands": None}, [])


def test_a_file_that_cannot_be_read_is_named_where_the_override_stands() -> None:
    found, (problem,) = settled({"rates_file": "own.csv"})

    assert found is None
    assert problem.startswith("overrides.voice.rates_file: ")


def test_rows_are_settled_in_the_form_in_which_they_are_written() -> None:
    rows = [{"prefix": 44, "rate_per_minute": "0.50", "initial_seconds": 60}]

    assert settled({"rates": rows}) == ({"rates": [{"prefix": "44", "rate_per_minute": "0.5"}]}, [])
    assert settled({"decimals": "3"}) == ({"decimals": "3"}, [])
