"""How long credit lasts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from portal.queries.forecast import Drawn, Forecast, Outlook, Remaining, credit_forecast

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=300)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def forecast(
    *left: tuple[str, int | None],
    drawn: str = "0",
    over: int = 28,
    until: int = 0,
    since: datetime = LONG_AGO,
) -> Forecast:
    """Return the forecast of grants given as (left, days to expiry), after one period of draws."""
    return credit_forecast(
        left=[
            Remaining(Decimal(amount), None if expires is None else NOW + days(expires))
            for amount, expires in left
        ],
        drawn=[Drawn(NOW - days(until + over), NOW - days(until), Decimal(drawn))],
        since=since,
        now=NOW,
    )


def test_credit_lasts_as_long_as_the_last_28_days_say() -> None:
    assert forecast(("100", None), drawn="280") == Forecast(Outlook.ENDS, days(28), NOW + days(10))


def test_a_longer_period_counts_for_its_part_of_the_28_days() -> None:
    half_a_year = forecast(("100", None), drawn="560", over=56)

    assert half_a_year.at == NOW + days(10)


def test_what_was_drawn_before_28_days_ago_says_nothing() -> None:
    assert forecast(("100", None), drawn="999", until=28).outlook is Outlook.NOT_DRAWN


def test_days_before_the_first_credit_say_nothing() -> None:
    young = forecast(("100", None), drawn="70", over=7, since=NOW - days(7))

    assert young == Forecast(Outlook.ENDS, days(7), NOW + days(10))


def test_a_period_that_still_runs_has_drawn_in_the_days_so_far() -> None:
    found = credit_forecast(
        left=[Remaining(Decimal(100), None)],
        drawn=[Drawn(NOW - days(7), NOW + days(23), Decimal(70))],
        since=NOW - days(7),
        now=NOW,
    )

    assert found.at == NOW + days(10)


def test_less_than_three_days_are_too_early_to_say() -> None:
    assert forecast(("100", None), drawn="9", over=2, since=NOW - days(2)) == Forecast(
        Outlook.TOO_EARLY, days(2)
    )


def test_without_draws_nothing_is_foretold() -> None:
    assert forecast(("100", 40)).outlook is Outlook.NOT_DRAWN


def test_nothing_left_is_used_up() -> None:
    assert forecast(("0", None), drawn="280").outlook is Outlook.USED_UP
    assert forecast(drawn="280").outlook is Outlook.USED_UP


def test_what_has_expired_is_not_left() -> None:
    assert forecast(("100", 0), drawn="280").outlook is Outlook.USED_UP


def test_credit_that_outlives_its_expiry_is_lost_in_part() -> None:
    assert forecast(("100", 4), drawn="280") == Forecast(
        Outlook.EXPIRES_FIRST, days(28), NOW + days(4), Fraction(60)
    )


def test_the_first_to_expire_is_used_first_and_the_rest_follows() -> None:
    assert forecast(("100", None), ("50", 20), drawn="280").at == NOW + days(15)


def test_what_expires_unused_does_not_lengthen_the_time() -> None:
    # 10 a day: 5 days of 300, the rest of it is lost; then 100 more last 10 days.
    assert forecast(("100", None), ("300", 5), drawn="280").at == NOW + days(15)


def test_a_grant_that_is_over_before_its_turn_is_lost_whole() -> None:
    found = forecast(("50", 5), ("20", 5), drawn="280")

    assert found == Forecast(Outlook.EXPIRES_FIRST, days(28), NOW + days(5), Fraction(20))


def test_more_than_two_years_are_far_away() -> None:
    assert forecast(("100000", None), drawn="28").outlook is Outlook.FAR
