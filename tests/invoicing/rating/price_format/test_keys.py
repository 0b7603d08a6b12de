import pytest

from invoicing.rating.price import PriceKind
from invoicing.rating.price_format.keys import MODEL_KEYS, PRICE_KEYS, keys_of, owners
from tests.invoicing.rating.price_format.keys_of_prices import (
    GRADUATED,
    PER_UNIT,
    Keys,
    problems_of,
)


@pytest.mark.parametrize(
    "keys,problem",
    [
        (
            {**PER_UNIT, "tiers": [{"unit_price": 1}]},
            "tiers: belongs to graduated, volume, graduated_percentage",
        ),
        ({**GRADUATED, "unit_price": "1"}, "unit_price: belongs to per_unit, seat"),
        ({**GRADUATED, "percent": "1"}, "percent: belongs to percentage"),
        ({**GRADUATED, "amount": "1"}, "amount: belongs to recurring, one_time"),
        ({**GRADUATED, "timing": "advance"}, "timing: belongs to recurring, seat"),
        ({**GRADUATED, "rates": [{}]}, "rates: belongs to call"),
        ({**GRADUATED, "bands": [{}]}, "bands: belongs to call, performance"),
        (
            {"kind": "seat", "unit_price": 1, "rate_card": "x"},
            "rate_card: belongs to per_unit",
        ),
        ({"kind": "recurring", "amount": 1, "meter": "X"}, "meter: belongs to usage, call"),
        (
            {"kind": "recurring", "amount": 1, "model": "volume"},
            "model: belongs to seat, usage",
        ),
        (
            {"kind": "seat", "unit_price": 1, "included": {}, "outcome": {"a": 1}},
            "outcome: belongs to usage",
        ),
        (
            {"kind": "one_time", "amount": 1, "minimum_amount": 1},
            "minimum_amount: belongs to usage",
        ),
    ],
)
def test_a_key_of_another_price_is_refused_with_what_it_belongs_to(
    keys: Keys, problem: str
) -> None:
    assert problems_of(keys) == [problem]


@pytest.mark.parametrize("empty", [None, [], {}])
def test_null_and_an_empty_list_are_no_use_of_a_key(empty: object) -> None:
    assert problems_of({**PER_UNIT, "tiers": empty, "amount": empty}) == []


def test_every_key_belongs_to_all_prices_or_to_somebody() -> None:
    common = keys_of(PriceKind.RECURRING, None) & keys_of(PriceKind.PERFORMANCE, None)

    assert {key for key in PRICE_KEYS if not owners(key)} == common


def test_a_price_has_the_keys_of_its_own_model_alone() -> None:
    others = {key for model, keys in MODEL_KEYS.items() if model != "package" for key in keys}

    assert not keys_of(PriceKind.USAGE, "package") & others
