"""`POST /api/v1/price-preview`: exact amounts of each model, and what is refused."""

from typing import Any

import pytest

from accounts.models import KeyMode, Scope
from tests import factories as make
from tests.caller import PROBLEM, Caller

pytestmark = pytest.mark.django_db

NOVEMBER = {"from": "2024-11-01"}
WORK = {"code": "WORK", "event_name": "work", "aggregation": "sum", "property": "units"}
TASKS = {"code": "TASKS", "event_name": "task", "aggregation": "count"}
CALLS = {"code": "CALLS", "event_name": "call", "aggregation": "count"}


@pytest.fixture
def caller() -> Caller:
    holder = make.partner(make.basil())
    return Caller(make.api_key(holder, mode=KeyMode.LIVE, scopes=[Scope.PRICES_READ])[1])


def _price(**keys: Any) -> dict[str, Any]:
    return {"code": "work", "name": "Work", "kind": "usage", "meter": "WORK", **keys}


def _ask(caller: Caller, **body: Any) -> dict[str, Any]:
    asked = {"meters": [WORK, TASKS, CALLS], "period": NOVEMBER, **body}
    answer = caller.post("/price-preview", asked)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def _lines(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(line["description"], line["quantity"], line["amount"]) for line in answer["lines"]]


def _work(*quantities: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"meter": "WORK", "quantity": quantity, **fields} for quantity in quantities]


TIERS = [{"up_to": "1000", "unit_price": "0.20"}, {"up_to": None, "unit_price": "0.15"}]
PERCENT_TIERS = [{"up_to": "1000", "percent": "3"}, {"up_to": None, "percent": "2"}]


@pytest.mark.parametrize(
    ("keys", "quantities", "lines"),
    [
        ({"model": "per_unit", "unit_price": "0.035"}, ["13"], [("Work", "13", "0.46")]),
        (
            {"model": "graduated", "tiers": TIERS},
            ["1000", "284"],
            [("Work", "1000", "200.00"), ("Work", "284", "42.60")],
        ),
        ({"model": "volume", "tiers": TIERS}, ["1284"], [("Work", "1284", "192.60")]),
        (
            {"model": "package", "package_size": "100", "package_price": "5", "free_units": "50"},
            ["1284"],
            [("Work", "13", "65.00")],
        ),
        (
            {"model": "percentage", "percent": "2.9", "fixed_fee": "0.30"},
            ["100", "20"],
            [("Work", "120", "4.08")],
        ),
        (
            {"model": "graduated_percentage", "tiers": PERCENT_TIERS},
            ["1500"],
            [("Work", "1000", "30.00"), ("Work", "500", "10.00")],
        ),
        (
            {"model": "per_unit", "unit_price": "0.20", "included": {"quantity": "1000"}},
            ["1284"],
            [("Work", "1000", "0.00"), ("Work", "284", "56.80")],
        ),
        (
            {"model": "per_unit", "unit_price": "0.20", "minimum_amount": "10"},
            ["13"],
            [("Work", "13", "2.60"), ("Work", "1", "7.40")],
        ),
    ],
)
def test_each_model_prices_quantities(
    caller: Caller, keys: dict[str, Any], quantities: list[str], lines: Any
) -> None:
    answer = _ask(caller, price=_price(**keys), usage=_work(*quantities))

    assert [(line["quantity"], line["amount"]) for line in answer["lines"]] == [
        each[1:] for each in lines
    ], answer


def _event(name: str, number: int, day: int = 5, **properties: Any) -> dict[str, Any]:
    return {
        "idempotency_key": f"{name}-{number}",
        "event_name": name,
        "occurred_at": f"2024-11-{day:02}T15:00:00Z",
        "properties": properties,
    }


def _call(seconds: int, **properties: Any) -> dict[str, Any]:
    answered = f"2024-11-05T15:{seconds % 60:02}:00Z"
    return {
        "event_name": "call",
        "idempotency_key": f"call-{seconds}",
        "occurred_at": answered,
        "properties": {
            "direction": "outbound",
            "to_number": "+442079460000",
            "answer_at": answered,
            "duration_seconds": seconds,
            **properties,
        },
    }


def test_a_passthrough_reads_the_cost_of_each_event(caller: Caller) -> None:
    price = _price(model="passthrough", amount_property="cost", markup_percent="20")
    events = [_event("work", 1, units=3, cost="1.50"), _event("work", 2, units=2, cost=0.35)]

    answer = _ask(caller, price=price, events=[*events, _event("work", 3, units=1)])

    assert _lines(answer) == [("Work", "5", "2.22")]
    assert [(each["reason"], each["idempotency_keys"]) for each in answer["quarantined"]] == [
        ("missing_property", ["work-3"])
    ]


