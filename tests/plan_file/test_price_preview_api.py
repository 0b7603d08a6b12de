"""`POST /api/v1/price-preview`: exact amounts of each model, and what is refused."""

from typing import Any

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from accounts.models import KeyMode, Scope
from catalog.models import Price, PriceVersion
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
    "keys, quantities, lines",
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


def test_a_price_of_the_book_is_named_by_its_code(caller: Caller) -> None:
    make.ai_call_center()
    body = {
        "price": "ai-call",
        "period": NOVEMBER,
        "usage": [
            {
                "meter": "AI_CALL",
                "dimensions": {"region": region, "call_outcome": outcome},
                "quantity": str(minutes),
            }
            for region, outcome, minutes in make.SIX_CALLS
        ],
    }

    answer = caller.post("/price-preview", body).json()

    assert (answer["subtotal"], answer["currency"]) == ("21.35", "USD")
    first = answer["lines"][0]
    assert first["explanation"]["sentence"] == (
        "13 minutes × 0.20 USD = 2.60 USD (rate of US / resolved, in force from 2024-11-01)"
    )
    assert first["explanation"]["trace"]["entry"]["rate"] == "0.2"
    assert [step["title"] for step in first["explanation"]["steps"]] == [
        "What was counted",
        "Which rate",
        "The calculation",
        "Rounding",
    ]
    assert caller.post("/price-preview", {**body, "plan": body.pop("price")}).status_code == 422
    by_plan = caller.post("/price-preview", {**body, "plan": "ai-call-center"}).json()
    assert by_plan["lines"] == answer["lines"]


def test_what_no_entry_matches_is_listed_with_what_was_meant(caller: Caller) -> None:
    make.ai_call_center()
    row = {"meter": "AI_CALL", "dimensions": {"region": "us", "call_outcome": "resolved"}}

    answer = caller.post(
        "/price-preview",
        {"price": "ai-call", "period": NOVEMBER, "usage": [{**row, "quantity": "2"}]},
    ).json()

    assert answer["unmatched"] == [
        {
            "price": "ai-call",
            "dimensions": {"call_outcome": "resolved", "region": "us"},
            "quantity": "2",
            "events": 1,
            "hint": {"region": "US"},
        }
    ]


def test_what_the_request_writes_goes_before_the_book(caller: Caller) -> None:
    make.ai_call_center()
    entries = [{"match": {"region": "US", "call_outcome": "resolved"}, "rate": "1"}]
    card = {
        "code": "ai-call-rates", "meter": "AI_CALL",
        "versions": [{"effective_from": "2024-11-01", "entries": entries}],
    }  # fmt: skip
    price = {
        "code": "ai-call", "name": "Mine", "kind": "usage", "meter": "AI_CALL",
        "model": "per_unit", "rate_card": "ai-call-rates", "fallback_rate": "0.40",
    }  # fmt: skip
    row = {
        "meter": "AI_CALL", "quantity": "3",
        "dimensions": {"region": "US", "call_outcome": "resolved"},
    }  # fmt: skip

    mine = _ask(caller, meters=[], plan={"code": "p", "prices": [price], "rate_cards": [card]},
                usage=[row])  # fmt: skip
    stored = _ask(caller, meters=[], price=price, usage=[row])

    assert _lines(mine) == [("Mine - US / resolved", "3", "3.00")]
    assert _lines(stored) == [("Mine - US / resolved", "3", "0.60")]


def _errors(caller: Caller, **body: Any) -> list[tuple[str, str]]:
    asked = {"meters": [WORK, TASKS, CALLS], "period": NOVEMBER, **body}
    answer = caller.post("/price-preview", asked)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == PROBLEM
    return [(error["pointer"], error["detail"]) for error in answer.json()["errors"]]


SOLD = f"here; these are: {', '.join(settings.CURRENCIES)}"
PER_UNIT = _price(model="per_unit", unit_price="0.10")


