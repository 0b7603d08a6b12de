"""What prices come to for usage that is only asked about, without a database."""

import copy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from invoicing.assembly.preview import preview
from invoicing.assembly.sample_usage import SampleQuantity
from plan_file.format.preview_book import Named, PreviewBook, named_codes
from plan_file.format.preview_usage import MOST_EVENTS, MOST_QUANTITIES
from tests.plan_file.asked import (
    WORK,
    answer,
    book_of,
    event,
    lines,
    mistakes,
    price,
    request_of,
    usage,
)
from tests.plan_file.book import SMALL_BOOK
from values.period import Period
from values.problems import InvalidTerms

SMALL = book_of(SMALL_BOOK)
IN_THE_US = usage("CALLS", "13", dimensions={"region": "US"})
VOICE = {
    "code": "voice", "name": "Voice", "kind": "call", "meter": "CALLS", "decimals": 4,
    "rates": [{"prefix": "44", "rate_per_minute": "0.0140"}],
}  # fmt: skip


def call(key: str, **properties: Any) -> dict[str, Any]:
    answered = "2024-11-05T15:00:00Z"
    usual = {"direction": "outbound", "to_number": "+442079460000", "answer_at": answered}
    return event("call", key, answered, **{**usual, "duration_seconds": 78, **properties})


def aside(**body: Any) -> list[tuple[str, str | None, str]]:
    return [(each.event.key, each.meter, each.reason) for each in answer(**body).set_aside]


def test_quantities_and_events_of_a_price_in_the_request() -> None:
    by_quantity = answer(price=price(), usage=usage("WORK", "10", "2.5"))
    by_event = answer(
        price=price(), events=[event("work", "a", units="10"), event("work", "b", units="2.5")]
    )

    assert lines(by_quantity) == lines(by_event) == [("Work", "12.5", "1.25")]
    assert [line.events for line in by_quantity.result.lines] == [2]


def test_a_price_and_a_plan_of_the_book_are_named_by_their_codes() -> None:
    by_price = answer(SMALL, price="call", usage=IN_THE_US, meters=[])
    by_plan = answer(SMALL, plan="basic", usage=IN_THE_US, meters=[])

    assert lines(by_price) == lines(by_plan) == [("Calls - US", "13", "2.60")]


def test_what_the_request_writes_goes_before_the_book() -> None:
    entry = {"match": {"region": "US"}, "rate": "1"}
    card = {
        "code": "rates", "meter": "CALLS",
        "versions": [{"effective_from": "2024-11-01", "entries": [entry]}],
    }  # fmt: skip
    asked = {
        "code": "call", "name": "Mine", "kind": "usage", "meter": "CALLS", "model": "per_unit",
        "rate_card": "rates", "fallback_rate": "0.40",
    }  # fmt: skip
    plan = {"code": "new", "prices": [asked, "call"], "rate_cards": [card]}

    mine = answer(SMALL, plan=plan, usage=IN_THE_US, meters=[])
    stored = answer(SMALL, price=asked, usage=IN_THE_US, meters=[])

    assert lines(mine) == [("Mine - US", "13", "13.00")]
    assert lines(stored) == [("Mine - US", "13", "2.60")]


def test_a_plan_in_the_request_has_fees_credits_and_a_commitment() -> None:
    plan = {
        "code": "agents",
        "minimum_commitment": "50",
        "grants": [{"code": "welcome", "amount": "25.00", "kind": "promotional"}],
        "meters": [WORK],
        "prices": [
            {"code": "fee", "name": "Fee", "kind": "recurring", "amount": "9"},
            {"code": "seats", "name": "Seats", "kind": "seat", "unit_price": "2"},
            price(included={"quantity": "10", "per": "seats"}),
        ],
    }  # fmt: skip

    found = answer(meters=[], plan=plan, quantities={"seats": "3"}, usage=usage("WORK", "75"))

    assert lines(found) == [
        ("Work - included", "30", "0.00"),
        ("Work", "45", "4.50"),
        ("Minimum commitment", "1", "30.50"),
        ("Fee", "1", "9.00"),
        ("Seats", "3", "6.00"),
    ]
    assert (found.result.discounts, found.result.amount_due) == (Decimal("25.00"), Decimal("25.00"))


