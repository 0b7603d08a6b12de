"""Why a line costs what it costs, as people read it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from invoicing.documents.explanation import Counted, Explanation, Paid, Step, explained

MINUTES = Counted(
    quantity=Decimal(13),
    unit="minute",
    rate=Decimal("0.20"),
    exact_amount=Decimal("2.60"),
    amount=Decimal("2.60"),
    currency="USD",
    time="Nov 1 – Nov 30, 2024",
    meter="AI Calls",
    summed="duration_minutes",
    keys=("region", "call_outcome"),
    dimensions={"region": "US", "call_outcome": "resolved"},
    events=2,
)
US_RESOLVED = {
    "match": {"region": "US", "call_outcome": "resolved"},
    "rate": "0.2",
    "priority": 0,
    "agreed": False,
}
BY_ENTRY: dict[str, Any] = {
    "price": "ai-call",
    "price_version": None,
    "source": "entry",
    "rate_card": "ai-call-rates",
    "rate_version": "2024-11-01T00:00:00+00:00",
    "entry": US_RESOLVED,
    "passed_over": [],
    "label": "US / resolved",
    "quantity": "13",
    "unit": "minute",
    "rate": "0.2",
    "currency": "USD",
    "exact_amount": "13/5",
    "rounding": "half_up",
    "amount": "2.60",
}


def step(explanation: Explanation, title: str) -> Step:
    return next(step for step in explanation.steps if step.title == title)


def test_a_line_at_a_rate_of_the_card_is_told_in_a_sentence() -> None:
    explanation = explained(trace=BY_ENTRY, counted=MINUTES)

    assert explanation.sentence == (
        "13 minutes × $0.20 = $2.60, at the rate of US / resolved (in force since Nov 1, 2024)."
    )


def test_the_steps_lead_from_the_events_to_the_amount() -> None:
    explanation = explained(trace=BY_ENTRY, counted=MINUTES)

    assert explanation.steps == (
        Step(
            "What was counted",
            "AI Calls: 2 events of Nov 1 – Nov 30, 2024, their duration minutes added up. "
            "That makes 13 minutes.",
            ("Region: US", "Call outcome: resolved"),
        ),
        Step(
            "Which rate",
            "The entry for US / resolved of the rate card ai-call-rates "
            "(in force since Nov 1, 2024) matches: $0.20 per minute.",
        ),
        Step("The calculation", "13 minutes × $0.20 = $2.60, exactly."),
        Step(
            "Rounding",
            "A line is rounded once, to the nearest $0.01. Here nothing is left to round. "
            "The amount is $2.60.",
        ),
    )


def test_a_rate_of_the_agreement_says_so_and_names_what_it_goes_before() -> None:
    agreed = {**US_RESOLVED, "agreed": True, "rate": "0.15"}
    passed = [{**US_RESOLVED, "match": {"region": "US", "call_outcome": "*"}, "rate": "0.3"}]
    trace = {
        **BY_ENTRY,
        "source": "override",
        "entry": agreed,
        "passed_over": passed,
        "rate": "0.15",
    }

    rate = step(explained(trace=trace, counted=MINUTES), "Which rate")

    assert rate.text == (
        "Your agreement has a rate of its own for US / resolved: $0.15 per minute. It goes before "
        "the list rate of the rate card ai-call-rates (in force since Nov 1, 2024)."
    )
    assert rate.details == (
        (
            "US / any call outcome at $0.30 per minute matches too, but it is less specific "
            "(1 fixed, not 2)."
        ),
    )


def test_an_entry_of_lower_priority_is_passed_over_for_that() -> None:
    chosen = {**US_RESOLVED, "priority": 5}
    trace = {**BY_ENTRY, "entry": chosen, "passed_over": [US_RESOLVED]}

    rate = step(explained(trace=trace, counted=MINUTES), "Which rate")

    assert rate.details == (
        "US / resolved at $0.20 per minute matches too, but its priority is lower (0, not 5).",
    )


def test_the_fallback_names_what_did_not_match_and_the_spelling_that_would() -> None:
    trace = {
        **BY_ENTRY,
        "source": "fallback",
        "entry": None,
        "label": "us / resolved",
        "rate": "0.4",
    }

    explanation = explained(trace=trace, counted=MINUTES, hint={"region": "US"})

    assert step(explanation, "Which rate") == Step(
        "Which rate",
        "No entry of the rate card ai-call-rates (in force since Nov 1, 2024) matches "
        "us / resolved, so the fallback rate applies: $0.40 per minute.",
        (
            (
                "The rate card spells region as US: the usage was sent with another spelling and "
                "did not match."
            ),
        ),
    )


def test_one_price_for_all_usage_is_called_that() -> None:
    trace = {**BY_ENTRY, "source": "unit_price", "entry": None, "rate_card": None}

    explanation = explained(trace={**trace, "rate_version": None}, counted=MINUTES)

    assert explanation.sentence == "13 minutes × $0.20 = $2.60, at one price per minute."
    assert step(explanation, "Which rate").text == "One price for all usage: $0.20 per minute."


def test_what_was_rounded_shows_every_digit_before_and_the_rule() -> None:
    tokens = replace(
        MINUTES,
        quantity=Decimal(1234567),
        unit="token",
        rate=Decimal("0.0000025"),
        exact_amount=Decimal("3.0864175"),
        amount=Decimal("3.09"),
    )
    trace = {**BY_ENTRY, "exact_amount": str(Fraction(Decimal("3.0864175")))}

    explanation = explained(trace=trace, counted=tokens)

    assert explanation.sentence.startswith(
        "1,234,567 tokens × $0.0000025 = $3.0864175, rounded to $3.09, at "
    )
    assert step(explanation, "Rounding") == Step(
        "Rounding",
        "$3.0864175 is rounded once, to the nearest $0.01. The amount is $3.09.",
        ("Exactly half of $0.01 goes away from zero.",),
    )


def test_events_that_are_counted_are_not_added_up() -> None:
    chats = replace(MINUTES, unit="conversation", summed="", keys=("channel",), dimensions={})

    counting = step(explained(trace=BY_ENTRY, counted=chats), "What was counted")

    assert counting.text == (
        "AI Calls: 2 events of Nov 1 – Nov 30, 2024, each counted once. "
        "That makes 13 conversations."
    )
    assert counting.details == ("Channel: not given",)


def test_the_credit_that_pays_a_line_is_named() -> None:
    paid = [
        Paid("Promotional credit welcome", Decimal(1)),
        Paid("Prepaid credit grant-1", Decimal("1.60")),
    ]

    assert step(explained(trace=BY_ENTRY, counted=MINUTES, paid=paid), "Credit").text == (
        "Promotional credit welcome pays $1.00; Prepaid credit grant-1 pays $1.60 of this line."
    )


@pytest.mark.parametrize("left_out", sorted(BY_ENTRY))
def test_a_trace_that_lacks_a_name_is_told_without_it(left_out: str) -> None:
    trace = {name: value for name, value in BY_ENTRY.items() if name != left_out}

    explanation = explained(trace=trace, counted=MINUTES)

    assert explanation.sentence.startswith("13 minutes × $0.20 = $2.60")
    assert step(explanation, "The calculation").text == "13 minutes × $0.20 = $2.60, exactly."


@pytest.mark.parametrize(
    "broken",
    [
        {"entry": {"match": {"region": "US"}}},
        {"entry": {"match": 5, "rate": "x"}},
        {"passed_over": "none"},
        {"passed_over": [None, {"match": {}}]},
        {"rate_version": "long ago"},
        {"exact_amount": "13/0"},
        {"rate": None},
        {"source": "of another time"},
    ],
)
def test_a_trace_that_reads_otherwise_is_told_as_far_as_it_goes(broken: dict[str, Any]) -> None:
    explanation = explained(trace={**BY_ENTRY, **broken}, counted=MINUTES)

    assert explanation.sentence.startswith("13 minutes × $0.20 = $2.60")


def test_a_fee_without_a_trace_is_an_amount_for_its_time() -> None:
    fee = Counted(
        quantity=Decimal(1),
        unit="",
        rate=None,
        exact_amount=Decimal(99),
        amount=Decimal(99),
        currency="USD",
        time="Nov 1 – Nov 30, 2024",
    )

    explanation = explained(trace={}, counted=fee)

    assert explanation.sentence == "$99.00."
    assert explanation.steps[0].text == (
        "A charge for Nov 1 – Nov 30, 2024; it does not count usage."
    )


def test_every_kind_of_value_of_an_entry_has_words() -> None:
    match = {
        "region": ["US", "CA"],
        "call_outcome": "*",
        "agent": None,
        "minutes": {"gte": "1", "lt": "5"},
    }
    trace = {**BY_ENTRY, "entry": {**US_RESOLVED, "match": match}}

    assert (
        "US or CA / any call outcome / no agent / minutes from 1 and below 5"
        in step(explained(trace=trace, counted=MINUTES), "Which rate").text
    )
