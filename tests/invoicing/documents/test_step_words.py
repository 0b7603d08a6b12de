"""The steps of a trace as a buyer reads them, one kind after the other."""

from decimal import Decimal

import pytest

from invoicing.documents.explanation import Counted, explained
from invoicing.documents.step_words import Step

CHARGE = Counted(
    quantity=Decimal(284),
    unit="minute",
    rate=Decimal("0.20"),
    exact_amount=Decimal("56.80"),
    amount=Decimal("56.80"),
    currency="USD",
    time="Nov 1 – Nov 30, 2024",
    meter="AI Calls",
    summed="duration",
    events=412,
)


def told(of: str, /, **values: str) -> Step:
    """Return the one step that the trace names, in words."""
    named = {name.rstrip("_"): value for name, value in values.items()}
    found = explained(trace={"steps": [{"step": of, **named}]}, counted=CHARGE)
    return found.steps[1]


def test_minutes_beyond_the_included_ones_are_one_sentence() -> None:
    steps = [
        {"step": "counted", "quantity": "77040", "events": "412", "aggregation": "sum"},
        {"step": "converted", "from": "77040", "unit": "second", "divide_by": "60", "to": "1284",
         "label": "minute", "round": "up"},
        {"step": "included", "from": "1284", "used": "1000", "left": "0", "pool": "", "to": "284"},
    ]  # fmt: skip

    found = explained(trace={"steps": steps, "source": "unit_price"}, counted=CHARGE)

    assert found.sentence == (
        "1,284 minutes − 1,000 included = 284 × $0.20 = $56.80, at one price per minute."
    )
    assert [(step.title, step.text) for step in found.steps] == [
        (
            "What was counted",
            (
                "AI Calls: 412 events of Nov 1 – Nov 30, 2024, their duration added up. "
                "That makes 77,040 seconds."
            ),
        ),
        ("The unit", "77,040 seconds ÷ 60 = 1,284 minutes. A part of one counts whole."),
        (
            "Included",
            "Of 1,284 minutes, 1,000 are included at no charge. 284 are charged. 0 are left.",
        ),
        ("Which rate", "One price for all usage."),
        (
            "The calculation",
            "1,284 minutes − 1,000 included = 284 × $0.20 = $56.80, exactly.",
        ),
        (
            "Rounding",
            (
                "A line is rounded once, to the nearest $0.01. Here nothing is left to round. "
                "The amount is $56.80."
            ),
        ),
    ]


@pytest.mark.parametrize(
    "aggregation,expected",
    [
        ("count", "each counted once"),
        ("calls", "each rated by itself"),
        ("credits", "each counted by the credits of its action"),
        ("max", "the highest duration of them"),
        ("latest", "the latest duration of them"),
        ("unique_count", "each different duration counted once"),
        ("weighted_sum", "the level of duration, weighed by how long it held"),
        ("of_later_times", "of later times"),
    ],
)
def test_each_way_to_count_has_words(aggregation: str, expected: str) -> None:
    steps = [{"step": "counted", "quantity": "5", "events": "9", "aggregation": aggregation}]

    counting = explained(trace={"steps": steps}, counted=CHARGE).steps[0]

    assert counting.text == (
        f"AI Calls: 9 events of Nov 1 – Nov 30, 2024, {expected}. That makes 5 minutes."
    )


@pytest.mark.parametrize(
    "mode,places,expected",
    [
        ("up", "0", "12.3 minutes become 13 minutes: rounded up, to whole ones."),
        ("down", "1", "12.3 minutes become 13 minutes: rounded down, to 1 decimal place."),
        (
            "half_up",
            "2",
            (
                "12.3 minutes become 13 minutes: rounded to the nearest, halves away from zero, "
                "to 2 decimal places."
            ),
        ),
    ],
)
def test_rounding_the_quantity_names_its_rule(mode: str, places: str, expected: str) -> None:
    step = told("rounded_quantity", from_="12.3", to="13", mode=mode, places=places)

    assert step == Step("Rounding the quantity", expected)


def test_a_unit_of_thousands_reads_as_a_multiple() -> None:
    step = told(
        "converted", from_="1284000", unit="token", divide_by="1000", to="1284", label="1K tokens"
    )

    assert step.text == "1,284,000 tokens ÷ 1,000 = 1,284 × 1K tokens."


