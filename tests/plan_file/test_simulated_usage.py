"""Calls, outcomes, allowances and credit by the period, from events to printed invoices."""

from typing import Any

from tests.plan_file.simulated import Printed, customer, document, event, lines, simulated

MINUTES = {
    "code": "MINUTES",
    "event_name": "usage",
    "aggregation": "sum",
    "property": "minutes",
    "unit": "minute",
}


def _minutes(**keys: Any) -> dict[str, Any]:
    return {
        "code": "minutes",
        "name": "Minutes",
        "kind": "usage",
        "meter": "MINUTES",
        "model": "per_unit",
        "unit_price": "0.10",
        **keys,
    }


def _calls(*events: Printed, **sections: Any) -> dict[str, Any]:
    return document(
        meters=[{"code": "CALL", "event_name": "call", "aggregation": "count"}],
        prices=[
            {
                "code": "voice",
                "kind": "call",
                "meter": "CALL",
                "default_band": "day",
                "rates": [{"direction": "outbound", "prefix": "1", "rate_per_minute": "0.0140"}],
            }
        ],
        events=list(events),
        **sections,
    )


def _call(key: str, answer_at: str | None, seconds: int = 78, **properties: Any) -> Printed:
    given = {
        "direction": "outbound",
        "to_number": "+12125550111",
        "answer_at": answer_at,
        "duration_seconds": seconds,
        **properties,
    }
    return event(key, "2026-01-31T23:59:58Z", "call", **given)


def test_a_call_counts_when_it_is_answered_and_is_listed_by_time_and_key() -> None:
    book = _calls(
        _call("late", "2026-02-01T00:00:02Z"),
        _call("early", "2026-01-10T10:00:00Z", 40),
        _call("busy", None, status="busy"),
    )

    printed = simulated(book)

    assert lines(printed, "price", "quantity", "exact_amount", "amount", "period_start") == [
        [("voice", "60", "0.014", "0.01", "2026-01-01")],
        [("voice", "120", "0.028", "0.03", "2026-02-01")],
    ]
    assert printed["calls"] == [
        {
            "idempotency_key": key,
            "status": status,
            "prefix": prefix,
            "raw_seconds": raw,
            "billed_seconds": billed,
            "bundle_seconds": 0,
            "bands": bands,
            "charge": charge,
        }
        for key, status, prefix, raw, billed, bands, charge in (
            ("early", "rated", "1", 40, 60, {"day": 60}, "0.0140"),
            ("busy", "not_billable", None, 0, 0, {}, "0.0000"),
            ("late", "rated", "1", 78, 120, {"day": 120}, "0.0280"),
        )
    ]


def test_calls_without_a_rate_or_with_a_bad_time_are_quarantined_with_their_price() -> None:
    book = _calls(
        _call("b", "2026-01-10T10:00:00Z", to_number="+442012345678"),
        _call("c", "soon"),
        {**_call("a", "2026-01-10T10:00:00Z"), "customer": "nobody"},
    )

    printed = simulated(book)

    assert [
        (event["customer"], event["idempotency_key"], event["price"], event["reason"])
        for event in printed["quarantined"]
    ] == [
        ("nobody", "a", None, "unknown_customer"),
        ("acme", "b", "voice", "no_rate"),
        ("acme", "c", "voice", "bad_value"),
    ]
    assert [call["status"] for call in printed["calls"]] == ["quarantined", "quarantined"]
    assert printed["invoices"] == []


def test_a_number_is_its_holders_when_the_call_is_answered() -> None:
    book = _calls(
        {**_call("a", "2026-02-01T00:00:02Z"), "customer": "+13125550100"},
        customers=[
            customer("acme", subjects=[{"id": "+13125550100", "to": "2026-02-01"}]),
            customer("basil", subjects=[{"id": "+13125550100", "from": "2026-02-01"}]),
        ],
    )

    assert [invoice["customer"] for invoice in simulated(book)["invoices"]] == ["basil"]


def test_a_call_may_feed_a_count_that_is_no_call_as_well() -> None:
    book = _calls(_call("a", "2026-02-01T00:00:02Z"))
    book["meters"].append({"code": "TRIES", "event_name": "call", "aggregation": "count"})
    book["prices"].append(
        {
            "code": "tries",
            "kind": "usage",
            "meter": "TRIES",
            "model": "per_unit",
            "unit_price": "0.01",
        }
    )
    book["plans"][0]["prices"].append("tries")

    assert lines(simulated(book), "price", "amount", "period_start") == [
        [("tries", "0.01", "2026-01-01")],
        [("voice", "0.03", "2026-02-01")],
    ]


