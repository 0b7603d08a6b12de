from decimal import Decimal

from invoicing.rating.fee_days import fee_days
from invoicing.rating.terms.fixed import Recurring
from tests.invoicing.rating.fees import day, days, price, version

FEE = Recurring(Decimal(9))
QUARTER = days("2025-01-01", "2025-04-01")


def test_versions_that_follow_each_other_are_one_run_and_gaps_make_another() -> None:
    first = version(FEE, "2024-01-01", "2025-01-11")
    second = version(FEE, "2025-01-21", "2025-02-01")
    third = version(FEE, "2025-02-01", "2025-03-01")
    fourth = version(FEE, "2025-03-01", "2025-03-11")

    found = fee_days(price(fourth, first, third, second), QUARTER, breaks=(), zone="UTC")

    assert [(each.period, each.version) for each in found] == [
        (days("2025-01-01", "2025-01-11"), first),
        (days("2025-01-21", "2025-03-11"), second),
    ]


def test_a_phase_begins_another_run_with_the_version_of_its_first_day() -> None:
    first, second = version(FEE, None, "2025-02-01"), version(FEE, "2025-02-01")

    found = fee_days(
        price(first, second), QUARTER, breaks=(day("2025-03-01"), day("2025-01-15")), zone="UTC"
    )

    assert [(each.period, each.version) for each in found] == [
        (days("2025-01-01", "2025-01-15"), first),
        (days("2025-01-15", "2025-03-01"), first),
        (days("2025-03-01", "2025-04-01"), second),
    ]
