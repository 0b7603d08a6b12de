from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.carried import NOTHING_CARRIED
from invoicing.assembly.metered import rate_metered
from invoicing.rating.terms.allowance import AllowancePeriod, Rollover
from tests.invoicing.assembly.metered_contract import (
    at,
    call,
    contract,
    given,
    in_phases,
    included,
    lines,
    metered,
    minutes,
    rows,
)
from values.calendar import BillingInterval
from values.period import Period

YEAR = AllowancePeriod.YEAR


def test_included_units_are_a_line_of_their_own_before_what_is_charged() -> None:
    terms = contract(minutes(included=included(500)))
    (result,) = metered(terms, given(call(11, 2, 300), call(11, 5, 300)))

    free, charged = lines(result)

    assert rows([free, charged]) == [
        "Minutes - included: 500 = 0.00 (0 left)",
        "Minutes: 100 = 100.00",
    ]
    assert (free.section, free.unit, free.events) == ("included", "minute", 2)
    assert free.unit_price == 0
    assert (free.period.start, free.period.end) == (at(11), at(12))
    assert [(int(part.quantity), part.events) for part in free.slices] == [(500, 2)]
    assert charged.events == 1


def test_lines_say_what_was_included() -> None:
    terms = contract(minutes(included=included(500, pool="all")))
    (result,) = metered(terms, given(call(11, 2, 600)))

    steps = [line.trace.steps[-1].as_json() for line in lines(result)]

    step = {"step": "included", "used": "500", "left": "0", "pool": "all"}
    assert steps == [{**step, "from": "500", "to": "0"}, {**step, "from": "600", "to": "100"}]


def test_an_allowance_that_is_not_used_makes_no_line() -> None:
    assert lines(metered(contract(minutes(included=included(500))), given())[0]) == []


def test_per_multiplies_by_the_quantity_of_the_last_day() -> None:
    seats = {"seats": [(at(11), 2), (at(11, 30), 5), (at(12), 9)]}
    terms = contract(minutes(included=included(10, per="seats")), quantities=seats)

    (result,) = metered(terms, given(call(11, 2, 60)))

    assert rows(lines(result)) == ["Minutes - included: 50 = 0.00 (0 left)", "Minutes: 10 = 10.00"]


def test_a_quantity_that_the_contract_does_not_state_is_none() -> None:
    terms = contract(minutes(included=included(10, per="seats")))

    assert rows(lines(metered(terms, given(call(11, 2, 60)))[0])) == ["Minutes: 60 = 60.00"]


@pytest.mark.parametrize(
    "start,end,size",
    [
        (at(11, 16), None, "250"),
        (at(11, 11), None, "333"),
        (at(11), at(11, 16), "250"),
        (at(11, 11), at(11, 21), "166"),
    ],
)
def test_a_shorter_period_has_its_days_of_the_allowance_in_whole_units(
    start: object, end: object, size: str
) -> None:
    terms = contract(minutes(included=included(500)), start=start, end=end)  # type: ignore[arg-type]

    (result,) = metered(terms, given(call(11, 15, 400), call(11, 16, 400)))

    assert str(lines(result)[0].quantity) == size


def test_a_full_period_has_also_parts_of_units() -> None:
    terms = contract(minutes(included=included("0.5")))

    assert str(lines(metered(terms, given(call(11, 2, 1)))[0])[0].quantity) == "0.5"


def test_what_is_left_lasts_so_many_periods_more_and_is_used_first() -> None:
    rolling = included(100, rollover=Rollover(1))
    usage = given(call(11, 2, 70), call(12, 2, 110), call(1, 2, 110, year=2025))

    results = metered(contract(minutes(included=rolling)), usage, at(2, year=2025))

    assert [rows(lines(result)) for result in results] == [
        ["Minutes - included: 70 = 0.00 (30 left)"],
        ["Minutes - included: 110 = 0.00 (20 left)"],
        ["Minutes - included: 110 = 0.00 (10 left)"],
    ]


def test_what_was_carried_ends_after_its_periods() -> None:
    rolling = included(100, rollover=Rollover(2))
    usage = given(call(11, 2, 70), call(2, 2, 310, year=2025))

    results = metered(contract(minutes(included=rolling)), usage, at(3, year=2025))

    assert rows(lines(results[-1])) == [
        "Minutes - included: 300 = 0.00 (0 left)",
        "Minutes: 10 = 10.00",
    ]