def test_an_outcome_counts_once_its_window_is_over(caller: Caller) -> None:
    rule = {
        "success_event": "task", "reversal_event": "task_reopened",
        "correlation_property": "ticket", "window_hours": 72,
    }  # fmt: skip
    price = _price(meter="TASKS", model="per_unit", unit_price="0.99", outcome=rule)
    events = [
        _event("task", 1, ticket="a"),
        _event("task", 2, ticket="b"),
        _event("task_reopened", 1, 6, ticket="b"),
        _event("task", 3, 29, ticket="c"),
    ]

    answer = _ask(caller, price=price, events=events)

    assert _lines(answer) == [("Work", "1", "0.99")]


RATES = [
    {"direction": "outbound", "prefix": "44", "rate_per_minute": "0.0140", "increment_seconds": 60,
     "initial_seconds": 60},
]  # fmt: skip
VOICE = {
    "code": "voice", "name": "Voice", "kind": "call", "meter": "CALLS", "decimals": 4,
    "on_unmatched": "quarantine", "rates": RATES,
}  # fmt: skip


def test_calls_are_rated_one_by_one(caller: Caller) -> None:
    events = [_call(78), _call(61, status="busy"), _call(5, to_number="+33123456789")]

    answer = _ask(caller, price=VOICE, events=events)

    assert _lines(answer) == [("Voice", "120", "0.03")]
    assert answer["lines"][0]["explanation"]["sentence"] == (
        "1 call, 120 seconds = 0.028 USD, rounded half up to 0.03 USD"
    )
    calls = {each["idempotency_key"]: each for each in answer["calls"]}
    assert calls["call-78"] == {
        "price": "voice", "idempotency_key": "call-78", "status": "rated", "prefix": "44",
        "raw_seconds": 78, "billed_seconds": 120, "bundle_seconds": 0, "bands": {},
        "charge": "0.0280",
    }  # fmt: skip
    assert (calls["call-61"]["status"], calls["call-5"]["status"]) == (
        "not_billable",
        "quarantined",
    )


def test_a_plan_in_the_request_has_fees_seats_credits_and_a_commitment(caller: Caller) -> None:
    plan = {
        "code": "agents",
        "minimum_commitment": "500",
        "grants": [{"code": "welcome", "amount": "25.00", "kind": "promotional"}],
        "prices": [
            {"code": "fee", "name": "Platform", "kind": "recurring", "amount": "99"},
            {"code": "seats", "name": "Seats", "kind": "seat", "unit_price": "20"},
            {"code": "setup", "name": "Set-up", "kind": "one_time", "amount": "150"},
            _price(
                model="per_unit", unit_price="0.10",
                included={"quantity": "100", "per": "seats"},
            ),
        ],
    }  # fmt: skip

    answer = _ask(caller, plan=plan, currency="USD", quantities={"seats": "5"}, usage=_work("750"))

    assert _lines(answer) == [
        ("Work - included", "500", "0.00"),
        ("Work", "250", "25.00"),
        ("Minimum commitment", "1", "126.00"),
        ("Platform", "1", "99.00"),
        ("Seats", "5", "100.00"),
        ("Set-up", "1", "150.00"),
    ]
    assert (answer["subtotal"], answer["discounts"], answer["amount_due"]) == (
        "500.00",
        "25.00",
        "475.00",
    )


def test_a_part_of_a_month_prorates_fees(caller: Caller) -> None:
    price = {"code": "fee", "name": "Platform", "kind": "recurring", "amount": "90"}

    answer = _ask(caller, price=price, period={"from": "2024-11-01", "to": "2024-11-11"})

    assert _lines(answer) == [("Platform", "1", "30.00")]
    assert (answer["period_start"], answer["period_end"]) == ("2024-11-01", "2024-11-11")


def test_performance_looks_at_the_measure_and_the_lines(caller: Caller) -> None:
    plan = {
        "code": "care",
        "prices": [
            _price(model="per_unit", unit_price="1"),
            {
                "code": "bonus", "name": "Bonus", "kind": "performance", "of": ["work"],
                "measure": {"divide": "TASKS", "by": "WORK"},
                "bands": [{"up_to": "0.5"}, {"up_to": None, "percent": "10"}],
            },
        ],
    }  # fmt: skip

    answer = _ask(caller, plan=plan, usage=[*_work("100"), {"meter": "TASKS", "quantity": "60"}])

    assert _lines(answer) == [("Work", "100", "100.00"), ("Bonus", "1", "10.00")]
