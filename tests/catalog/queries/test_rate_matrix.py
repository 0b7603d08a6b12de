"""Entries of a rate card as a table."""

from decimal import Decimal
from typing import Any

from catalog.queries.rate_matrix import match_of, rate_matrix
from invoicing.rating.entries import RateEntry
from invoicing.rating.match_format import parse_match

KEYS = ("region", "outcome")


def _entry(rate: str, priority: int = 0, **match: Any) -> RateEntry:
    return RateEntry(match=parse_match(match), rate=Decimal(rate), priority=priority)


def test_values_stand_in_the_order_of_the_entries() -> None:
    entries = [
        _entry("0.20", region="US", outcome="resolved"),
        _entry("0.60", region="US", outcome="*"),
        _entry("0.000000000001", region="EU", outcome="resolved"),
    ]

    matrix, kept = rate_matrix(entries=entries, keys=KEYS)

    assert matrix.rows == ("US", "EU")
    assert matrix.columns == ("resolved", "*")
    assert dict(matrix.rates) == {
        ("US", "resolved"): "0.20",
        ("US", "*"): "0.60",
        ("EU", "resolved"): "0.000000000001",
    }
    assert kept == []


def test_what_no_cell_can_show_is_kept_beside_the_table() -> None:
    entries = [
        _entry("1", region=["US", "EU"], outcome="resolved"),
        _entry("2", region="US"),
        _entry("3", priority=1, region="US", outcome="resolved"),
        _entry("4", region=None, outcome="resolved"),
        _entry("5", region={"gte": "3"}, outcome="resolved"),
        _entry("6", region="two\nlines", outcome="resolved"),
    ]

    matrix, kept = rate_matrix(entries=entries, keys=KEYS)

    assert kept == entries
    assert matrix.combinations() == []


def test_each_combination_of_further_keys_is_a_table_of_its_own() -> None:
    keys = ("region", "outcome", "model", "channel")
    entries = [
        _entry("1", region="US", outcome="resolved", model="fast", channel="voice"),
        _entry("2", region="US", outcome="resolved", model="deep", channel="*"),
    ]

    matrix, _ = rate_matrix(entries=entries, keys=keys)

    assert matrix.layers == (("fast", "voice"), ("deep", "*"))
    assert [matrix.rates[cell] for cell in matrix.combinations()] == ["1.00", "2.00"]


def test_a_rate_has_two_decimals_and_all_that_it_needs() -> None:
    entries = [_entry("0.2", region="US"), _entry("0.2250", region="EU"), _entry("10", region="*")]

    matrix, _ = rate_matrix(entries=entries, keys=("region",))

    assert [matrix.rates[cell] for cell in matrix.combinations()] == ["0.20", "0.225", "10.00"]


def test_a_meter_with_one_key_has_one_column_and_one_without_keys_one_cell() -> None:
    one, _ = rate_matrix(entries=[_entry("1", region="US")], keys=("region",))
    none, _ = rate_matrix(entries=[_entry("2")], keys=())

    assert one.combinations() == [("US",)]
    assert none.combinations() == [()]
    assert none.rates[()] == "2.00"


def test_a_star_asks_for_any_value() -> None:
    assert match_of(("US", "*"), KEYS) == parse_match({"region": "US", "outcome": "*"})