def test_the_currency_is_that_of_the_request_then_of_the_plan_then_of_the_seller() -> None:
    plan = {"code": "p", "currency": "EUR", "prices": [price()]}
    asked = {"meters": [WORK], "usage": usage("WORK", "10")}

    def currency(**body: Any) -> str:
        return answer(SMALL, **asked, **body).result.currency

    assert currency(plan=plan, currency="GBP") == "GBP"
    assert currency(plan=plan, currency=None) == "EUR"
    assert currency(price=price(), currency=None) == "USD"


@pytest.mark.parametrize("interval,ends", [("month", (2024, 12, 1)), ("year", (2025, 1, 1))])
def test_a_period_without_an_end_is_what_is_left_of_the_billing_period(
    interval: str, ends: tuple[int, int, int]
) -> None:
    plan = {"code": "p", "billing_period": interval, "prices": [price()]}
    question, problems = request_of(SMALL, {"plan": plan})

    assert problems == []
    assert question is not None
    assert question.billed.covered.end == datetime(*ends, tzinfo=UTC)


def test_without_a_period_it_is_that_of_the_first_usage_or_of_now() -> None:
    december = event("work", "a", "2024-12-05T10:00:00Z", units=1)
    october = usage("WORK", "1", occurred_at="2024-10-31")

    def month(**body: Any) -> int:
        question, _ = request_of(SMALL, {"price": price(), "period": None, **body})
        assert question is not None
        return question.billed.covered.start.month

    assert month() == 11
    assert month(events=[december]) == 12
    assert month(events=[event("work", "b", units=1), december]) == 11
    assert month(usage=october) == 10


def test_days_of_a_month_prorate_fees_and_days_of_two_are_a_period_of_their_own() -> None:
    fee = {"code": "fee", "name": "Fee", "kind": "recurring", "amount": "90"}

    ten = answer(price=fee, period={"from": "2024-11-01", "to": "2024-11-11"})
    both = answer(price=fee, period={"from": "2024-11-21", "to": "2024-12-11"})

    assert lines(ten) == [("Fee", "1", "30.00")]
    assert lines(both) == [("Fee", "1", "90.00")]
    assert both.result.period == Period(
        datetime(2024, 11, 21, tzinfo=UTC), datetime(2024, 12, 11, tzinfo=UTC)
    )


def test_a_measure_is_that_of_the_book_and_its_lines_those_of_the_plan() -> None:
    bonus = {
        "code": "bonus", "name": "Bonus", "kind": "performance", "of": ["work"],
        "measure": {"divide": "TASKS", "by": "WORK"},
        "bands": [{"up_to": "0.5"}, {"up_to": None, "percent": "10"}],
    }  # fmt: skip
    plan = {"code": "care", "prices": [price(unit_price="1"), bonus]}

    found = answer(plan=plan, usage=[*usage("WORK", "100"), *usage("TASKS", "60")])

    assert lines(found) == [("Work", "100", "100.00"), ("Bonus", "1", "10.00")]


def test_quantities_of_what_does_not_add_up_are_events() -> None:
    highest = answer(price=price(meter="PEAK"), usage=usage("PEAK", "4", "9", "5"))
    people = answer(price=price(meter="PEOPLE"), usage=usage("PEOPLE", "3", "2"))

    assert lines(highest) == [("Work", "9", "0.90")]
    assert lines(people) == [("Work", "5", "0.50")]


def test_a_counted_quantity_is_so_many_events() -> None:
    found = answer(price=price(meter="TASKS"), usage=usage("TASKS", "7"))

    assert [(str(line.quantity), line.events) for line in found.result.lines] == [("7", 7)]


def test_calls_are_told_one_by_one() -> None:
    calls = [call("a"), call("b", status="busy"), call("c", to_number="+33")]

    found = answer(price=VOICE, events=[*calls, call("d", answer_at="then")])

    assert lines(found) == [("Voice", "120", "0.03")]
    assert [(code, told.key, told.status.value) for code, told in found.calls] == [
        ("voice", "a", "rated"),
        ("voice", "b", "not_billable"),
        ("voice", "c", "quarantined"),
        ("voice", "d", "quarantined"),
    ]


