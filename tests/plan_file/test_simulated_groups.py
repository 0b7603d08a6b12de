"""Groups of customers: pools that they share, and invoices that the head gets for them."""

from typing import Any

from tests.plan_file.simulated import Printed, customer, document, event, lines, simulated

MINUTES = {
    "code": "MINUTES",
    "event_name": "usage",
    "aggregation": "sum",
    "property": "minutes",
    "unit": "minute",
}


def _pooled(**sections: Any) -> dict[str, Any]:
    return document(
        meters=[MINUTES],
        prices=[
            {
                "code": "minutes",
                "name": "Minutes",
                "kind": "usage",
                "meter": "MINUTES",
                "model": "per_unit",
                "unit_price": "0.10",
                "included": {"quantity": "100", "pool": "all", "scope": "group"},
            }
        ],
        **sections,
    )


def _by_invoice(printed: Printed) -> list[tuple[Any, ...]]:
    keys = ("customer", "issue_date", "subtotal", "total", "amount_due")
    return [tuple(invoice[key] for key in keys) for invoice in printed["invoices"]]


def test_contracts_of_a_group_add_their_units_and_use_them_in_the_order_of_events() -> None:
    book = _pooled(
        customers=[
            customer("head"),
            customer("child", parent="head"),
            customer("other", parent="head"),
        ],
        events=[
            event("b", "2026-01-02T00:00:00Z", of="head", minutes=150),
            event("c", "2026-01-03T00:00:00Z", of="child", minutes=200),
            event("a", "2026-01-01T12:00:00Z", of="other", minutes=10),
        ],
    )

    printed = simulated(book)

    assert lines(printed, "section", "quantity", "amount", "left") == [
        [("included", "150", "0.00", "0")],
        [("included", "140", "0.00", "0"), ("usage", "60", "6.00", None)],
        [("included", "10", "0.00", "0")],
    ]
    assert [invoice["customer"] for invoice in printed["invoices"]] == ["head", "child", "other"]


def test_a_stranger_has_no_part_in_the_pool_of_a_group() -> None:
    book = _pooled(
        customers=[customer("head"), customer("child", parent="head"), customer("stranger")],
        events=[
            event("a", "2026-01-02T00:00:00Z", of="child", minutes=150),
            event("b", "2026-01-03T00:00:00Z", of="stranger", minutes=150),
        ],
    )

    assert lines(simulated(book), "quantity", "amount") == [
        [("150", "0.00")],
        [("100", "0.00"), ("50", "5.00")],
    ]


def test_what_a_pool_leaves_is_the_groups_in_the_next_period() -> None:
    book = _pooled(
        customers=[customer("head"), customer("child", parent="head")],
        events=[
            event("a", "2026-01-02T00:00:00Z", of="head", minutes=150),
            event("b", "2026-02-03T00:00:00Z", of="child", minutes=300),
        ],
    )
    book["prices"][0]["included"]["rollover"] = {"periods": 1}

    printed = simulated(book)

    assert _by_invoice(printed) == [
        ("head", "2026-02-01", "0.00", "0.00", "0.00"),
        ("child", "2026-03-01", "5.00", "5.00", "5.00"),
    ]
    assert lines(printed, "quantity", "left") == [
        [("150", "50")],
        [("250", "0"), ("50", None)],
    ]


def test_a_child_billed_to_its_head_stands_on_the_heads_invoice_and_pays_its_own_lines() -> None:
    book = document(
        prices=[
            {
                "code": "base",
                "name": "Base",
                "kind": "recurring",
                "amount": "30.00",
                "timing": "arrears",
            }
        ],
        customers=[
            customer(
                "child",
                parent="head",
                bill_to_parent=True,
                credits=[{"code": "of-child", "kind": "prepaid", "amount": "100.00"}],
            ),
            customer("head", credits=[{"code": "gift", "kind": "promotional", "amount": "2.00"}]),
            customer("apart", parent="head"),
        ],
    )

    printed = simulated(book)

    base: Printed = {
        "section": "platform",
        "price": "base",
        "description": "Base",
        "dimensions": {},
        "quantity": "1",
        "unit": None,
        "unit_price": "30",
        "exact_amount": "30",
        "amount": "30.00",
        "events": None,
        "rate_version": None,
        "period_start": "2026-01-01",
        "period_end": "2026-02-01",
    }
    dates = {
        "period_start": "2026-01-01",
        "period_end": "2026-02-01",
        "issue_date": "2026-02-01",
        "due_date": "2026-02-01",
        "currency": "USD",
    }
    assert printed["invoices"] == [
        {
            "customer": "head",
            **dates,
            "lines": [base, {**base, "customer": "child"}],
            "subtotal": "60.00",
            "discounts": "2.00",
            "taxes": [],
            "tax": "0.00",
            "total": "58.00",
            "discounts_applied": [{"grant": "gift", "amount": "2.00"}],
            "credits_applied": [{"grant": "of-child", "amount": "30.00"}],
            "amount_due": "28.00",
        },
        {
            "customer": "apart",
            **dates,
            "lines": [base],
            "subtotal": "30.00",
            "discounts": "0.00",
            "taxes": [],
            "tax": "0.00",
            "total": "30.00",
            "discounts_applied": [],
            "credits_applied": [],
            "amount_due": "30.00",
        },
    ]
    assert printed["wallets"] == [
        {
            "customer": "child",
            "grant": "of-child",
            "granted": "100.00",
            "used": "30.00",
            "left": "70.00",
        },
        {"customer": "head", "grant": "gift", "granted": "2.00", "used": "2.00", "left": "0.00"},
    ]


def test_children_of_a_head_without_an_invoice_that_day_share_one_for_it() -> None:
    fee = {"code": "base", "kind": "recurring", "amount": "30.00", "timing": "arrears"}
    book = document(
        prices=[fee],
        customers=[
            {"external_id": "head"},
            customer("one", parent="head", bill_to_parent=True),
            customer("two", parent="head", bill_to_parent=True),
        ],
    )

    printed = simulated(book)

    assert _by_invoice(printed) == [("head", "2026-02-01", "60.00", "60.00", "60.00")]
    assert lines(printed, "customer") == [[("one",), ("two",)]]


def test_a_child_in_another_currency_has_an_invoice_of_its_own_for_the_head() -> None:
    fee = {"code": "base", "kind": "recurring", "amount": "30", "timing": "arrears"}
    book = document(
        prices=[fee],
        plans=[
            {"code": "basic", "prices": ["base"]},
            {"code": "yen", "currency": "JPY", "prices": ["base"]},
        ],
        customers=[customer("head"), customer("child", parent="head", bill_to_parent=True)],
    )
    book["customers"][1]["contracts"][0]["plan"] = "yen"

    assert _by_invoice(simulated(book)) == [
        ("head", "2026-02-01", "30.00", "30.00", "30.00"),
        ("head", "2026-02-01", "30", "30", "30"),
    ]


def test_the_last_event_of_the_group_decides_how_far_all_are_billed() -> None:
    fee = {"code": "base", "kind": "recurring", "amount": "30.00", "timing": "arrears"}
    book = document(
        meters=[MINUTES],
        prices=[fee],
        customers=[customer("head"), customer("child", parent="head"), customer("stranger")],
        events=[event("a", "2026-02-15T00:00:00Z", of="child", minutes=1)],
    )

    assert [invoice[:2] for invoice in _by_invoice(simulated(book))] == [
        *(("head", "2026-02-01"), ("head", "2026-03-01")),
        *(("child", "2026-02-01"), ("child", "2026-03-01")),
        ("stranger", "2026-02-01"),
    ]