def test_a_maximum_caps_all_that_is_carried() -> None:
    rolling = included(100, rollover=Rollover(3, Decimal(120)))
    usage = given(call(2, 2, 500, year=2025))

    results = metered(contract(minutes(included=rolling)), usage, at(3, year=2025))

    assert rows(lines(results[-1]))[0] == "Minutes - included: 220 = 0.00 (0 left)"


def test_an_annual_allowance_is_used_up_over_the_bills_of_its_year() -> None:
    yearly = included(100, period=YEAR)
    usage = given(
        call(11, 2, 60), call(12, 2, 30), call(1, 2, 30, year=2025), call(11, 2, 30, year=2025)
    )

    results = metered(contract(minutes(included=yearly)), usage, at(12, year=2025))

    found = [rows(lines(result)) for result in results]
    assert found[:3] == [
        ["Minutes - included: 60 = 0.00 (40 left)"],
        ["Minutes - included: 30 = 0.00 (10 left)"],
        ["Minutes - included: 10 = 0.00 (0 left)", "Minutes: 20 = 20.00"],
    ]
    assert found[12] == ["Minutes - included: 30 = 0.00 (70 left)"]
    used: list[object] = [dict(result.carried.used_in_year) for result in results]
    assert used[1] == {"price:minutes": (at(11), Decimal(90))}
    assert used[11] == {}
    assert used[12] == {"price:minutes": (at(11, year=2025), Decimal(30))}


def test_the_size_of_an_annual_allowance_is_read_at_each_bill() -> None:
    yearly = included(10, per="seats", period=YEAR)
    seats = {"seats": [(at(11), 5), (at(12, 10), 8), (at(1, 5, 2025), 2)]}
    usage = given(call(11, 2, 45), call(12, 2, 20), call(1, 2, 5, year=2025))

    results = metered(contract(minutes(included=yearly), quantities=seats), usage, at(2, year=2025))

    assert [rows(lines(result)) for result in results] == [
        ["Minutes - included: 45 = 0.00 (5 left)"],
        ["Minutes - included: 20 = 0.00 (15 left)"],
        ["Minutes: 5 = 5.00"],
    ]


def test_the_year_begins_at_the_anchor_and_a_shorter_one_has_its_days() -> None:
    yearly = included(365, period=YEAR)
    terms = contract(minutes(included=yearly), start=at(11, 15), anchor_day=1)

    results = metered(terms, given(call(11, 20, 999)), at(12))

    # 14 days of November are missing from the year that begins on the 1st.
    assert rows(lines(results[0]))[0] == "Minutes - included: 351 = 0.00 (0 left)"


def test_the_year_of_weekly_bills_begins_with_the_contract() -> None:
    yearly = included(365, period=YEAR, rollover=Rollover(1))
    terms = contract(minutes(included=yearly), start=at(11, 4), interval=BillingInterval.WEEK)
    usage = given(call(11, 5, 300), call(11, 3, 100, year=2025), call(11, 4, 400, year=2025))

    results = metered(terms, usage, at(11, 10, 2025))

    assert rows(lines(results[0])) == ["Minutes - included: 300 = 0.00 (65 left)"]
    assert rows(lines(results[-1])) == [
        "Minutes - included: 65 = 0.00 (0 left)",
        "Minutes - included: 365 = 0.00 (0 left)",
        "Minutes: 70 = 70.00",
    ]


def test_prices_of_a_pool_share_it_and_each_prints_its_part() -> None:
    shared = included(100, pool="all")
    terms = contract(minutes("inbound", included=shared), minutes("outbound", included=shared))

    (result,) = metered(terms, given(call(11, 2, 30), call(11, 3, 40)))

    assert rows(lines(result)) == [
        "Inbound - included: 70 = 0.00 (0 left)",
        "Outbound - included: 30 = 0.00 (0 left)",
        "Outbound: 40 = 40.00",
    ]


def test_a_version_of_the_price_book_changes_the_size_and_goes_on_counting() -> None:
    price = in_phases(minutes(included=included(50)), (at(11, 16), included(80)))

    (result,) = metered(contract(price), given(call(11, 2, 60), call(11, 20, 50)))

    assert rows(lines(result)) == [
        "Minutes - included: 80 = 0.00 (0 left)",
        "Minutes: 10 = 10.00",
        "Minutes: 20 = 20.00",
    ]