@pytest.mark.parametrize(
    "body, errors",
    [
        ({}, [("", "needs a price or a plan, and only one of them")]),
        ({"price": "ai-cal"}, [("/price", "unknown price 'ai-cal', did you mean 'ai-call'?")]),
        ({"plan": "none"}, [("/plan", "unknown plan 'none'")]),
        (
            {"price": {**PER_UNIT, "modle": "x"}},
            [("/price/modle", "unknown key, did you mean 'model'?")],
        ),
        (
            {"price": {**PER_UNIT, "meter": "WROK"}},
            [("/price/meter", "unknown meter 'WROK', did you mean 'WORK'?")],
        ),
        (
            {"price": {**PER_UNIT, "unit_price": 0.1}},
            [("/price/unit_price", 'is a float: write it as text, "0.1"')],
        ),
        ({"price": PER_UNIT, "usge": []}, [("/usge", "unknown key, did you mean 'usage'?")]),
        (
            {"price": PER_UNIT, "usage": [{"meter": "TASKS", "quantity": "1"}]},
            [
                (
                    "/usage/0/meter",
                    "no price asked about looks at a meter 'TASKS'; they look at: WORK",
                )
            ],
        ),
        (
            {"price": PER_UNIT, "usage": _work("1", dimensions={"region": "US"})},
            [
                (
                    "/usage/0/dimensions/region",
                    "is no property that WORK is priced by; those are: none",
                )
            ],
        ),
        (
            {"price": PER_UNIT, "usage": _work("1", occurred_at="2024-12-01")},
            [("/usage/0/occurred_at", "lies outside the period")],
        ),
        (
            {"price": PER_UNIT, "usage": _work("many")},
            [("/usage/0/quantity", "'many' is not a number such as 12 or 0.25")],
        ),
        (
            {"price": VOICE, "usage": [{"meter": "CALLS", "quantity": "1"}]},
            [("/usage/0/meter", "CALLS counts calls: send them as events")],
        ),
        (
            {
                "price": _price(model="passthrough", amount_property="cost"),
                "usage": _work("1"),
            },
            [
                (
                    "/usage/0/meter",
                    "the price of WORK looks at each event: send them as events",
                )
            ],
        ),
        (
            {"price": PER_UNIT, "usage": _work("1"), "events": [_event("work", 1, units=1)]},
            [("/usage/0/meter", "events of WORK are sent, too: send one or the other")],
        ),
        (
            {"price": _price(meter="TASKS", model="per_unit", unit_price="1"),
             "usage": [{"meter": "TASKS", "quantity": "1.5"}]},
            [("/usage/0/quantity", "TASKS counts: write a whole number")],
        ),
        (
            {"price": PER_UNIT, "events": [_event("work", 1, units=1), _event("work", 1, units=2)]},
            [("/events/1/idempotency_key", "an event with another body has this key")],
        ),
        (
            {"price": PER_UNIT, "quantities": {"seats": "5"}},
            [("/quantities/seats", "no price asked about counts these; they count: none")],
        ),
        (
            {"price": PER_UNIT, "period": {"from": "2024-11-02", "to": "2024-11-01"}},
            [("/period/to", "must be after from")],
        ),
        ({"price": PER_UNIT, "usage": _work("1") * 1001},
         [("/usage", "has 1,001 items; at most 1,000 are taken")]),
        ({"price": PER_UNIT, "events": [{}] * 10_001},
         [("/events", "has 10,001 items; at most 10,000 are taken")]),
        ({"price": PER_UNIT, "currency": "XXQ"}, [("/currency", "unknown currency 'XXQ'")]),
        ({"price": PER_UNIT, "currency": "XXX"}, [("/currency", "unknown currency 'XXX'")]),
        ({"price": PER_UNIT, "currency": "BRL"}, [("/currency", f"nothing is sold in BRL {SOLD}")]),
        ({"plan": {"code": "p", "currency": "XAU", "prices": [PER_UNIT]}},
         [("/plan/currency", "unknown currency 'XAU'")]),
        ({"plan": {"code": "p", "currency": "BRL", "prices": [PER_UNIT]}},
         [("/plan/currency", f"nothing is sold in BRL {SOLD}")]),
        ({"price": PER_UNIT, "timezone": "Mars"}, [("/timezone", "unknown time zone 'Mars'")]),
    ],
)  # fmt: skip
def test_every_mistake_has_its_pointer_and_what_to_do(
    caller: Caller, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    make.ai_call_center()

    assert _errors(caller, **body) == errors


@pytest.mark.parametrize(
    "body, status",
    [(b"{", 400), (b"\xff", 400), (b'{"price": 1e9999}', 422), (b"[]", 422), (b"null", 422)],
)
def test_a_body_that_is_no_question_is_refused(caller: Caller, body: bytes, status: int) -> None:
    answer = caller.post("/price-preview", body)

    assert answer.status_code == status
    assert answer["Content-Type"] == PROBLEM


def test_other_media_types_and_parameters_are_refused(caller: Caller) -> None:
    yaml = caller.post("/price-preview", b"price: ai-call", Content_Type="application/yaml")

    assert yaml.status_code == 415
    assert yaml.json()["detail"] == "Content-Type is application/yaml; send application/json."
    assert caller.post("/price-preview?x=1", {}).status_code == 400
    assert caller.get("/price-preview").status_code == 405


def test_a_key_needs_the_scope() -> None:
    key = make.api_key(make.partner(make.basil()), mode=KeyMode.LIVE, scopes=[Scope.EVENTS_READ])[1]

    answer = Caller(key).post("/price-preview", {"price": "ai-call"})

    assert answer.status_code == 403
    assert "prices:read" in answer.json()["detail"]
    assert Caller(None).post("/price-preview", {}).status_code == 401


def test_a_key_sees_the_book_of_its_own_seller_alone(caller: Caller) -> None:
    make.ai_call_center()
    other = make.northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    dora = make.customer("dora", "Dora", legal_entity=other)
    foreign = Caller(make.api_key(make.partner(dora, name="Other"), mode=KeyMode.LIVE)[1])

    assert _errors(foreign, price="ai-call") == [("/price", "unknown price 'ai-call'")]
    refused = foreign.post("/price-preview?legal_entity=northwind", {"price": "ai-call"})
    assert refused.status_code == 400


def test_a_partner_of_several_sellers_says_whose_book_is_meant() -> None:
    make.ai_call_center()
    other = make.northwind(code="southwind", name="Southwind", invoice_prefix="SW")
    holder = make.partner(make.basil(), make.customer("dora", "Dora", legal_entity=other))
    caller = Caller(make.api_key(holder, mode=KeyMode.LIVE)[1])
    body = {"price": "ai-call", "period": NOVEMBER}

    unsaid = caller.post("/price-preview", body)

    assert unsaid.status_code == 400
    assert "choose one of those that bill your customers" in unsaid.json()["detail"]
    assert caller.post("/price-preview?legal_entity=northwind", body).status_code == 200


def test_a_partner_without_customers_previews_what_it_writes(caller: Caller) -> None:
    alone = Caller(make.api_key(make.partner(name="Alone"), mode=KeyMode.LIVE)[1])
    body = {"price": PER_UNIT, "meters": [WORK], "period": NOVEMBER, "usage": _work("10")}

    assert alone.post("/price-preview", body).json()["errors"][0]["pointer"] == "/currency"
    answer = alone.post("/price-preview", {**body, "currency": "USD"})
    assert answer.json()["subtotal"] == "1.00"


def test_drafts_are_not_priced(caller: Caller) -> None:
    plan = make.ai_call_center()
    PriceVersion.objects.create(
        price=Price.objects.create(legal_entity=plan.legal_entity, code="secret", kind="recurring"),
        name="Secret", model="", terms_keys={"amount": "1"},
    )  # fmt: skip

    assert _errors(caller, price="secret") == [("/price", "unknown price 'secret'")]


def test_the_number_of_queries_is_fixed(caller: Caller, django_assert_max_num_queries: Any) -> None:
    make.ai_call_center()
    row = {
        "meter": "AI_CALL", "quantity": "1",
        "dimensions": {"region": "US", "call_outcome": "resolved"},
    }  # fmt: skip
    body = {"plan": "ai-call-center", "period": NOVEMBER, "usage": [row] * 1000}

    with django_assert_max_num_queries(20):
        assert caller.post("/price-preview", body).status_code == 200


def test_it_is_in_the_openapi_document(caller: Caller) -> None:
    schema = caller.client.get("/api/schema/", headers={"Accept": "application/json"}).json()

    operation = schema["paths"]["/api/v1/price-preview"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    for example in examples.values():
        make.ai_call_center()
        assert caller.post("/price-preview", example["value"]).status_code == 200


def test_a_request_that_writes_too_many_tiers_is_refused_at_once(caller: Caller) -> None:
    tiers = [{"up_to": str(number), "unit_price": "1"} for number in range(1, 501)]
    prices = [
        _price(code=f"work-{number}", model="graduated", tiers=[*tiers, TIERS[-1]])
        for number in range(3)
    ]

    answer = caller.post("/price-preview", {"meters": [WORK], "plan": {"prices": prices}})

    assert answer.status_code == 422
    assert [(each["pointer"], each["detail"]) for each in answer.json()["errors"]] == [
        ("/plan/prices/1/tiers", "1,000 tiers are taken in a preview at most, all together")
    ]


def test_a_preview_takes_one_request_from_what_the_key_may_send(
    caller: Caller, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1

    priced, refused = caller.post("/price-preview", {}), caller.post("/price-preview", {})

    assert (priced.status_code, refused.status_code) == (422, 429)
    assert priced["RateLimit"].startswith('"requests";r=0;')
    assert 1 <= int(refused["Retry-After"]) <= 60