def test_an_outcome_counts_once_its_window_is_over() -> None:
    rule = {
        "success_event": "task", "reversal_event": "reopened",
        "correlation_property": "ticket", "window_hours": 72,
    }  # fmt: skip
    events = [
        event("task", "a", ticket="1"),
        event("task", "b", ticket="2"),
        event("reopened", "c", "2024-11-06T15:00:00Z", ticket="2"),
        event("task", "d", "2024-11-29T15:00:00Z", ticket="3"),
    ]

    found = answer(price=price(meter="TASKS", outcome=rule), events=events)

    assert lines(found) == [("Work", "1", "0.10")]
    assert found.set_aside == ()


def test_events_that_count_for_nothing_are_told_with_the_reason() -> None:
    plan = {
        "code": "p",
        "prices": [price(), price(code="peak", meter="PEAK"), price(code="does", meter="ACTIONS")],
    }
    events = [
        event("other", "a"),
        event("work", "b", "2024-12-01T00:00:00Z", units=1),
        event("work", "c"),
        event("gauge", "d", level="high"),
        event("action", "e", does="fax"),
        event("action", "f", does="call"),
    ]

    found = answer(plan=plan, events=events)

    assert lines(found) == [("Work", "15", "1.50")]
    assert aside(plan=plan, events=events) == [
        ("a", None, "unmetered"),
        ("b", "WORK", "outside_period"),
        ("c", "WORK", "missing_property"),
        ("d", "PEAK", "bad_value"),
        ("e", "ACTIONS", "unknown_action"),
    ]


def test_events_outside_of_a_filter_are_not_the_meters() -> None:
    meter = {**WORK, "filters": {"kind": ["ai"]}}
    events = [event("work", "a", units=3, kind="ai"), event("work", "b", units=5, kind="fax")]

    assert lines(answer(meters=[meter], price=price(), events=events)) == [("Work", "3", "0.30")]
    assert aside(meters=[meter], price=price(), events=events) == [("b", None, "unmetered")]


def test_an_event_needs_no_key_and_copies_are_one() -> None:
    keyless = [{**event("work", "x", units=1), "idempotency_key": None}] * 2
    copies = [event("work", "a", units=3)] * 2

    assert lines(answer(price=price(), events=[*keyless, *copies])) == [("Work", "5", "0.50")]


def test_values_of_dimensions_are_read_as_text() -> None:
    meter = {**WORK, "group_keys": ["a", "b", "c"]}
    asked = usage("WORK", "1", dimensions={"a": True, "b": 2, "c": ""})
    asked += usage("WORK", "1", dimensions={"a": False, "b": None})

    found = answer(meters=[meter], price=price(), usage=asked)

    assert [dict(line.dimensions) for line in found.result.lines] == [
        {"a": "false"},
        {"a": "true", "b": "2", "c": ""},
    ]