def test_a_phase_that_changes_an_allowance_ends_it_with_its_days() -> None:
    price = in_phases(minutes(included=included(60)), (at(11, 16), included(90)))
    terms = contract(price, phase_starts=[at(11, 16)])

    (result,) = metered(terms, given(call(11, 2, 20), call(11, 20, 50)))

    assert rows(lines(result)) == [
        "Minutes - included: 20 = 0.00 (10 left)",
        "Minutes - included: 45 = 0.00 (0 left)",
        "Minutes: 5 = 5.00",
    ]
    assert [line.period.start for line in lines(result)] == [at(11), at(11, 16), at(11, 16)]


def test_a_phase_that_leaves_an_allowance_as_it_is_does_nothing_to_it() -> None:
    same = included(60)
    price = in_phases(minutes(included=same), (at(11, 16), same))
    terms = contract(price, phase_starts=[at(11, 16)])

    (result,) = metered(terms, given(call(11, 2, 40), call(11, 20, 30)))

    assert rows(lines(result)) == ["Minutes - included: 60 = 0.00 (0 left)", "Minutes: 10 = 10.00"]


def test_a_phase_that_brings_an_allowance_in_has_its_days() -> None:
    price = in_phases(minutes(), (at(11, 16), included(60)))
    terms = contract(price, phase_starts=[at(11, 16)])

    (result,) = metered(terms, given(call(11, 2, 20), call(11, 20, 50)))

    assert rows(lines(result)) == [
        "Minutes - included: 30 = 0.00 (0 left)",
        "Minutes: 20 = 20.00",
        "Minutes: 20 = 20.00",
    ]


def test_a_pool_that_a_later_phase_names_first_is_granted_then() -> None:
    shared = included(60, pool="all")
    first = in_phases(minutes("inbound", included=shared), (at(11, 16), None))
    second = in_phases(minutes("outbound"), (at(11, 16), shared))
    terms = contract(first, second, phase_starts=[at(11, 16)])

    (result,) = metered(terms, given(call(11, 2, 20), call(11, 20, 50)))

    assert rows(lines(result)) == [
        "Inbound - included: 20 = 0.00 (10 left)",
        "Inbound: 50 = 50.00",
        "Outbound - included: 30 = 0.00 (0 left)",
        "Outbound: 20 = 20.00",
        "Outbound: 20 = 20.00",
    ]


def test_a_single_period_without_calendar_is_a_year_too_and_carries_nothing() -> None:
    yearly = included(50, period=YEAR, rollover=Rollover(1))
    terms = contract(minutes(included=yearly))

    (result,) = metered(terms, given(call(11, 2, 20)))
    month = Period(at(11), at(12))
    alone = rate_metered(
        terms=replace(terms, calendar=None),
        billed=BilledPeriod(month, month),
        usage=given(call(11, 2, 20)),
        carried=NOTHING_CARRIED,
        sliced_at=(),
    )

    assert rows(lines(result)) == rows(lines(alone))
    assert alone.carried == NOTHING_CARRIED


def test_an_annual_allowance_that_has_ended_gives_nothing_to_the_bills_after_it() -> None:
    price = in_phases(minutes(included=included(1200, period=YEAR)), (at(12), included(100)))
    usage = given(call(11, 2, 150), call(12, 2, 150), call(1, 2, 150, year=2025))

    results = metered(contract(price, phase_starts=[at(12)]), usage, at(2, year=2025))

    every_month = ["Minutes - included: 100 = 0.00 (0 left)", "Minutes: 50 = 50.00"]
    assert [rows(lines(result)) for result in results[1:]] == [every_month, every_month]


def test_what_is_left_of_a_year_lasts_another_year() -> None:
    yearly = included(100, period=YEAR, rollover=Rollover(1))
    usage = given(call(11, 2, 60), call(2, 2, 130, year=2026), call(11, 2, 5, year=2026))

    results = metered(contract(minutes(included=yearly)), usage, at(12, year=2026))

    assert rows(lines(results[15])) == ["Minutes - included: 130 = 0.00 (10 left)"]
    assert rows(lines(results[24])) == ["Minutes - included: 5 = 0.00 (105 left)"]
