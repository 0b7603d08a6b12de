from decimal import Decimal

from invoicing.rating.one_time import rate_one_time
from invoicing.rating.terms.fixed import OneTime
from tests.invoicing.rating.fees import JANUARY, charge, days, price, printed, version

SETUP = price(version(OneTime(Decimal("500.00")), section="one_time"))


def test_a_one_time_price_is_due_in_full_also_in_a_short_first_period() -> None:
    short = days("2025-01-22", "2025-02-01")
    lines = rate_one_time(charge(SETUP, short, full=JANUARY))

    assert printed(lines) == [("Fee", "01-22..02-01", "1", "500.00")]
    assert (lines[0].section, lines[0].unit_price) == ("one_time", Decimal("500.00"))
    assert (lines[0].unit, lines[0].events) == (None, None)
    assert lines[0].trace.model == "one_time"


def test_phases_do_not_split_it() -> None:
    assert len(rate_one_time(charge(SETUP, JANUARY, breaks=["2025-01-11"]))) == 1


def test_what_is_not_in_force_on_the_first_day_is_not_due() -> None:
    late = price(version(OneTime(Decimal(500)), "2025-01-02"))
    over = price(version(OneTime(Decimal(500)), None, "2025-01-01"))

    assert rate_one_time(charge(late, JANUARY)) == ()
    assert rate_one_time(charge(over, JANUARY)) == ()
