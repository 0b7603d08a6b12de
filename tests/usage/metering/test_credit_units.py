from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from usage.metering.credit_units import counts_otherwise, units_of
from usage.metering.meter import CreditUnits

JUNE = datetime(2024, 6, 1, tzinfo=UTC)
JULY = datetime(2024, 7, 1, tzinfo=UTC)
ALWAYS = CreditUnits(None, {"email": Decimal(1), "voice": Decimal(15)})
SINCE_JUNE = CreditUnits(JUNE, {"email": Decimal(2)})
SINCE_JULY = CreditUnits(JULY, {"email": Decimal("2.5")})
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    "versions",
    [(ALWAYS, SINCE_JUNE, SINCE_JULY), (SINCE_JULY, SINCE_JUNE, ALWAYS)],
    ids=["in order", "backwards"],
)
@pytest.mark.parametrize(
    "at,units",
    [(JUNE - INSTANT, "1"), (JUNE, "2"), (JULY - INSTANT, "2"), (JULY, "2.5")],
)
def test_an_action_costs_what_the_version_of_its_time_says(
    versions: tuple[CreditUnits, ...], at: datetime, units: str
) -> None:
    assert units_of("email", versions, at=at) == Decimal(units)


def test_a_later_version_that_does_not_list_the_action_does_not_know_it() -> None:
    assert units_of("voice", (ALWAYS, SINCE_JUNE), at=JUNE) is None


def test_before_the_first_version_no_action_is_known() -> None:
    assert units_of("email", (SINCE_JUNE,), at=JUNE - INSTANT) is None


@pytest.mark.parametrize(
    "new",
    [
        (ALWAYS, SINCE_JUNE),
        (SINCE_JUNE, ALWAYS),
        (ALWAYS, SINCE_JUNE, SINCE_JULY),
        (ALWAYS, CreditUnits(JUNE, {"email": Decimal("2.0"), "agent": Decimal(50)})),
    ],
    ids=["the same", "in another order", "a version to come", "an action more"],
)
def test_what_took_no_credits_yet_may_be_added(new: tuple[CreditUnits, ...]) -> None:
    assert not counts_otherwise((ALWAYS, SINCE_JUNE), new, until=JULY)


@pytest.mark.parametrize(
    "new",
    [
        (ALWAYS,),
        (SINCE_JUNE,),
        (ALWAYS, CreditUnits(JUNE, {"email": Decimal(3)})),
        (ALWAYS, CreditUnits(JUNE, {"voice": Decimal(2)})),
        (ALWAYS, SINCE_JUNE, CreditUnits(JULY - INSTANT, {"email": Decimal(3)})),
        (CreditUnits(None, {"email": Decimal(1)}), SINCE_JUNE),
    ],
    ids=["later gone", "always gone", "other units", "action gone", "in the past", "old action"],
)
def test_what_took_credits_must_go_on_taking_them(new: tuple[CreditUnits, ...]) -> None:
    assert counts_otherwise((ALWAYS, SINCE_JUNE), new, until=JULY)
