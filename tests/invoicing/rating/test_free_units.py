from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.rating.free_units import Account, Allowance, FreeUnits, Remainder
from invoicing.rating.lots import Lot
from tests.invoicing.rating.usage_prices import DEC_1, NOV_1, NOVEMBER, day
from values.period import Period

JAN_1 = datetime(2025, 1, 1, tzinfo=UTC)
FEB_1 = datetime(2025, 2, 1, tzinfo=UTC)
OCT_1 = datetime(2024, 10, 1, tzinfo=UTC)


def units(size: int, **changes: object) -> FreeUnits:
    stated = {"span": NOVEMBER, "sizes": ((NOV_1, Decimal(size)),), **changes}
    return FreeUnits(**stated)  # type: ignore[arg-type]


def lot(left: int, expires_at: datetime | None) -> Lot:
    return Lot(Decimal(left), OCT_1, expires_at)


def used(allowance: Allowance, wanted: int, at: datetime = NOV_1) -> Remainder:
    account = Account(allowance)
    assert account.grant_at(at) is not None
    account.take(at, Decimal(wanted))
    return account.close(DEC_1)


def test_what_is_left_is_lost_unless_it_rolls_over() -> None:
    assert used(Allowance((units(100),)), 30) == Remainder((Decimal(70),))
    assert used(Allowance((units(100, lasts_until=JAN_1),)), 30).lots == (
        Lot(Decimal(70), NOV_1, JAN_1),
    )
    assert used(Allowance((units(100, lasts_until=JAN_1),)), 100).lots == ()


def test_carried_lots_are_used_first_and_what_ends_first_before_the_others() -> None:
    allowance = Allowance((units(100),), (lot(20, JAN_1), lot(10, None), lot(30, DEC_1)))

    account = Account(allowance)
    account.grant_at(NOV_1)
    given = account.take(NOV_1, Decimal(45))

    assert given == 45
    # What ends with the period is gone, though it was left.
    assert account.close(DEC_1).lots == (lot(5, JAN_1), lot(10, None))


def test_a_lot_that_has_ended_gives_nothing() -> None:
    account = Account(Allowance((units(5),), (lot(20, day(10)),)))
    account.grant_at(day(10))

    assert account.available(day(9)) == 25
    assert account.available(day(10)) == 5
    assert account.take(day(10), Decimal(30)) == 5


def test_what_is_left_counts_what_was_carried() -> None:
    assert used(Allowance((units(100),), (lot(20, DEC_1),)), 5).left == (Decimal(115),)


@pytest.mark.parametrize(
    "maximum,carried",
    [
        (None, [(30, JAN_1), (70, FEB_1)]),
        (200, [(30, JAN_1), (70, FEB_1)]),
        (80, [(10, JAN_1), (70, FEB_1)]),
        (70, [(70, FEB_1)]),
        (50, [(50, FEB_1)]),
        (0, []),
    ],
)
def test_a_maximum_caps_all_that_is_carried_what_ends_first_goes_first(
    maximum: int | None, carried: list[tuple[int, datetime]]
) -> None:
    grant = units(70, lasts_until=FEB_1, maximum=None if maximum is None else Decimal(maximum))

    lots = used(Allowance((grant,), (lot(30, JAN_1),)), 0).lots

    assert [(int(each.left), each.expires_at) for each in lots] == carried


def test_a_version_changes_the_size_and_goes_on_counting() -> None:
    grant = units(0, sizes=((NOV_1, Decimal(50)), (day(11), Decimal(80)), (day(21), Decimal(60))))
    account = Account(Allowance((grant,)))
    account.grant_at(NOV_1)

    assert account.take(NOV_1, Decimal(70)) == 50
    assert account.take(day(11), Decimal(20)) == 20
    assert account.take(day(21), Decimal(5)) == 0
    assert account.close(DEC_1).left == (Decimal(0),)


def test_nothing_is_granted_before_the_first_size_begins() -> None:
    assert units(5, sizes=((day(3), Decimal(5)),)).size_at(day(2)) == 0


def test_one_grant_follows_the_other() -> None:
    first = units(50, span=Period(NOV_1, day(11)), lasts_until=JAN_1)
    second = units(80, span=Period(day(11), DEC_1), sizes=((day(11), Decimal(80)),))
    account = Account(Allowance((first, second)))

    assert account.grant_at(NOV_1) == 0
    account.take(NOV_1, Decimal(20))
    assert account.grant_at(day(11)) == 1
    assert account.available(day(11)) == 110
    assert account.take(day(11), Decimal(100)) == 100
    remainder = account.close(DEC_1)
    assert remainder.left == (Decimal(30), Decimal(10))
    assert remainder.lots == ()


def test_between_two_grants_there_is_none() -> None:
    later = units(9, span=Period(day(11), day(20)))
    account = Account(Allowance((later,)))

    assert account.grant_at(day(10)) is None
    assert account.grant_at(day(11)) == 0
    assert account.grant_at(day(20)) is None


def test_a_grant_that_goes_on_says_what_it_gave_since_when() -> None:
    year = Period(OCT_1, datetime(2025, 10, 1, tzinfo=UTC))
    grant = units(100, span=year, used=Decimal(40), lasts_until=FEB_1)

    remainder = used(Allowance((grant,)), 25)

    assert remainder == Remainder((Decimal(35),), (), (OCT_1, Decimal(65)))


def test_an_allowance_that_became_smaller_than_what_was_used_gives_nothing() -> None:
    assert used(Allowance((units(30, used=Decimal(40)),)), 5).left == (Decimal(0),)


def test_units_come_back_into_the_grant_and_then_into_the_lots() -> None:
    account = Account(Allowance((units(10),), (lot(5, None),)))
    account.grant_at(NOV_1)
    account.take(NOV_1, Decimal(12))

    account.give_back(Decimal(9))

    assert account.close(DEC_1).lots == (lot(2, None),)


def test_units_of_an_earlier_grant_come_back_to_nobody() -> None:
    account = Account(Allowance((units(10),)))
    account.grant_at(NOV_1)

    account.give_back(Decimal(9))

    assert account.available(NOV_1) == 10


def test_without_a_grant_the_lots_are_kept() -> None:
    account = Account(Allowance((), (lot(5, JAN_1), lot(3, DEC_1))))

    assert account.close(DEC_1) == Remainder((), (lot(5, JAN_1),))