def test_an_outcome_counts_at_the_close_of_its_window_and_a_late_reversal_is_a_credit() -> None:
    book = document(
        meters=[
            {
                "code": "RESOLVED",
                "event_name": "resolved",
                "aggregation": "count",
                "unit": "ticket",
            }
        ],
        prices=[
            {
                "code": "resolution",
                "name": "Resolutions",
                "kind": "usage",
                "meter": "RESOLVED",
                "model": "per_unit",
                "unit_price": "0.99",
                "outcome": {
                    "success_event": "resolved",
                    "reversal_event": ["reopened"],
                    "correlation_property": "ticket",
                    "window_hours": 72,
                },
            }
        ],
        customers=[customer("acme", end="2026-03-01")],
        events=[
            event("a", "2026-01-05T00:00:00Z", "resolved", ticket="1"),
            event("b", "2026-01-05T05:00:00Z", "resolved", ticket="2"),
            event("c", "2026-01-06T00:00:00Z", "reopened", ticket="2"),
            event("d", "2026-01-30T00:00:00Z", "resolved", ticket="3"),
            event("e", "2026-02-20T00:00:00Z", "reopened", ticket="1"),
            event("f", "2026-02-27T12:00:00Z", "resolved", ticket="4"),
            event("g", "2026-01-07T00:00:00Z", "resolved"),
            event("h", "2026-03-02T00:00:00Z", "resolved", ticket="5"),
        ],
    )

    printed = simulated(book)

    assert [
        (invoice["period_start"], invoice["issue_date"]) for invoice in printed["invoices"]
    ] == [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-02")]
    assert lines(printed, "quantity", "unit", "unit_price", "amount") == [
        [("1", "ticket", "0.99", "0.99")],
        [("2", "ticket", "0.99", "1.98"), ("-1", "ticket", "0.99", "-0.99")],
    ]
    assert [(event["idempotency_key"], event["reason"]) for event in printed["quarantined"]] == [
        ("g", "missing_property"),
        ("h", "no_contract"),
    ]
    assert (printed["unpriced"], printed["unmetered"]) == ([], [])


def test_an_open_contract_is_billed_through_the_close_of_its_last_window() -> None:
    book = document(
        meters=[{"code": "RESOLVED", "event_name": "resolved", "aggregation": "count"}],
        prices=[
            {
                "code": "resolution",
                "kind": "usage",
                "meter": "RESOLVED",
                "model": "per_unit",
                "unit_price": "1",
                "outcome": {
                    "success_event": "resolved",
                    "reversal_event": [],
                    "correlation_property": "ticket",
                    "window_hours": 48,
                },
            }
        ],
        events=[event("a", "2026-01-30T00:00:00Z", "resolved", ticket="1")],
    )

    assert [invoice["period_start"] for invoice in simulated(book)["invoices"]] == ["2026-02-01"]


def test_units_that_are_left_serve_the_next_period_up_to_the_maximum() -> None:
    book = document(
        meters=[MINUTES],
        prices=[
            _minutes(included={"quantity": "100", "rollover": {"periods": 1, "maximum": "50"}})
        ],
        events=[
            event("a", "2026-01-05T00:00:00Z", minutes=30),
            event("b", "2026-02-05T00:00:00Z", minutes=170),
        ],
    )

    assert lines(simulated(book), "section", "quantity", "amount", "left") == [
        [("included", "30", "0.00", "70")],
        [("included", "150", "0.00", "0"), ("usage", "20", "2.00", None)],
    ]


def test_units_of_a_plan_are_granted_each_period_and_listed_by_their_first_day() -> None:
    book = document(
        meters=[MINUTES],
        prices=[_minutes()],
        plans=[
            {
                "code": "basic",
                "prices": ["minutes"],
                "grants": [
                    {"code": "free", "quantity": "100", "unit": "minute", "kind": "promotional"}
                ],
            }
        ],
        customers=[
            customer(
                "acme",
                credits=[{"code": "pack", "quantity": "12.5", "unit": "minute", "kind": "prepaid"}],
            )
        ],
        events=[
            event("a", "2026-01-05T00:00:00Z", minutes=30),
            event("b", "2026-02-05T00:00:00Z", minutes=130),
        ],
    )

    printed = simulated(book)

    assert [
        (invoice["discounts_applied"], invoice["credits_applied"], invoice["amount_due"])
        for invoice in printed["invoices"]
    ] == [
        ([{"grant": "free", "amount": "3.00", "quantity": "30"}], [], "0.00"),
        (
            [{"grant": "free", "amount": "10.00", "quantity": "100"}],
            [{"grant": "pack", "amount": "1.25", "quantity": "12.5"}],
            "1.75",
        ),
    ]
    free = {"customer": "acme", "grant": "free", "granted": "100"}
    assert printed["wallets"] == [
        {
            "customer": "acme",
            "grant": "pack",
            "granted": "12.5",
            "used": "12.5",
            "left": "0",
            "unit": "minute",
        },
        {**free, "used": "30", "left": "70", "unit": "minute", "effective_from": "2026-01-01"},
        {**free, "used": "100", "left": "0", "unit": "minute", "effective_from": "2026-02-01"},
    ]


def test_a_fee_in_advance_is_paid_by_the_credit_of_the_period_that_it_is_for() -> None:
    book = document(
        prices=[{"code": "base", "kind": "recurring", "amount": "31.00"}],
        plans=[
            {
                "code": "basic",
                "prices": ["base"],
                "grants": [{"code": "free", "amount": "10.00", "kind": "promotional"}],
            }
        ],
    )

    printed = simulated(book)

    assert [invoice["total"] for invoice in printed["invoices"]] == ["21.00", "21.00"]
    assert [(wallet["effective_from"], wallet["left"]) for wallet in printed["wallets"]] == [
        ("2026-01-01", "0.00"),
        ("2026-02-01", "0.00"),
    ]


def test_two_contracts_on_one_plan_have_their_own_lots() -> None:
    book = document(
        meters=[MINUTES],
        prices=[
            {"code": "base", "kind": "recurring", "amount": "6.00", "timing": "arrears"},
        ],
        plans=[
            {
                "code": "basic",
                "prices": ["base"],
                "grants": [{"code": "free", "amount": "10.00", "kind": "promotional"}],
            }
        ],
    )
    book["customers"][0]["contracts"] *= 2

    printed = simulated(book)

    assert [invoice["total"] for invoice in printed["invoices"]] == ["0.00", "0.00"]
    assert [(wallet["used"], wallet["left"]) for wallet in printed["wallets"]] == [
        ("10.00", "0.00"),
        ("2.00", "8.00"),
    ]


def test_an_event_that_one_meter_cannot_measure_still_feeds_another() -> None:
    book = document(
        meters=[MINUTES, {"code": "USES", "event_name": "usage", "aggregation": "count"}],
        prices=[
            _minutes(),
            {
                "code": "uses",
                "kind": "usage",
                "meter": "USES",
                "model": "per_unit",
                "unit_price": "1",
            },
        ],
        events=[event("a", "2026-01-05T00:00:00Z", minutes="many")],
    )

    printed = simulated(book)

    assert lines(printed, "price", "amount") == [[("uses", "1.00")]]
    assert [(event["price"], event["reason"]) for event in printed["quarantined"]] == [
        ("minutes", "bad_value")
    ]


def test_an_action_without_credits_is_quarantined_and_so_is_a_cost_that_is_not_there() -> None:
    book = document(
        meters=[
            {
                "code": "CREDITS",
                "event_name": "action",
                "aggregation": "sum",
                "action_property": "action",
                "credit_units": {"draft": 2},
                "unit": "credit",
            },
            {**MINUTES, "event_name": "upstream"},
        ],
        prices=[
            {
                "code": "credits",
                "kind": "usage",
                "meter": "CREDITS",
                "model": "per_unit",
                "unit_price": "0.10",
            },
            {
                "code": "costs",
                "kind": "usage",
                "meter": "MINUTES",
                "model": "passthrough",
                "amount_property": "cost",
            },
        ],
        events=[
            event("a", "2026-01-05T00:00:00Z", "action", action="draft"),
            event("b", "2026-01-05T00:00:01Z", "action", action="dance"),
            event("c", "2026-01-05T00:00:02Z", "upstream", minutes=1, cost="3.5"),
            event("d", "2026-01-05T00:00:03Z", "upstream", minutes=1),
        ],
    )

    printed = simulated(book)

    assert lines(printed, "price", "amount") == [[("credits", "0.20"), ("costs", "3.50")]]
    assert [
        (event["idempotency_key"], event["price"], event["reason"])
        for event in printed["quarantined"]
    ] == [("b", "credits", "unknown_action"), ("d", "costs", "missing_property")]


def test_an_event_that_the_filters_of_every_meter_refuse_is_unmetered() -> None:
    book = document(
        meters=[{**MINUTES, "filters": {"kind": ["voice"]}}],
        prices=[_minutes()],
        events=[
            event("a", "2026-01-05T00:00:00Z", minutes=1, kind="voice"),
            event("b", "2026-01-05T00:00:00Z", minutes=1, kind="chat"),
        ],
    )

    printed = simulated(book)

    assert lines(printed, "quantity") == [[("1",)]]
    assert [event["idempotency_key"] for event in printed["unmetered"]] == ["b"]
