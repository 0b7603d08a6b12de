"""Invoices of fees: the first day, the ends of periods, phases, and what is printed of them."""

from datetime import date

from tests.plan_file.simulated import customer, document, event, lines, simulated

MINUTES = {
    "code": "MINUTES",
    "event_name": "usage",
    "aggregation": "sum",
    "property": "minutes",
    "unit": "minute",
}


def test_the_first_day_and_the_end_of_a_period_have_an_invoice_each() -> None:
    book = document(
        meters=[MINUTES],
        prices=[
            {
                "code": "minutes",
                "kind": "usage",
                "meter": "MINUTES",
                "model": "per_unit",
                "unit_price": "0.10",
            },
            {"code": "base", "kind": "recurring", "amount": "31.00"},
            {"code": "setup", "kind": "one_time", "amount": "5.00"},
            {"code": "seat", "kind": "seat", "unit_price": "31.00", "name": "Seats"},
        ],
        customers=[
            customer(
                "acme",
                quantities={
                    "seat": [
                        {"from": "2026-01-01", "quantity": "2"},
                        {"from": "2026-01-11", "quantity": "3"},
                    ]
                },
            )
        ],
        events=[event("a", "2026-01-05T00:00:00Z", minutes=20)],
    )

    printed = simulated(book)

    dates = ("customer", "period_start", "period_end", "issue_date", "due_date", "total")
    assert [tuple(invoice[key] for key in dates) for invoice in printed["invoices"]] == [
        ("acme", "2026-01-01", "2026-02-01", "2026-01-01", "2026-01-01", "119.00"),
        ("acme", "2026-01-01", "2026-02-01", "2026-02-01", "2026-02-01", "126.00"),
    ]
    assert lines(printed, "price", "quantity", "exact_amount", "period_start", "period_end") == [
        [
            ("base", "1", "31", "2026-01-01", "2026-02-01"),
            ("setup", "1", "5", "2026-01-01", "2026-02-01"),
            ("seat", "2", "20", "2026-01-01", "2026-01-11"),
            ("seat", "3", "63", "2026-01-11", "2026-02-01"),
        ],
        [
            ("minutes", "20", "2", "2026-01-01", "2026-02-01"),
            ("base", "1", "31", "2026-02-01", "2026-03-01"),
            ("seat", "3", "93", "2026-02-01", "2026-03-01"),
        ],
    ]
    assert printed["invoices"][0]["lines"][2] == {
        "section": "platform",
        "price": "seat",
        "description": "Seats",
        "dimensions": {},
        "quantity": "2",
        "unit": "seat",
        "unit_price": "31",
        "exact_amount": "20",
        "amount": "20.00",
        "events": None,
        "rate_version": None,
        "period_start": "2026-01-01",
        "period_end": "2026-01-11",
    }


def test_an_amount_without_end_is_printed_with_eighteen_places() -> None:
    book = document(
        prices=[{"code": "base", "kind": "recurring", "amount": "1.00", "timing": "arrears"}],
        customers=[customer("acme", "2026-01-11", end="2026-01-21", anchor_date="2026-01-01")],
    )

    assert lines(simulated(book), "exact_amount", "amount") == [[("0.322580645161290323", "0.32")]]


def test_periods_that_begin_between_from_and_to_are_printed() -> None:
    book = document(prices=[{"code": "base", "kind": "recurring", "amount": "31.00"}])

    printed = simulated(book, from_date=date(2026, 2, 1), to_date=date(2026, 4, 1))

    assert [
        (invoice["period_start"], invoice["issue_date"]) for invoice in printed["invoices"]
    ] == [("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01")]


def test_nothing_is_billed_of_a_contract_that_begins_after_the_end() -> None:
    book = document(prices=[{"code": "base", "kind": "recurring", "amount": "31.00"}])

    assert simulated(book, to_date=date(2026, 1, 1))["invoices"] == []


def test_a_phase_changes_the_fee_and_later_the_plan() -> None:
    book = document(
        prices=[
            {"code": "base", "kind": "recurring", "amount": "31.00"},
            {"code": "big", "kind": "recurring", "amount": "62.00"},
        ],
        plans=[
            {"code": "basic", "prices": ["base"]},
            {"code": "pro", "prices": ["big"], "grace_hours": 48},
        ],
        customers=[
            customer(
                "acme",
                phases=[
                    {"from": "2026-02-01", "overrides": {"base": {"amount": "28.00"}}},
                    {"from": "2026-03-11", "plan": "pro"},
                ],
            )
        ],
    )

    printed = simulated(book, to_date=date(2026, 4, 1))

    assert lines(printed, "price", "amount", "period_start", "period_end") == [
        [("base", "31.00", "2026-01-01", "2026-02-01")],
        [("base", "28.00", "2026-02-01", "2026-03-01")],
        [
            ("base", "9.03", "2026-03-01", "2026-03-11"),
            ("big", "42.00", "2026-03-11", "2026-04-01"),
        ],
        [("big", "62.00", "2026-04-01", "2026-05-01")],
    ]
    assert [invoice["issue_date"] for invoice in printed["invoices"]] == [
        *("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-03")
    ]


def test_usage_that_only_another_phase_prices_is_unpriced_at_its_time() -> None:
    book = document(
        meters=[MINUTES],
        prices=[
            {"code": "base", "kind": "recurring", "amount": "31.00", "timing": "arrears"},
            {
                "code": "minutes",
                "kind": "usage",
                "meter": "MINUTES",
                "model": "per_unit",
                "unit_price": "0.10",
            },
        ],
        plans=[
            {"code": "basic", "prices": ["base"]},
            {"code": "metered", "prices": ["base", "minutes"]},
        ],
        customers=[customer("acme", phases=[{"from": "2026-01-11", "plan": "metered"}])],
        events=[
            event("early", "2026-01-10T23:59:59Z", minutes=5),
            event("late", "2026-01-11T00:00:00Z", minutes=7),
        ],
    )

    printed = simulated(book)

    assert [event["idempotency_key"] for event in printed["unpriced"]] == ["early"]
    assert lines(printed, "price", "quantity", "amount") == [
        [("base", "1", "10.00"), ("base", "1", "21.00"), ("minutes", "7", "0.70")]
    ]


def test_a_meter_of_performance_alone_is_not_unpriced() -> None:
    book = document(
        meters=[
            MINUTES,
            {"code": "SCORE", "event_name": "score", "aggregation": "sum", "property": "score"},
            {"code": "SCORES", "event_name": "score", "aggregation": "count"},
        ],
        prices=[
            {
                "code": "minutes",
                "kind": "usage",
                "meter": "MINUTES",
                "model": "per_unit",
                "unit_price": "0.10",
            },
            {
                "code": "bonus",
                "kind": "performance",
                "measure": {"divide": "SCORE", "by": "SCORES"},
                "of": ["minutes"],
                "bands": [{"up_to": "4"}, {"up_to": None, "percent": "10"}],
            },
        ],
        events=[
            event("a", "2026-01-05T00:00:00Z", minutes=300),
            event("b", "2026-01-05T00:00:00Z", "score", score=5),
            event("c", "2026-01-06T00:00:00Z", "score", score=4),
        ],
    )

    printed = simulated(book)

    assert lines(printed, "price", "quantity", "amount") == [
        [("minutes", "300", "30.00"), ("bonus", "1", "3.00")]
    ]
    assert (printed["unpriced"], printed["unmetered"]) == ([], [])