def test_an_allowance_that_is_shared_says_so() -> None:
    step = told("included", from_="300", used="300", left="700", pool="voice-minutes")

    assert step == Step(
        "Included",
        "300 minutes are included at no charge. 700 are left.",
        ("What is included is shared: voice-minutes.",),
    )
    assert told("included", from_="300", used="300").text == (
        "300 minutes are included at no charge."
    )


@pytest.mark.parametrize(
    "values,expected",
    [
        (
            {"above": "0", "up_to": "500", "rate": "0.03", "quantity": "500"},
            "Units 1 to 500 at $0.03. 500 minutes of this line.",
        ),
        ({"above": "1000", "rate": "0.02"}, "Units from 1,001 on at $0.02."),
        ({"above": "0.5", "rate": "0.02"}, "Units above 0.5 at $0.02."),
        ({"above": "0.5", "up_to": "1", "rate": "0.02"}, "Units above 0.5 up to 1 at $0.02."),
        ({"above": "0", "up_to": "500"}, "Units 1 to 500."),
        (
            {"above": "500", "up_to": "1000", "rate": "0.02", "model": "volume"},
            "All units cost the price of the tier that they end in: units 501 to 1,000 at $0.02.",
        ),
        (
            {"above": "0", "up_to": "500", "rate": "2.5", "model": "graduated_percentage"},
            "A value up to $500.00 at 2.5%.",
        ),
        (
            {"above": "0", "up_to": "500", "model": "graduated_percentage"},
            "A value up to $500.00.",
        ),
    ],
)
def test_a_tier_names_its_units_and_its_price(values: dict[str, str], expected: str) -> None:
    assert told("tier", number="2", **values) == Step("Tier 2", expected)


def test_a_line_of_a_tier_is_at_the_price_of_its_units() -> None:
    tier = {"step": "tier", "number": "2", "above": "500", "up_to": "1000", "rate": "0.2"}
    trace = {
        "source": "tier",
        "rate_version": "2024-11-01T00:00:00+00:00",
        "steps": [tier],
    }

    found = explained(trace=trace, counted=CHARGE)

    assert found.sentence == (
        "284 minutes × $0.20 = $56.80, at the price of units 501 to 1,000 "
        "(in force since Nov 1, 2024)."
    )
    bare = explained(trace={"source": "tier"}, counted=CHARGE)
    assert bare.sentence == "284 minutes × $0.20 = $56.80."


@pytest.mark.parametrize(
    "above,up_to,expected",
    [
        ("0", "100", "a value up to $100.00"),
        ("100", "500.5", "a value above $100.00 up to $500.50"),
        ("500.5", None, "a value above $500.50"),
        ("0", None, "any value"),
    ],
)
def test_a_tier_of_percentages_is_named_by_its_values(
    above: str, up_to: str | None, expected: str
) -> None:
    tier = {"step": "tier", "number": "1", "above": above, "up_to": up_to, "rate": "3"}
    given = {name: text for name, text in tier.items() if text is not None}
    trace = {"source": "tier", "model": "graduated_percentage", "steps": [given]}

    found = explained(trace=trace, counted=CHARGE)

    assert found.sentence.endswith(f", at the percentage of {expected}.")


def test_terms_say_since_when_they_hold_as_a_step_alone() -> None:
    trace = {"source": "terms", "rate_version": "2024-11-01T00:00:00+00:00"}

    found = explained(trace=trace, counted=CHARGE)

    assert found.sentence == "284 minutes × $0.20 = $56.80."
    assert Step("Which rate", "The terms of the price that are in force since Nov 1, 2024.") in (
        found.steps
    )


