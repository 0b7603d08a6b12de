import json
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from invoicing.assembly.carried import Carried
from invoicing.assembly.carried_format import carried_as_json, carried_from_json
from invoicing.rating.lots import Lot

OCTOBER = datetime(2024, 10, 1, 4, tzinfo=UTC)
NOVEMBER = datetime(2024, 11, 1, 4, tzinfo=UTC)
CARRIED = Carried(
    lots={
        "minutes": (
            Lot(left=Decimal("120.50"), granted_at=OCTOBER, expires_at=NOVEMBER),
            Lot(left=Decimal(30), granted_at=NOVEMBER, expires_at=None),
        )
    },
    used_in_year={"tokens": (OCTOBER, Decimal("7E+1"))},
)
STORED = {
    "lots": {
        "minutes": [
            {
                "left": "120.5",
                "granted_at": "2024-10-01T04:00:00+00:00",
                "expires_at": "2024-11-01T04:00:00+00:00",
            },
            {"left": "30", "granted_at": "2024-11-01T04:00:00+00:00", "expires_at": None},
        ]
    },
    "used_in_year": {"tokens": {"from": "2024-10-01T04:00:00+00:00", "used": "70"}},
}


def test_lots_and_the_use_of_a_year_are_stored_as_text() -> None:
    assert carried_as_json(CARRIED) == STORED


def test_what_was_stored_is_read_back() -> None:
    assert carried_from_json(json.loads(json.dumps(STORED))) == CARRIED


def test_a_third_of_a_unit_is_carried_exactly() -> None:
    third = Carried(
        lots={"minutes": (Lot(Fraction(1, 3), OCTOBER, None),)},
        used_in_year={"minutes": (OCTOBER, Fraction(500, 3))},
    )

    stored = json.loads(json.dumps(carried_as_json(third)))

    assert stored["lots"]["minutes"][0]["left"] == "1/3"
    assert carried_from_json(stored) == third


def test_nothing_carried_is_nothing_stored() -> None:
    assert carried_as_json(Carried()) == {}
    assert carried_from_json({}) == Carried()
