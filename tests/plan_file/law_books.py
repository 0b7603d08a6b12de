"""A small plan file for each kind of price, each with usage that makes its rules bite."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Tree = dict[str, Any]

START = datetime(2024, 11, 1, 5, tzinfo=UTC)  # midnight in Chicago, the day of standard time


def meter(code: str, **keys: Any) -> Tree:
    return {
        "code": code,
        "event_name": code.lower(),
        "aggregation": "sum",
        "property": "amount",
        **keys,
    }


MINUTES = meter("MINUTES", unit="minute", group_keys=["region"])
CALLS = meter("CALL", aggregation="count")
del CALLS["property"]


def event(name: str, day: int, key: str, hour: int = 12, **properties: Any) -> Tree:
    """Return an event on a day counted from the first of November."""
    at = START + timedelta(days=day - 1, hours=hour)
    return {
        "idempotency_key": key,
        "event_name": name,
        "customer": "acme",
        "occurred_at": at.isoformat(),
        "properties": properties,
    }


def minutes(*amounts: tuple[int, str], name: str = "minutes") -> list[Tree]:
    """Return an event for each day and amount, in turn in two regions."""
    return [
        event(name, day, f"{name}-{number}", amount=amount, region=("US", "EU")[number % 2])
        for number, (day, amount) in enumerate(amounts)
    ]


def call(day: int, key: str, seconds: int, hour: int = 12, **properties: Any) -> Tree:
    """Return a call to London of so many seconds."""
    answer = START + timedelta(days=day - 1, hours=hour)
    told = {
        "direction": "outbound",
        "from_number": "+13125550100",
        "to_number": "+442083661177",
        "answer_at": answer.isoformat(),
        "end_at": (answer + timedelta(seconds=seconds)).isoformat(),
        "status": "completed",
    }
    return event("call", day, key, hour, **told, **properties)


def book(
    *prices: Tree,
    meters: Sequence[Tree] = (MINUTES,),
    events: Sequence[Tree] = (),
    plan: Mapping[str, Any] | None = None,
    contract: Mapping[str, Any] | None = None,
    customer: Mapping[str, Any] | None = None,
    **more: Any,
) -> Tree:
    """Return a document of one customer in Chicago on one plan of these prices."""
    return {
        "version": 1,
        "currency": "USD",
        "timezone": "America/Chicago",
        "seller": {"name": "Northwind Voice", "country": "US", "state": "IL"},
        "meters": list(meters),
        "prices": list(prices),
        "plans": [
            {
                "code": "plan",
                "name": "Plan",
                "prices": list(dict.fromkeys(price["code"] for price in prices)),
                **(plan or {}),
            }
        ],
        "customers": [
            {
                "external_id": "acme",
                "name": "Acme Support Co",
                "timezone": "America/Chicago",
                "contracts": [{"plan": "plan", "start": "2024-11-01", **(contract or {})}],
                **(customer or {}),
            }
        ],
        "events": list(events),
        **more,
    }


def usage(model: str, **keys: Any) -> Tree:
    return {"code": "use", "kind": "usage", "meter": "MINUTES", "model": model, **keys}


TIERS = [
    {"up_to": "100", "unit_price": "0.30", "flat_fee": "5"},
    {"up_to": "250.5", "unit_price": "0.20"},
    {"up_to": None, "unit_price": "0.0155", "flat_fee": "2"},
]
STEADY = minutes((2, "40"), (9, "70.25"), (18, "160"), (29, "12.5"), (33, "90"), (50, "31"))
TWO_VERSIONS = (
    {"effective_to": "2024-11-15"},
    {"effective_from": "2024-11-15"},
)

VOICE = {
    "code": "voice",
    "kind": "call",
    "meter": "CALL",
    "default_band": "off",
    "bands": [
        {"name": "peak", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00",
         "to": "18:00", "priority": 10},
    ],
    "rates": [
        {"direction": "outbound", "prefix": "44", "band": "peak", "rate_per_minute": "0.06",
         "connect_fee": "0.05", "minimum_charge": "0.10", "maximum_charge": "1.50"},
        {"direction": "outbound", "prefix": "44", "band": "off", "rate_per_minute": "0.02",
         "initial_seconds": 30, "increment_seconds": 6},
        {"prefix": "1", "steps": [
            {"from_second": 0, "price": "0.2", "per_seconds": 60, "increment_seconds": 60},
            {"from_second": 60, "price": "0.1", "per_seconds": 60, "increment_seconds": 1}],
         "match": {"model": "fast"}, "tax_code": "VOIP_USAGE"},
    ],
    "bundles": [{"code": "first", "seconds": 600, "rollover": {"periods": 1}}],
}  # fmt: skip
CALL_EVENTS = [
    call(5, "a", 78),
    call(5, "b", 400, hour=22),
    call(6, "c", 3700, hour=17),
    call(7, "d", 95, model="fast", hour=13) | {},
    call(8, "e", 30, hour=9),
    call(35, "f", 900),
]
CALL_EVENTS[3]["properties"]["to_number"] = "12125550100"
UNMATCHED_CALL = call(9, "g", 60)
UNMATCHED_CALL["properties"]["to_number"] = "+33123456789"

OUTCOME = {
    "success_event": "resolved",
    "reversal_event": ["reopened"],
    "correlation_property": "ticket",
    "window_hours": 72,
}
RESOLVED = {
    "code": "RESOLVED",
    "event_name": "resolved",
    "aggregation": "count",
    "unit": "resolution",
    "group_keys": ["complexity"],
}


def ticket(name: str, day: int, number: int, complexity: str = "simple") -> Tree:
    return event(name, day, f"{name}-{number}-{day}", ticket=f"T{number}", complexity=complexity)


RESOLUTIONS = [
    ticket("resolved", 2, 1),
    ticket("resolved", 3, 1),
    ticket("resolved", 4, 2, "hard"),
    ticket("reopened", 5, 2),
    ticket("resolved", 10, 3, "hard"),
    ticket("resolved", 11, 4),
    ticket("resolved", 29, 5),
    ticket("reopened", 36, 3),
    ticket("reopened", 37, 4),
    ticket("resolved", 40, 6),
]

LAW_BOOKS: dict[str, Tree] = {
    "per unit": book(usage("per_unit", unit_price="0.0333"), events=STEADY),
    "per unit, two versions": book(
        usage("per_unit", unit_price="0.03", name="Old", **TWO_VERSIONS[0]),
        usage("per_unit", unit_price="0.04", name="New", **TWO_VERSIONS[1]),
        events=STEADY,
    ),
    "rate card by a property that is no group key": book(
        usage("per_unit", rate_card="card", fallback_rate="0.50"),
        rate_cards=[
            {
                "code": "card",
                "meter": "MINUTES",
                "versions": [
                    {
                        "effective_from": "2024-10-01",
                        "entries": [
                            {"match": {"region": "US", "tier": "gold"}, "rate": "0.10"},
                            {"match": {"region": "US"}, "rate": "0.20"},
                            {"match": {}, "rate": "0.40"},
                            {"match": {"amount": {"gte": "80"}}, "rate": "0.05", "priority": 1},
                        ],
                    }
                ],
            }
        ],
        events=[
            *STEADY,
            event("minutes", 3, "gold", amount="10", region="US", tier="gold"),
            event("minutes", 4, "us", amount="3", region="us"),
        ],
    ),
    "graduated": book(usage("graduated", tiers=TIERS), events=STEADY),
    "graduated over two versions": book(
        usage("graduated", tiers=TIERS, **TWO_VERSIONS[0]),
        usage(
            "graduated",
            tiers=[{"up_to": "200", "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}],
            **TWO_VERSIONS[1],
        ),
        events=STEADY,
    ),
    "volume": book(usage("volume", tiers=TIERS, flat_fee_at_zero=True), events=STEADY),
    "package": book(
        usage("package", package_size="100", package_price="9.99", free_units="50"),
        events=STEADY,
    ),
    "percentage": book(
        usage(
            "percentage",
            percent="2.9",
            fixed_fee="0.30",
            free_events=1,
            free_amount="30",
            minimum_per_event="0.50",
            maximum_per_event="4",
        ),
        events=STEADY,
    ),
    "graduated percentage": book(
        usage(
            "graduated_percentage",
            tiers=[
                {"up_to": "100", "percent": "3", "flat_fee": "1"},
                {"up_to": None, "percent": "1.5"},
            ],
        ),
        events=STEADY,
    ),
    "passthrough": book(
        usage("passthrough", amount_property="cost", markup_percent="12.5", markup_fixed="0.001"),
        events=[
            event("minutes", day, f"cost-{day}", amount="1", cost=f"0.{day}37")
            for day in (2, 8, 15, 40)
        ],
    ),
    "included, pooled and carried over": book(
        usage(
            "per_unit",
            unit_price="0.25",
            section="overage",
            included={
                "quantity": "100",
                "pool": "all",
                "rollover": {"periods": 1, "maximum": "60"},
            },
        ),
        {
            **usage(
                "graduated",
                tiers=TIERS,
                included={
                    "quantity": "100",
                    "pool": "all",
                    "rollover": {"periods": 1, "maximum": "60"},
                },
            ),
            "code": "more",
            "meter": "MORE",
        },
        meters=[MINUTES, meter("MORE", unit="minute")],
        events=[
            *minutes((2, "20"), (3, "30"), (34, "100"), (70, "80")),
            *minutes((2, "15"), (33, "50"), (45, "20"), name="more"),
        ],
    ),
    "included per seat, for a year": book(
        usage(
            "per_unit",
            unit_price="0.10",
            included={"quantity": "60", "per": "agents", "period": "year"},
        ),
        contract={
            "quantities": {
                "agents": [
                    {"from": "2024-11-01", "quantity": "2"},
                    {"from": "2024-12-10", "quantity": "3"},
                ]
            }
        },
        events=STEADY,
    ),
    "minimum and maximum": book(
        usage("per_unit", unit_price="0.10", minimum_amount="25", maximum_amount="28"),
        contract={"start": "2024-11-11", "anchor_day": 1},
        events=minutes((12, "90"), (40, "500")),
    ),
    "recurring and one-time fees": book(
        {"code": "base", "kind": "recurring", "amount": "99"},
        {"code": "late", "kind": "recurring", "amount": "31", "timing": "arrears"},
        {"code": "whole", "kind": "recurring", "amount": "7", "prorate": "none"},
        {"code": "setup", "kind": "one_time", "amount": "250"},
        usage("per_unit", unit_price="0.10"),
        contract={"start": "2024-11-11", "anchor_day": 1},
        events=minutes((12, "90"), (40, "500")),
    ),
    "seats": book(
        {"code": "seats", "kind": "seat", "unit_price": "12"},
        {
            "code": "agents",
            "kind": "seat",
            "model": "graduated",
            "timing": "arrears",
            "tiers": [
                {"up_to": "5", "unit_price": "10", "flat_fee": "3"},
                {"up_to": None, "unit_price": "8"},
            ],
        },
        {
            "code": "lines",
            "kind": "seat",
            "model": "volume",
            "tiers": [{"up_to": "5", "unit_price": "10"}, {"up_to": None, "unit_price": "8"}],
        },
        usage("per_unit", unit_price="0.10"),
        contract={
            "quantities": {
                name: [
                    {"from": "2024-11-01", "quantity": "5"},
                    {"from": "2024-11-11", "quantity": "8"},
                    {"from": "2024-12-20", "quantity": "4"},
                ]
                for name in ("seats", "agents", "lines")
            }
        },
        events=STEADY,
    ),
    "calls": book(VOICE, meters=[CALLS], events=CALL_EVENTS),
    "calls by direction and prefix": book(
        {**VOICE, "lines_by": ["direction", "prefix"], "band_policy": "call_start"},
        meters=[CALLS],
        events=CALL_EVENTS,
    ),
    "outcomes": book(
        {
            "code": "res",
            "kind": "usage",
            "meter": "RESOLVED",
            "model": "per_unit",
            "rate_card": "res",
            "fallback_rate": "0.99",
            "outcome": OUTCOME,
        },
        meters=[RESOLVED],
        rate_cards=[
            {
                "code": "res",
                "meter": "RESOLVED",
                "versions": [
                    {
                        "effective_from": "2024-10-01",
                        "entries": [
                            {"match": {"complexity": "simple"}, "rate": "0.80"},
                            {"match": {"complexity": "hard"}, "rate": "2.50"},
                        ],
                    }
                ],
            }
        ],
        events=RESOLUTIONS,
    ),
    "performance": book(
        usage("per_unit", unit_price="0.10"),
        {
            "code": "bonus",
            "kind": "performance",
            "measure": {"divide": "GOOD", "by": "RATED"},
            "of": ["use"],
            "bands": [
                {"up_to": "0.5", "percent": "-10"},
                {"up_to": "0.9"},
                {"up_to": None, "percent": "5", "amount": "1"},
            ],
        },
        meters=[
            MINUTES,
            meter("GOOD", event_name="rating", property="good"),
            meter("RATED", event_name="rating", aggregation="count", property=None),
        ],
        events=[
            *STEADY,
            *(event("rating", 3, f"r{n}", good=str(int(n < 4))) for n in range(4)),
            *(event("rating", 35, f"s{n}", good=str(int(n < 1))) for n in range(4)),
        ],
    ),
    "rounded and converted": book(
        usage("per_unit", unit_price="0.35"),
        meters=[
            {
                **MINUTES,
                "event_rounding": {"mode": "up", "increment": "0.5", "minimum": "2"},
                "quantity_rounding": {"mode": "half_up", "places": 0},
                "unit_conversion": {"divide_by": "60", "label": "hour", "round": "none"},
            }
        ],
        events=STEADY,
    ),
    "credits by action": book(
        usage("per_unit", unit_price="0.01"),
        meters=[
            {
                "code": "MINUTES",
                "event_name": "action",
                "aggregation": "sum",
                "unit": "credit",
                "action_property": "action",
                "credit_units": [
                    {"effective_from": "2024-10-01", "units": {"draft": "1", "agent": "50"}},
                    {"effective_from": "2024-11-10", "units": {"draft": "2", "agent": "40"}},
                ],
            }
        ],
        plan={
            "grants": [
                {"code": "monthly", "quantity": "60", "unit": "credit", "kind": "prepaid"},
                {"code": "gift", "amount": "0.10", "kind": "promotional"},
            ]
        },
        customer={
            "credits": [
                {"code": "pack", "quantity": "30", "unit": "credit", "kind": "prepaid"},
                {"code": "cash", "amount": "1.00", "kind": "prepaid"},
            ]
        },
        events=[
            event("action", day, f"act-{day}", action=("draft", "agent")[day % 2])
            for day in (2, 3, 9, 12, 13, 20, 33, 41)
        ],
    ),
    "maximum": book(
        usage("per_unit", unit_price="3"),
        meters=[{**MINUTES, "aggregation": "max"}],
        events=STEADY,
    ),
    "latest": book(
        usage("volume", tiers=TIERS),
        meters=[{**MINUTES, "aggregation": "latest"}],
        events=STEADY,
    ),
    "unique": book(
        usage("graduated", tiers=TIERS),
        meters=[{**MINUTES, "aggregation": "unique_count", "property": "user"}],
        events=[
            event("minutes", day, f"u{day}", user=f"user-{day % 3}", region="US")
            for day in (2, 3, 4, 5, 6, 33, 36)
        ],
    ),
    "level over time": book(
        usage("per_unit", unit_price="10"),
        meters=[{**MINUTES, "aggregation": "weighted_sum"}],
        events=minutes((2, "4"), (10, "-1"), (20, "2.5"), (36, "-3")),
    ),
    "commitment": book(
        usage("per_unit", unit_price="0.10"),
        {"code": "base", "kind": "recurring", "amount": "10", "timing": "arrears"},
        plan={"minimum_commitment": "50", "commitment_tax_code": "SAAS"},
        contract={"start": "2024-11-11", "anchor_day": 1},
        events=minutes((12, "90"), (40, "800")),
    ),
    "overridden tiers": book(
        usage("graduated", tiers=TIERS),
        contract={
            "overrides": {
                "use": {
                    "tiers": [
                        {"up_to": "50", "unit_price": "1"},
                        {"up_to": None, "unit_price": "0.9"},
                    ]
                }
            }
        },
        events=STEADY,
    ),
    "a plan that grants in another currency": book(
        usage("per_unit", unit_price="0.10"),
        {**usage("per_unit", unit_price="0.20"), "code": "abroad", "meter": "MORE"},
        meters=[MINUTES, meter("MORE", unit="minute")],
        plans=[
            {
                "code": "plan",
                "prices": ["use"],
                "grants": [
                    {"code": "gift", "amount": "1.50", "currency": "EUR", "kind": "promotional"},
                    {
                        "code": "free",
                        "quantity": "40",
                        "unit": "minute",
                        "currency": "EUR",
                        "kind": "prepaid",
                        "expires_after_periods": 2,
                    },
                    {"code": "home", "amount": "3", "currency": "USD", "kind": "prepaid"},
                ],
            },
            {"code": "euro", "currency": "EUR", "prices": ["abroad"]},
        ],
        customer={
            "contracts": [
                {"plan": "plan", "start": "2024-11-01"},
                {"plan": "euro", "start": "2024-11-11", "anchor_day": 1},
            ]
        },
        events=[*STEADY, *minutes((12, "30"), (30, "45"), (40, "80"), name="more")],
    ),
}
LAW_BOOKS["performance"]["meters"][2].pop("property")