@pytest.mark.parametrize(
    "kind,values,expected",
    [
        (
            "flat_fee",
            {"number": "2", "amount": "10"},
            "Tier 2 has a fee of $10.00, due once as soon as the tier is reached.",
        ),
        (
            "flat_fee",
            {"amount": "10"},
            "There is a fee of $10.00, due once as soon as the tier is reached.",
        ),
        (
            "packages",
            {
                "quantity": "250",
                "free_units": "0",
                "size": "100",
                "packages": "3",
                "round": "up",
            },
            "250 minutes make 3 packages of 100; one begun counts whole.",
        ),
        (
            "packages",
            {
                "quantity": "250",
                "free_units": "50",
                "size": "100",
                "packages": "2",
                "round": "down",
            },
            "250 minutes less 50 free make 2 packages of 100; only full ones count.",
        ),
        (
            "percentage",
            {"value": "5000", "percent": "2.9", "fixed_fee": "0.3", "events": "10"},
            "10 events worth $5,000.00: 2.9% and $0.30 of each.",
        ),
        (
            "markup",
            {"cost": "12", "percent": "20", "fixed": "0.01", "events": "15"},
            "The usage itself cost $12.00. 20% of it and $0.01 for each of 15 events is added.",
        ),
        ("markup", {"cost": "12"}, "The usage itself cost $12.00. Nothing is added."),
        (
            "calls",
            {"calls": "412", "billed_seconds": "18540", "paid_seconds": "12540"},
            (
                "412 calls, 18,540 seconds (309:00 min) billed. 6,000 seconds of them are free, "
                "12,540 seconds (209:00 min) paid."
            ),
        ),
        (
            "calls",
            {"calls": "1", "billed_seconds": "67", "paid_seconds": "67"},
            "1 call, 67 seconds (1:07 min) billed.",
        ),
        (
            "bundle",
            {"code": "inbound-500", "granted": "30000", "used": "6000", "left": "24000"},
            (
                "inbound-500 includes 30,000 seconds (500:00 min). 6,000 seconds (100:00 min) of "
                "it are used here. 24,000 seconds (400:00 min) are left."
            ),
        ),
        (
            "bundle",
            {"code": "inbound-500", "granted": "60", "used": "6"},
            "inbound-500 includes 60 seconds (1:00 min). 6 seconds (0:06 min) of it are used here.",
        ),
        (
            "days",
            {"days": "10", "of_days": "30", "amount": "99"},
            "10 of 30 days. A full period costs $99.00.",
        ),
        ("days", {"days": "30", "of_days": "30"}, "The full period of 30 days."),
        (
            "limit",
            {"kind": "minimum", "amount": "50", "lines": "31.2"},
            "The lines come to $31.20, so the rest up to the minimum of $50.00 is charged.",
        ),
        (
            "limit",
            {"kind": "other", "amount": "50", "lines": "31.2"},
            "The lines come to $31.20, the limit is $50.00.",
        ),
        (
            "measure",
            {
                "meter": "RESOLVED",
                "by": "TICKET",
                "value": "0.93",
                "percent": "5",
                "amount": "10",
                "of": "support",
                "lines": "1000",
            },
            "RESOLVED per TICKET came to 0.93. That brings 5% of $1,000.00 (support) and $10.00.",
        ),
        (
            "measure",
            {"meter": "CSAT", "value": "high", "percent": "5", "lines": "1000"},
            "CSAT came to high. That brings 5% of $1,000.00.",
        ),
        ("measure", {"meter": "CSAT", "value": "4"}, "CSAT came to 4."),
        (
            "reversed",
            {"outcomes": "3", "rate": "0.99"},
            "3 outcomes did not hold, so this is given back at $0.99, the rate that was billed.",
        ),
        ("reversed", {"outcomes": "1"}, "1 outcome did not hold, so this is given back."),
    ],
)
def test_every_other_step_is_told(kind: str, values: dict[str, str], expected: str) -> None:
    assert told(kind, **values).text == expected


def test_how_calls_are_rounded_and_how_long_they_lasted_are_details() -> None:
    step = told(
        "calls",
        calls="412",
        raw_seconds="17900",
        billed_seconds="18540",
        paid_seconds="18540",
        decimals="4",
        rounding="half_even",
    )

    assert step.details == (
        (
            "They lasted 17,900 seconds (298:20 min); each call is billed in steps, a step begun "
            "in full."
        ),
        "Each call is rounded once, to 4 places, to the nearest, halves to the even neighbour.",
    )


def test_free_events_and_limits_of_a_percentage_are_details() -> None:
    step = told(
        "percentage",
        value="5000",
        percent="2.9",
        events="10",
        free_events="2",
        free_amount="100",
        at_minimum="1",
        at_maximum="3",
    )

    assert step.details == (
        "Free: 2 events.",
        "Free: a value of $100.00.",
        "Raised to the least amount: 1 event.",
        "Lowered to the most amount: 3 events.",
    )


def test_a_limit_for_a_part_of_the_period_says_so() -> None:
    step = told("limit", kind="minimum", amount="50", lines="1", days="10", of_days="30")

    assert step.details == ("The limit holds in proportion: 10 of 30 days.",)


@pytest.mark.parametrize("raw", [None, "none", [None, {"step": "of later times"}, {}]])
def test_steps_that_this_version_does_not_know_are_left_out(raw: object) -> None:
    found = explained(trace={"steps": raw}, counted=CHARGE)

    assert [step.title for step in found.steps] == [
        "What was counted", "The calculation", "Rounding"
    ]  # fmt: skip
