from datetime import datetime, timedelta
from decimal import Decimal

from invoicing.rating.price import PriceVersion
from invoicing.rating.terms.fixed import Recurring
from invoicing.rating.versions import gap_at, in_time_order, range_text, version_at
from tests.invoicing.rating.fees import day, version

FEE = Recurring(Decimal(9))
EARLY = version(FEE, None, "2025-01-01")
MIDDLE = version(FEE, "2025-02-01", "2025-03-01")
LATE = version(FEE, "2025-04-01")
ALL = (LATE, EARLY, MIDDLE)
SOON = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return day(text)


def test_the_version_in_force_begins_with_its_first_instant_and_not_with_its_last() -> None:
    found: list[PriceVersion | None] = [
        version_at(ALL, at(text) - late)
        for text in ("2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01")
        for late in (SOON, timedelta())
    ]

    assert found == [EARLY, None, None, MIDDLE, MIDDLE, None, None, LATE]


def test_a_gap_reaches_from_the_last_end_to_the_next_beginning() -> None:
    assert gap_at(ALL, at("2025-01-01")) == (at("2025-01-01"), at("2025-02-01"))
    assert gap_at(ALL, at("2025-03-15")) == (at("2025-03-01"), at("2025-04-01"))
    assert gap_at((MIDDLE, LATE), at("2025-01-15")) == (None, at("2025-02-01"))
    assert gap_at((EARLY, MIDDLE), at("2025-03-15")) == (at("2025-03-01"), None)


def test_versions_stand_in_the_order_of_time() -> None:
    assert in_time_order(ALL) == [EARLY, MIDDLE, LATE]


def test_a_range_is_told_in_days() -> None:
    assert [range_text(each) for each in (EARLY, MIDDLE, LATE, version(FEE))] == [
        "from the beginning to 2025-01-01",
        "from 2025-02-01 to 2025-03-01",
        "from 2025-04-01 on",
        "from the beginning on",
    ]