@pytest.mark.parametrize(
    "body,problems",
    [
        ({}, ["needs a price or a plan, and only one of them"]),
        ({"price": "call", "plan": "basic"}, ["needs a price or a plan, and only one of them"]),
        ({"price": "cal"}, ["price: unknown price 'cal', did you mean 'call'?"]),
        ({"plan": "bsic"}, ["plan: unknown plan 'bsic', did you mean 'basic'?"]),
        ({"price": price(modle=1)}, ["price.modle: unknown key, did you mean 'model'?"]),
        ({"price": price(), "usge": []}, ["usge: unknown key, did you mean 'usage'?"]),
        (
            {"price": price(), "meters": [WORK, WORK]},
            ["meters[1].code: 'WORK' is already taken by meters[0]"],
        ),
        (
            {"plan": {"code": "p", "prices": [price(), "non"]}},
            ["plan.prices[1]: unknown price 'non'"],
        ),
        (
            {"price": price(), "period": {"from": "2024-11-02", "to": "2024-11-02"}},
            ["period.to: must be after from"],
        ),
        ({"price": price(), "period": {}}, ["period.from: is required"]),
        (
            {"price": price(), "period": {"from": "2024-11-02", "to": "later"}},
            [
                (
                    "period.to: must be a date (2024-11-01) or a time with an offset "
                    "(2024-11-01T09:30:00Z)"
                )
            ],
        ),
        (
            {"price": price(), "quantities": {"seats": "5"}},
            ["quantities.seats: no price asked about counts these; they count: none"],
        ),
        (
            {
                "plan": {
                    "code": "p",
                    "prices": [
                        price(included={"quantity": "1", "per": "agents"}),
                        {"code": "desk", "name": "Desk", "kind": "seat", "unit_price": "1"},
                    ],
                },
                "quantities": {"agent": "5", "desk": "1"},
            },
            [
                (
                    "quantities.agent: no price asked about counts these, did you mean 'agents'?; "
                    "they count: agents, desk"
                )
            ],
        ),
        (
            {"price": price(), "usage": [{"meter": "WORK"}]},
            ["usage[0].quantity: is required"],
        ),
        (
            {"price": price(), "usage": usage("WORK", "1") * (MOST_QUANTITIES + 1)},
            ["usage: has 1,001 items; at most 1,000 are taken"],
        ),
        (
            {"price": price(), "events": [{}] * (MOST_EVENTS + 1)},
            ["events: has 10,001 items; at most 10,000 are taken"],
        ),
        (
            {"price": price(), "events": [{"event_name": "work"}]},
            ["events[0].occurred_at: is required"],
        ),
        (
            {"price": price(), "events": [event("work", "a", units=1), event("work", "a")]},
            ["events[1].idempotency_key: an event with another body has this key"],
        ),
        (
            {"price": price(), "currency": "USDX"},
            ["currency: unknown currency 'USDX'"],
        ),
        (
            {"price": price(), "rate_cards": [{"code": "deck", "versions": []}]},
            ["rate_cards[0].meter: is required"],
        ),
    ],
)
def test_every_mistake_of_a_request_is_named(body: dict[str, Any], problems: list[str]) -> None:
    assert mistakes(SMALL, **body) == problems


def test_without_a_seller_the_request_says_its_currency() -> None:
    assert mistakes(price=price(), currency=None) == ["currency: is required"]


@pytest.mark.parametrize(
    "asked,problem",
    [
        (
            {"usage": usage("TASKS", "1")},
            "usage[0].meter: no price asked about looks at a meter 'TASKS'; they look at: WORK",
        ),
        (
            {"usage": usage("WORK", "1", dimensions={"region": "US"})},
            "usage[0].dimensions.region: is no property that WORK is priced by; those are: none",
        ),
        (
            {"usage": usage("WORK", "1", occurred_at="2024-12-01")},
            "usage[0].occurred_at: lies outside the period",
        ),
        (
            {"usage": usage("WORK", "1000000000001")},
            "usage[0].quantity: is more than 1,000,000,000,000",
        ),
        (
            {"usage": usage("WORK", "1"), "events": [event("work", "a", units=1)]},
            "usage[0].meter: events of WORK are sent, too: send one or the other",
        ),
        (
            {"price": VOICE, "usage": usage("CALLS", "1")},
            "usage[0].meter: CALLS counts calls: send them as events",
        ),
        (
            {"price": price(meter="TASKS"), "usage": usage("TASKS", "1.5")},
            "usage[0].quantity: TASKS counts: write a whole number",
        ),
        (
            {
                "price": {
                    **price(model="passthrough", amount_property="cost"),
                    "unit_price": None,
                },
                "usage": usage("WORK", "1"),
            },
            "usage[0].meter: the price of WORK looks at each event: send them as events",
        ),
        (
            {"price": price(meter="PEOPLE"), "usage": usage("PEOPLE", "10000", "1")},
            "usage: asks to count 10001 things, more than 10,000",
        ),
    ],
)  # fmt: skip
def test_quantities_that_no_price_could_charge_are_named(
    asked: dict[str, Any], problem: str
) -> None:
    assert mistakes(**{"price": price(), **asked}) == [problem]


def test_a_meter_of_the_book_may_allow_no_corrections() -> None:
    calls = SMALL.meters["CALLS"]
    strict = replace(SMALL, meters={"CALLS": replace(calls, allows_negative=False)})
    asked = {"price": "call", "meters": [], "usage": usage("CALLS", "5", "-1")}

    assert mistakes(strict, **asked) == [
        "usage[1].quantity: is negative, and CALLS allows no corrections"
    ]
    assert lines(answer(SMALL, **asked)) == [("Calls - no region", "4", "1.60")]


