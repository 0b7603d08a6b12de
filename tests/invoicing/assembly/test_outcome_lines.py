"""What outcomes cost, period by period."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.assembly.bill import BilledPeriod
from invoicing.assembly.outcome_credits import told_apart
from invoicing.assembly.owed import owed_lines
from invoicing.assembly.period_outcomes import open_windows_close
from invoicing.assembly.success_meter import SuccessMeter
from invoicing.assembly.terms import ContractTerms
from invoicing.credits.drawing import draw
from invoicing.credits.grants import GrantBalance, GrantKind
from invoicing.rating.lines import QuarantineReason
from invoicing.rating.price import Model, PriceTerms
from invoicing.rating.rate_card import RateCard, RateCardVersion, RateEntry
from invoicing.rating.terms.allowance import Included
from invoicing.rating.terms.package import Package
from invoicing.rating.terms.passthrough import Passthrough
from invoicing.rating.terms.per_unit import PerUnit
from invoicing.rating.terms.percentage import Percentage
from invoicing.rating.terms.tiers import Graduated, GraduatedPercentage, Tier, Volume
from tests.invoicing.assembly.outcome_contract import (
    METER,
    RULE,
    START,
    Named,
    at,
    billed,
    contract,
    event,
    lines,
    rated,
    usage_of,
    version,
)
from usage.metering.meter import Aggregation, CreditUnits, UnitConversion
from values.period import Period

NAME = "Resolved tickets"
NOVEMBER = f"{NAME} - credit for Nov 2026"
TWO_TIERS = (Tier(Decimal(2), Decimal("1.00")), Tier(None, Decimal("0.40")))


def tickets(count: int, when: datetime, *, first: int = 1) -> list[Named]:
    """Return successes of several tickets, a minute apart."""
    return [
        event("resolved", when + timedelta(minutes=number), f"T{number}")
        for number in range(first, first + count)
    ]


def test_an_outcome_is_billed_in_the_period_in_which_its_window_closes() -> None:
    terms = contract()
    events = [event("resolved", at(11, 5), "T1"), event("resolved", at(11, 29), "T2")]

    assert lines(terms, 11, events) == [(NAME, "1", "1.00")]
    assert lines(terms, 12, events) == [(NAME, "1", "1.00")]


def test_a_window_that_closes_at_the_end_of_a_period_counts_in_the_next() -> None:
    events = [event("resolved", at(11, 28))]

    assert lines(contract(), 11, events) == []
    assert lines(contract(), 12, events) == [(NAME, "1", "1.00")]


def test_a_success_that_was_reopened_in_time_costs_nothing() -> None:
    events = [event("resolved", at(11, 5)), event("reopened", at(11, 7, 23))]

    assert lines(contract(), 11, events) == []


def test_the_rate_is_that_of_the_version_at_the_success() -> None:
    terms = contract(
        version(PerUnit(unit_price=Decimal("1.00")), ends=at(12, 1)),
        version(PerUnit(unit_price=Decimal("3.00")), begins=at(12, 1)),
    )
    events = [event("resolved", at(11, 29), "old"), event("resolved", at(12, 2), "new")]

    december = rated(terms, 12, events)

    assert [(str(it.amount), it.rate_version) for it in december.lines] == [
        ("1.00", None),
        ("3.00", at(12, 1)),
    ]
    assert {it.period for it in december.lines} == {billed(terms, 12).covered}


def test_the_line_of_a_version_inside_the_period_has_its_days() -> None:
    terms = contract(
        version(ends=at(12, 16)),
        version(PerUnit(unit_price=Decimal("3.00")), begins=at(12, 16)),
    )
    events = [event("resolved", at(12, 14), "old"), event("resolved", at(12, 17), "new")]

    assert [it.period for it in rated(terms, 12, events).lines] == [
        Period(at(12, 1), at(12, 16)),
        Period(at(12, 16), at(13, 1)),
    ]


def test_a_rate_card_prices_by_what_the_success_says() -> None:
    meter = replace(METER, group_keys=("complexity",))
    card = RateCard(
        "by-complexity",
        "TICKET",
        (
            RateCardVersion(
                at(11, 1),
                None,
                (
                    RateEntry({"complexity": "simple"}, Decimal("0.50")),
                    RateEntry({"complexity": "hard"}, Decimal("2.00")),
                ),
            ),
        ),
    )
    terms = contract(version(PerUnit(rate_card=card, fallback_rate=Decimal(9))), meter=meter)
    events = [
        event("resolved", at(11, 5), "T1", complexity="simple"),
        event("resolved", at(11, 6), "T1", complexity="hard"),
        event("resolved", at(11, 7), "T2", complexity="hard"),
        event("resolved", at(11, 7), "T3", complexity="other"),
        event("reopened", at(12, 7), "T2", complexity="simple"),
    ]

    assert lines(terms, 11, events) == [
        (f"{NAME} - simple", "1", "0.50"),
        (f"{NAME} - hard", "1", "2.00"),
        (f"{NAME} - other", "1", "9.00"),
    ]
    assert [item.dimensions for item in rated(terms, 11, events).unmatched] == [
        (("complexity", "other"),)
    ]
    assert lines(terms, 12, events) == [(f"{NAME} - hard - credit for Nov 2026", "-1", "-2.00")]


def test_tiers_are_climbed_in_the_order_in_which_windows_close() -> None:
    graduated = Graduated(TWO_TIERS)
    events = tickets(3, at(11, 10))

    assert lines(contract(version(graduated)), 11, events) == [
        (f"{NAME} - tier 1", "2", "2.00"),
        (f"{NAME} - tier 2", "1", "0.40"),
    ]


@pytest.mark.parametrize(
    "ticket,credit",
    [
        ("T2", [(f"{NAME} - tier 1 - credit for Nov 2026", "-1", "-1.00")]),
        ("T3", [(f"{NAME} - tier 2 - credit for Nov 2026", "-1", "-0.40")]),
    ],
)
def test_a_unit_is_credited_with_what_its_own_place_cost(
    ticket: str, credit: list[tuple[str, str, str]]
) -> None:
    events = [*tickets(3, at(11, 10)), event("rejected", at(12, 10), ticket)]

    assert lines(contract(version(Graduated(TWO_TIERS))), 12, events) == credit


def test_a_credit_goes_at_the_original_rate_and_names_its_period() -> None:
    terms = contract(
        version(PerUnit(unit_price=Decimal("1.00")), ends=at(12, 1)),
        version(PerUnit(unit_price=Decimal("3.00")), begins=at(12, 1)),
    )
    events = [event("resolved", at(11, 5)), event("reopened", at(12, 20))]

    (credit,) = rated(terms, 12, events).lines

    assert (credit.description, str(credit.quantity), str(credit.amount)) == (
        NOVEMBER,
        "-1",
        "-1.00",
    )
    assert (credit.unit_price, credit.exact_amount) == (Decimal("1.00"), Decimal("-1.00"))
    assert credit.events == 1
    assert (credit.slices, credit.period) == ((), billed(terms, 12).covered)
    assert [step.as_json() for step in credit.trace.steps] == [
        {
            "step": "reversed",
            "outcomes": "1",
            "rate": "1",
            "first_day": "2026-11-01",
            "last_day": "2026-11-30",
        }
    ]


def test_a_reversal_in_the_period_of_the_outcome_is_a_credit_beside_its_line() -> None:
    events = [event("resolved", at(11, 5)), event("reopened", at(11, 20))]

    assert lines(contract(), 11, events) == [(NAME, "1", "1.00"), (NOVEMBER, "-1", "-1.00")]
    assert lines(contract(), 12, events) == []


def test_credits_of_several_periods_are_lines_of_their_own() -> None:
    events = [
        *tickets(2, at(11, 5)),
        event("resolved", at(12, 5), "T3"),
        *(event("reopened", at(13, 5), f"T{number}") for number in (3, 2, 1)),
    ]

    assert lines(contract(), 13, events) == [
        (NOVEMBER, "-2", "-2.00"),
        (f"{NAME} - credit for Dec 2026", "-1", "-1.00"),
    ]


def test_the_last_invoice_waits_for_windows_that_are_open() -> None:
    terms = contract(end=at(12, 1))
    events = [event("resolved", at(11, 29), "T1"), event("resolved", at(11, 30), "T2")]
    reopened = event("reopened", at(12, 2), "T2")

    assert lines(terms, 11, events) == [(NAME, "2", "2.00")]
    assert open_windows_close(terms=terms, usage=usage_of(terms, events)) == at(12, 3)
    assert lines(terms, 11, [*events, reopened]) == [(NAME, "1", "1.00")]
    assert open_windows_close(terms=terms, usage=usage_of(terms, [*events, reopened])) == at(12, 2)


def test_nothing_is_waited_for_without_an_end_or_an_open_window() -> None:
    for terms, day in ((contract(), 29), (contract(end=at(12, 1)), 5)):
        usage = usage_of(terms, [event("resolved", at(11, day))])

        assert open_windows_close(terms=terms, usage=usage) is None


def test_what_is_taken_back_while_the_last_invoice_waits_is_credited_on_it() -> None:
    terms = contract(end=at(12, 1))
    events = [
        event("resolved", at(11, 5), "T1"),
        event("resolved", at(11, 6), "T2"),
        event("resolved", at(11, 30), "T3"),
        event("reopened", at(12, 2), "T1"),
        event("reopened", at(12, 3), "T2"),
        event("resolved", at(12, 1), "T4"),
    ]

    assert lines(terms, 11, events) == [(NAME, "3", "3.00"), (NOVEMBER, "-1", "-1.00")]


def test_the_last_invoice_waits_for_all_prices_of_the_contract() -> None:
    terms = contract(end=at(12, 1))
    slow = replace(RULE, success_event="escalated", window_hours=24 * 10)
    other = replace(METER, code="ESCALATION", event_name="escalated")
    terms = replace(
        terms,
        prices=(
            *terms.prices,
            PriceTerms("escalations", "ESCALATION", (version(outcome=slow),)),
        ),
        meters={**terms.meters, "ESCALATION": other},
    )
    events = [
        event("resolved", at(11, 5), "T1"),
        event("escalated", at(11, 28), "E1"),
        event("reopened", at(12, 7), "T1"),
    ]

    assert open_windows_close(terms=terms, usage=usage_of(terms, events)) == at(12, 8)
    assert lines(terms, 11, events) == [(NAME, "1", "1.00"), (NOVEMBER, "-1", "-1.00")]


def test_a_success_before_the_start_of_the_contract_is_none_of_it() -> None:
    events = [event("resolved", START - timedelta(hours=1)), event("resolved", START, "T2")]

    assert lines(contract(), 11, events) == [(NAME, "1", "1.00")]


def test_successes_that_the_meter_does_not_take_or_cannot_measure_are_no_outcomes() -> None:
    meter = replace(
        METER, aggregation=Aggregation.SUM, property="points", filters={"channel": ("chat",)}
    )
    events = [
        event("resolved", at(11, 5), "T1", channel="mail", points=3),
        event("resolved", at(11, 6), "T1", channel="chat", points=5),
        event("resolved", at(11, 7), "T2", channel="chat", points="many"),
    ]

    assert lines(contract(meter=meter), 11, events) == [(NAME, "5", "5.00")]


def test_an_action_has_the_credits_of_the_time_of_its_success() -> None:
    meter = replace(
        METER,
        aggregation=Aggregation.SUM,
        action_property="action",
        credit_units=(
            CreditUnits(None, {"reply": Decimal(2)}),
            CreditUnits(at(12, 1), {"reply": Decimal(7)}),
        ),
    )
    events = [
        event("resolved", at(11, 30), "T1", action="reply"),
        event("resolved", at(12, 1), "T2", action="reply"),
    ]

    assert lines(contract(meter=meter), 12, events) == [(NAME, "9", "9.00")]


def test_events_without_their_ticket_are_held_back_in_their_own_period() -> None:
    events = [
        event("resolved", at(11, 5), None),
        event("reopened", at(11, 6), None),
        event("reopened", at(11, 7), ["T1"]),
        event("resolved", at(12, 5), None),
    ]

    held = rated(contract(), 11, events).quarantined

    assert [(it.reason, it.events, it.keys) for it in held] == [
        (QuarantineReason.BAD_VALUE, 1, (events[2][1].key,)),
        (QuarantineReason.MISSING_PROPERTY, 2, (events[0][1].key, events[1][1].key)),
    ]


def test_a_version_without_a_rule_counts_plain_usage() -> None:
    terms = contract(version(outcome=None, ends=at(11, 16)), version(begins=at(11, 16)))
    events = [
        event("resolved", at(11, 5)),
        event("resolved", at(11, 5, 1)),
        event("resolved", at(11, 17)),
        event("resolved", at(11, 17, 1)),
    ]

    assert [amount for *_, amount in lines(terms, 11, events)] == ["2.00", "1.00"]


def test_a_gap_between_versions_bills_nothing() -> None:
    terms = contract(version(ends=at(11, 5)), version(begins=at(11, 10)))

    assert lines(terms, 11, [event("resolved", at(11, 7))]) == []


def test_a_fee_at_zero_is_that_of_the_version_in_force() -> None:
    def fee(amount: str) -> Graduated:
        return Graduated((Tier(None, Decimal(1), Decimal(amount)),), flat_fee_at_zero=True)

    terms = contract(version(fee("5"), ends=at(12, 1)), version(fee("8"), begins=at(12, 1)))

    assert lines(terms, 12, []) == [(f"{NAME} - tier 1 flat fee", "1", "8.00")]


def test_quantities_are_rounded_and_converted_over_all_outcomes_of_a_period() -> None:
    minutes = UnitConversion(divide_by=Decimal(60), label="minute", rounds_up=True)
    meter = replace(METER, aggregation=Aggregation.SUM, property="seconds", unit_conversion=minutes)
    events = [
        event("resolved", at(11, 5), "T1", seconds=90),
        event("resolved", at(11, 6), "T2", seconds=40),
        event("reopened", at(12, 5), "T2"),
    ]

    assert lines(contract(meter=meter), 11, events) == [(NAME, "3", "3.00")]
    assert lines(contract(meter=meter), 12, events) == [(NOVEMBER, "-1", "-1.00")]


def test_corrections_leave_no_less_than_nothing() -> None:
    meter = replace(METER, aggregation=Aggregation.SUM, property="points", allows_negative=True)
    events = [
        event("resolved", at(11, 5), "T1", points=5),
        event("resolved", at(11, 6), "T2", points=-8),
    ]

    assert lines(contract(meter=meter), 11, events) == []


def test_included_outcomes_are_used_by_the_close_of_their_windows() -> None:
    terms = contract(replace(version(Graduated(TWO_TIERS)), included=Included(Decimal(2))))
    events = [
        event("resolved", at(11, 29), "T0"),
        *tickets(5, at(12, 10)),
        event("reopened", at(13, 10), "T1"),
        event("reopened", at(13, 10), "T2"),
        event("reopened", at(13, 10), "T4"),
    ]

    assert lines(terms, 12, events) == [
        (f"{NAME} - included", "2", "0.00"),
        (f"{NAME} - tier 1", "2", "2.00"),
        (f"{NAME} - tier 2", "2", "0.80"),
    ]
    assert lines(terms, 13, events) == [
        (f"{NAME} - tier 1 - credit for Dec 2026", "-1", "-1.00"),
        (f"{NAME} - tier 2 - credit for Dec 2026", "-1", "-0.40"),
    ]


@pytest.mark.parametrize("kind", list(GrantKind))
def test_a_grant_pays_for_the_successes_of_its_own_time(kind: GrantKind) -> None:
    terms = contract()
    november, december = (
        GrantBalance(f"{begins:%b}", kind, Decimal(10), "USD", begins, ends, unit="ticket")
        for begins, ends in ((at(11, 1), at(12, 1)), (at(12, 1), at(13, 1)))
    )
    events = [*tickets(2, at(11, 30)), *tickets(3, at(12, 5), first=3)]
    grants = [november, december]

    owed = owed_lines(rated(terms, 12, events, grants=grants).lines)
    draws = draw(grants, owed, kind=kind, currency="USD").draws

    assert [(one.grant.code, str(one.quantity)) for one in draws] == [("Nov", "2"), ("Dec", "3")]


VALUED = replace(METER, aggregation=Aggregation.SUM, property="value")
PERCENT_TIERS = (Tier(Decimal(100), Decimal(10)), Tier(None, Decimal(5)))


@pytest.mark.parametrize(
    "model,billed_amounts,credit",
    [
        # 3 tickets of 60 each: all 180 in tier 2.
        (Volume((Tier(Decimal(100), Decimal(2)), Tier(None, Decimal(1)))), ["180.00"], "-60.00"),
        # 60, then 120 and 180 units: packages 1, 2 and 2 are open; T2 opened the second.
        (Package(Decimal(100), Decimal("7.00")), ["14.00"], "-7.00"),
        (Percentage(Decimal(10), fixed_fee=Decimal(1)), ["21.00"], "-7.00"),
        # T2 has 40 in tier 1 and 20 in tier 2.
        (GraduatedPercentage(PERCENT_TIERS), ["10.00", "4.00"], "-4.00 -1.00"),
        (Passthrough("cost", markup_percent=Decimal(50)), ["13.50"], "-4.50"),
    ],
)
def test_a_credit_is_what_the_outcome_cost_by_its_model(
    model: Model, billed_amounts: list[str], credit: str
) -> None:
    terms = contract(version(model), meter=VALUED)
    events = [
        event("resolved", at(11, 5, number), f"T{number}", value=60, cost=3) for number in (1, 2, 3)
    ]
    events.append(event("reopened", at(12, 5), "T2"))

    assert [str(line.amount) for line in rated(terms, 11, events).lines] == billed_amounts
    december = rated(terms, 12, events).lines
    assert " ".join(str(line.amount) for line in december) == credit


def test_an_outcome_alone_on_its_line_is_credited_with_all_of_it() -> None:
    terms = contract(version(Percentage(Decimal(10), fixed_fee=Decimal(1))), meter=VALUED)
    events = [event("resolved", at(11, 5), value=0), event("reopened", at(12, 5))]

    assert [str(line.amount) for line in rated(terms, 12, events).lines] == ["-1.00"]


def test_what_was_at_no_charge_needs_no_credit() -> None:
    terms = contract(version(Package(Decimal(10), Decimal(7))))
    events = [*tickets(2, at(11, 5)), event("reopened", at(12, 5), "T2")]

    assert lines(terms, 12, events) == []


def test_outcomes_of_one_moment_are_told_apart() -> None:
    terms = contract(version(Graduated(TWO_TIERS)))
    events = [event("resolved", at(11, 10), f"T{number}") for number in (1, 2, 3)]

    for ticket, amount in (("T1", "-1.00"), ("T2", "-1.00"), ("T3", "-0.40")):
        reversal = event("reopened", at(12, 10), ticket)
        assert [total for *_, total in lines(terms, 12, [*events, reversal])] == [amount]


def test_at_the_end_of_a_version_they_are_told_apart_backwards() -> None:
    instant = timedelta(microseconds=1)
    terms = contract(version(ends=at(12, 1)))
    last = [event("resolved", at(12, 1) - instant, ticket)[1] for ticket in ("A", "B", "C")]
    readings = {one.key: SuccessMeter.of(terms, terms.prices[0]).reading(one) for one in last}

    apart = [each.quantity.period for each in told_apart(readings, [at(12, 1)]).values()]

    assert apart == [Period(at(12, 1) - back * instant, at(12, 1)) for back in (1, 2, 3)]


def test_a_credit_of_a_period_that_is_no_month_names_its_days() -> None:
    terms = contract()
    assert terms.calendar is not None
    terms = replace(terms, calendar=replace(terms.calendar, anchor_day=15))
    events = [event("resolved", at(11, 20)), event("reopened", at(12, 20))]

    (credit,) = rated(terms, whole(terms, at(12, 20)), events).lines

    assert credit.description == f"{NAME} - credit for 2026-11-15 to 2026-12-14"


def whole(terms: ContractTerms, instant: datetime) -> BilledPeriod:
    assert terms.calendar is not None
    calendar = terms.calendar
    return BilledPeriod(calendar.period_at(instant), calendar.full_period_at(instant))


@pytest.mark.parametrize("starts_at,credited", [(START, True), (None, False)])
def test_a_preview_without_calendar_looks_back_to_the_start_that_it_knows(
    starts_at: datetime | None, credited: bool
) -> None:
    terms = replace(contract(), calendar=None, starts_at=starts_at)
    december = Period(at(12, 1), at(13, 1))
    events = [event("resolved", at(11, 5)), event("reopened", at(12, 5))]

    found = rated(terms, BilledPeriod(december, december), events).lines

    assert [str(line.amount) for line in found] == (["-1.00"] if credited else [])
    assert open_windows_close(terms=terms, usage=usage_of(terms, events)) is None


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 24 * 100),
        st.sampled_from(["resolved", "resolved", "reopened", "rejected"]),
        st.sampled_from(["T1", "T2", "T3"]),
    ),
    max_size=16,
    unique_by=lambda item: item,
)
MONTHS = (11, 12, 13, 14, 15)


def history(items: list[tuple[int, str, str]]) -> list[Named]:
    return [event(name, START + timedelta(hours=hours), ticket) for hours, name, ticket in items]


def plain_outcomes(items: list[tuple[int, str, str]]) -> list[tuple[int, str, int | None]]:
    """Return (hour of the close, key, hour of the reversal), found by looking ahead."""
    found = []
    for ticket in ("T1", "T2", "T3"):
        own = sorted(
            (hours, one[1].key, name == "resolved")
            for (hours, name, about), one in zip(items, history(items), strict=True)
            if about == ticket
        )
        while any(success for *_, success in own):
            start = next(place for place, (*_, success) in enumerate(own) if success)
            hours, key, _ = own[start]
            close = hours + 72
            later = own[start + 1 :]
            ends = (
                place
                for place, (hours, _, success) in enumerate(later)
                if not success or hours >= close
            )
            own = later[next(ends, len(later)) :]
            taken_back = own.pop(0)[0] if own and not own[0][2] else None
            if taken_back is None or taken_back >= close:
                found.append((close, key, taken_back))
    return sorted(found)


def month_of(hour: int) -> int:
    instant = START + timedelta(hours=hour)
    return (instant.year - 2026) * 12 + instant.month


def plain_amounts(
    items: list[tuple[int, str, str]], tiers: list[tuple[int | None, Fraction]]
) -> dict[int, Fraction]:
    """Return what each month comes to, each unit by its own place."""
    amounts = dict.fromkeys(MONTHS, Fraction(0))
    places: dict[int, int] = {}
    for close, _, reversal in plain_outcomes(items):
        month = month_of(close)
        places[month] = place = places.get(month, 0) + 1
        rate = next(rate for up_to, rate in tiers if up_to is None or place <= up_to)
        amounts[month] += rate
        if reversal is not None:
            amounts[month_of(reversal)] -= rate
    return amounts


@given(HISTORIES)
def test_each_month_comes_to_what_a_plain_count_of_units_says(
    items: list[tuple[int, str, str]],
) -> None:
    terms = contract(version(Graduated(TWO_TIERS)))
    expected = plain_amounts(items, [(2, Fraction(1)), (None, Fraction(2, 5))])

    found = {
        month: sum(
            (Fraction(line.exact_amount) for line in rated(terms, month, history(items)).lines),
            Fraction(0),
        )
        for month in MONTHS
    }

    assert found == expected


@given(HISTORIES)
def test_no_outcome_is_lost_or_billed_twice(items: list[tuple[int, str, str]]) -> None:
    terms = contract()
    kept = [outcome for outcome in plain_outcomes(items) if outcome[2] is None]

    found = [line for month in MONTHS for line in rated(terms, month, history(items)).lines]

    assert sum(line.quantity for line in found) == len(kept)
    assert sum(line.amount for line in found) == len(kept)


@given(HISTORIES, st.randoms(use_true_random=False), st.sampled_from(MONTHS))
def test_the_order_in_which_events_arrive_changes_nothing(
    items: list[tuple[int, str, str]], random: Random, month: int
) -> None:
    events = history(items)
    mixed = list(events)
    random.shuffle(mixed)

    assert rated(contract(), month, mixed) == rated(contract(), month, events)


@given(HISTORIES, st.integers(1, 24 * 90))
def test_a_contract_that_ends_bills_all_that_succeeded_in_its_time(
    items: list[tuple[int, str, str]], end_hour: int
) -> None:
    end = (START + timedelta(hours=end_hour)).replace(hour=0) + timedelta(days=1)
    terms = contract(end=end)
    assert terms.calendar is not None
    usage = usage_of(terms, history(items))
    invoice_at = open_windows_close(terms=terms, usage=usage) or end
    hours = (end - START) // timedelta(hours=1)
    waits = (invoice_at - START) // timedelta(hours=1)
    own = [item for item in items if item[1] != "resolved" or item[0] < hours]
    kept = [
        outcome
        for outcome in plain_outcomes(own)
        if outcome[2] is None or outcome[2] >= max(hours, waits)
    ]

    found = [
        line
        for period in terms.calendar.periods_from(START)
        for line in rated(terms, whole(terms, period.start), history(items)).lines
    ]

    assert sum(line.quantity for line in found) == len(kept)


def test_before_the_rule_begins_every_success_counts_at_once() -> None:
    terms = contract(version(ends=at(12, 1), outcome=None), version(begins=at(12, 1)))
    events = [
        event("resolved", at(11, 29), "A"),
        event("resolved", at(11, 29), "B"),
        event("reopened", at(11, 30), "A"),
        event("resolved", at(12, 2), "C"),
    ]

    assert lines(terms, 11, events) == [("Resolved tickets", "2", "2.00")]
    assert lines(terms, 12, events) == [("Resolved tickets", "1", "1.00")]
