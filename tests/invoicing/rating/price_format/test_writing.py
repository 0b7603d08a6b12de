import json

from hypothesis import given
from hypothesis import strategies as st

from invoicing.rating.price import PriceVersion
from invoicing.rating.price_format.keys import PRICE_KEYS
from invoicing.rating.price_format.writing import terms_as_json, version_as_json
from tests.invoicing.rating.price_format.generated_prices import versions
from tests.invoicing.rating.price_format.keys_of_prices import (
    GRADUATED,
    PER_UNIT,
    Keys,
    version_of,
)


@given(versions(), st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata"]))
def test_what_is_written_is_read_back_the_same(version: PriceVersion, zone: str) -> None:
    written = json.loads(json.dumps(version_as_json(version, zone=zone)))

    assert version_of(written, zone=zone) == version
    assert version_as_json(version_of(written, zone=zone), zone=zone) == written


@given(versions())
def test_keys_are_written_in_one_order(version: PriceVersion) -> None:
    places = [PRICE_KEYS.index(key) for key in version_as_json(version) if key != "bands"]

    assert places == sorted(places)


@given(versions())
def test_nothing_written_is_empty(version: PriceVersion) -> None:
    assert None not in version_as_json(version).values()


def _written(keys: Keys) -> dict[str, object]:
    return terms_as_json(version_of(keys))


def test_defaults_are_left_out() -> None:
    assert _written({"kind": "recurring", "amount": "5.00", "timing": "advance"}) == {"amount": "5"}
    assert _written({"kind": "seat", "model": "per_unit", "unit_price": 5}) == {"unit_price": "5"}
    assert _written({**GRADUATED, "flat_fee_at_zero": False}) == {
        "model": "graduated",
        "tiers": [{"up_to": "1000", "unit_price": "0.1"}, {"up_to": None, "unit_price": "0.05"}],
    }


def test_a_section_that_its_kind_has_anyway_is_left_out() -> None:
    assert "section" not in version_as_json(version_of({**PER_UNIT, "section": "usage"}))
    assert version_as_json(version_of({**PER_UNIT, "section": "premium"}))["section"] == "premium"