def test_as_many_things_as_may_be_are_counted() -> None:
    found = answer(price=price(meter="PEOPLE"), usage=usage("PEOPLE", "9999", "1"))

    assert lines(found) == [("Work", "10000", "1000.00")]


def test_actions_whose_levels_do_not_add_up_are_sent_as_events() -> None:
    meter = {
        "code": "LAST", "event_name": "action", "aggregation": "latest", "property": "times",
        "action_property": "does", "credit_units": {"email": 1},
    }  # fmt: skip

    assert mistakes(meters=[meter], price=price(meter="LAST"), usage=usage("LAST", "1")) == [
        "usage[0].meter: LAST values actions: send them as events"
    ]


def test_the_codes_of_a_request_are_those_that_it_writes_anywhere() -> None:
    body = copy.deepcopy(
        {
            "price": {
                "code": "bonus", "measure": {"divide": "A", "by": "B"}, "of": ["x", 7],
                "rate_card": "deck", "meter": "C",
            },
            "plan": {"code": "p", "prices": ["y", {"code": "z", "measure": "D"}],
                     "rate_cards": [{"meter": "E"}]},
            "rate_cards": [{"meter": "F"}],
            "usage": [{"meter": "G"}, "none", {"meter": ["H"]}],
        }
    )  # fmt: skip

    assert named_codes(body) == Named(
        meters=frozenset("ABCDEFG"),
        rate_cards=frozenset({"deck"}),
        prices=frozenset({"x", "7", "y"}),
        plans=frozenset(),
    )
    assert named_codes({"price": "x", "plan": "p"}) == Named(
        prices=frozenset({"x"}), plans=frozenset({"p"})
    )
    assert named_codes([]) == Named()


def test_what_is_due_once_stands_in_a_first_period_alone() -> None:
    setup = {"code": "setup", "name": "Set-up", "kind": "one_time", "amount": "150"}
    question, _ = request_of(SMALL, {"price": setup})
    assert question is not None

    first = preview(terms=question.terms, billed=question.billed)
    later = preview(terms=question.terms, billed=question.billed, is_first=False)

    assert lines(first) == [("Set-up", "1", "150.00")]
    assert lines(later) == []


def test_a_preview_refuses_what_no_price_could_charge() -> None:
    question, _ = request_of(SMALL, {"price": price()})
    assert question is not None
    asked = SampleQuantity("WORK", {"region": "US"}, Decimal(1), question.billed.covered.start)

    with pytest.raises(InvalidTerms, match=r"\[0\].dimensions.region: is no property that WORK"):
        preview(terms=question.terms, billed=question.billed, quantities=(asked,))


def test_a_call_price_makes_calls_of_the_events_of_a_stored_meter() -> None:
    assert mistakes(SMALL, price=VOICE, meters=[], usage=usage("CALLS", "1")) == [
        "usage[0].meter: CALLS counts calls: send them as events"
    ]


@pytest.mark.parametrize(
    "currency, said",
    [
        ("EUR", []),
        ("BRL", ["nothing is sold in BRL here; these are: USD, EUR"]),
        ("XXQ", ["unknown currency 'XXQ'"]),
        (7, ["unknown currency '7'"]),
    ],
)
def test_a_currency_in_which_nothing_is_sold_is_refused_and_one_that_is_none_once(
    currency: object, said: list[str]
) -> None:
    sold = PreviewBook(currencies=("USD", "EUR"))

    of_request = mistakes(sold, price=price(), usage=usage("WORK", "1"), currency=currency)
    plan = {"code": "p", "name": "P", "currency": currency, "prices": [price()]}
    of_plan = mistakes(sold, plan=plan, usage=usage("WORK", "1"))

    assert of_request == [f"currency: {each}" for each in said]
    assert of_plan == [f"plan.currency: {each}" for each in said]


def test_one_list_too_many_of_a_key_is_refused_before_anything_is_read() -> None:
    tiers = [{"up_to": str(number), "unit_price": "1"} for number in range(1, 501)]
    prices = [price(code=f"work-{number}", model="graduated", tiers=tiers) for number in range(4)]

    question, problems = request_of(PreviewBook(), {"plan": {"prices": prices}})

    assert question is None
    assert [problem.text() for problem in problems] == [
        "plan.prices[2].tiers: 1,000 tiers are taken in a preview at most, all together"
    ]
