import gc
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_file.format.events import Event
from plan_file.format.reading import read_document
from plan_file.output.json_text import json_text
from plan_file.results import SimulationResult
from plan_file.simulating.group_run import GroupRun
from plan_file.simulation import simulate
from tests.plan_file.book import EXAMPLE, Book, Parsed


def _event(
    key: str,
    minutes: object = 1,
    *,
    customer: str = "acme",
    at: str = "2024-11-10T12:00:00+00:00",
    region: object = "US",
    name: str = "call",
) -> Event:
    properties = {"minutes": minutes, "region": region}
    return Event(
        idempotency_key=key,
        event_name=name,
        customer=customer,
        occurred_at=datetime.fromisoformat(at),
        properties={key: value for key, value in properties.items() if value is not None},
    )


def _printed(result: SimulationResult) -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(json_text(result))
    return printed


def _amounts(result: SimulationResult) -> list[tuple[str, str, Decimal]]:
    return [
        (invoice.customer, invoice.issue_date.isoformat(), invoice.subtotal)
        for invoice in result.invoices
    ]


def test_the_example_comes_to_its_five_lines_and_nothing_is_due(example: Path) -> None:
    result = simulate(read_document(example))

    acme, basil = result.invoices
    assert [
        (line.description, line.quantity, line.amount) for line in acme.parts[0].result.lines
    ] == [
        ("AI Calls - US / resolved", Decimal(13), Decimal("2.60")),
        ("AI Calls - US / transferred", Decimal(12), Decimal("4.80")),
        ("AI Calls - EU / resolved", Decimal(6), Decimal("1.50")),
        ("AI Calls - EU / escalated", Decimal(15), Decimal("11.25")),
        ("AI Calls - APAC / resolved", Decimal(4), Decimal("1.20")),
    ]
    assert acme.total == Decimal("21.35")
    assert acme.amount_due == Decimal("0.00")
    assert acme.due_date == date(2025, 1, 15)
    assert (basil.total, basil.amount_due) == (Decimal("0.80"), Decimal("0.80"))
    assert basil.due_date == date(2024, 12, 1)
    assert [(wallet.used, wallet.left) for wallet in result.wallets] == [
        (Decimal("21.35"), Decimal("9978.65"))
    ]
    assert [(usage.customer, usage.quantity, usage.hint) for usage in result.unmatched] == [
        ("basil", Decimal(2), {"region": "US"})
    ]


def test_an_event_sent_twice_counts_once(book: Book, parsed: Parsed) -> None:
    result = simulate(parsed(book), [_event("a", 5), _event("a", 5)])

    assert _amounts(result) == [("acme", "2024-12-01", Decimal("1.00"))]
    assert result.conflicts == ()


def test_a_key_with_another_body_is_a_conflict_and_the_first_counts(
    book: Book, parsed: Parsed
) -> None:
    result = simulate(parsed(book), [_event("a", 5), _event("a", 6), _event("a", 5)])

    assert _amounts(result) == [("acme", "2024-12-01", Decimal("1.00"))]
    assert [event.idempotency_key for event in result.conflicts] == ["a"]


def test_a_flag_is_another_body_than_a_number(book: Book, parsed: Parsed) -> None:
    result = simulate(parsed(book), [_event("a", 1), _event("a", True)])

    assert len(result.conflicts) == 1


@given(st.permutations(range(7)))
def test_the_order_of_events_changes_nothing(order: list[int]) -> None:
    document = read_document(EXAMPLE)
    events = document.events
    shuffled = [events[index] for index in order]
    without = replace(document, events=())

    assert _printed(simulate(without, shuffled)) == _printed(simulate(document))


def test_events_that_nobody_bills_are_listed_with_their_reasons(book: Book, parsed: Parsed) -> None:
    book["meters"].append({"code": "CHATS", "event_name": "chat", "aggregation": "count"})
    events = [
        _event("a", customer="nobody"),
        _event("b", at="2024-10-31T23:59:59+00:00"),
        _event("c", None),
        _event("d", "many"),
        _event("f", region=["US"]),
        _event("f2", region="x" * 256),
        _event("g", name="chat"),
        _event("h", name="letter"),
    ]

    result = _printed(simulate(parsed(book), events))

    assert result["invoices"] == []
    assert result["quarantined"] == [
        {
            "customer": customer,
            "idempotency_key": key,
            "event_name": "call",
            "price": price,
            "reason": reason,
        }
        for customer, key, price, reason in (
            ("acme", "b", None, "no_contract"),
            ("nobody", "a", None, "unknown_customer"),
            ("acme", "c", "call", "missing_property"),
            ("acme", "d", "call", "bad_value"),
            ("acme", "f", "call", "bad_value"),
            ("acme", "f2", "call", "bad_value"),
        )
    ]
    assert result["unpriced"] == [
        {"customer": "acme", "idempotency_key": "g", "event_name": "chat"}
    ]
    assert result["unmetered"] == [
        {"customer": "acme", "idempotency_key": "h", "event_name": "letter"}
    ]


def test_a_card_that_quarantines_names_the_events_without_a_rate(
    book: Book, parsed: Parsed
) -> None:
    book["rate_cards"][0]["on_unmatched"] = "quarantine"

    result = simulate(parsed(book), [_event("a", 5), _event("b", region="EU"), _event("c")])

    assert _amounts(result) == [("acme", "2024-12-01", Decimal("1.20"))]
    assert [(event.idempotency_key, event.price, event.reason) for event in result.quarantined] == [
        ("b", "call", "no_rate")
    ]
    assert result.unmatched == ()


def test_an_event_outside_every_version_of_its_price_is_unpriced(
    book: Book, parsed: Parsed
) -> None:
    book["prices"][0]["effective_from"] = "2024-11-15"

    result = simulate(parsed(book), [_event("a"), _event("b", at="2024-11-20T00:00:00+00:00")])

    assert _amounts(result) == [("acme", "2024-12-01", Decimal("0.20"))]
    assert [event.idempotency_key for event in result.unpriced] == ["a"]


def test_a_subject_names_its_holder_at_the_time_of_the_event(book: Book, parsed: Parsed) -> None:
    book["customers"][0]["subjects"] = [{"id": "+1312", "to": "2024-11-15"}]
    book["customers"][1]["subjects"] = [{"id": "+1312", "from": "2024-11-15"}]
    events = [
        _event("a", 5, customer="+1312", at="2024-11-14T23:59:59+00:00"),
        _event("b", 7, customer="+1312", at="2024-11-15T00:00:00+00:00"),
    ]

    assert _amounts(simulate(parsed(book), events)) == [
        ("acme", "2024-12-01", Decimal("1.00")),
        ("basil", "2024-12-01", Decimal("1.40")),
    ]


def test_without_an_end_periods_run_through_that_of_the_last_event(
    book: Book, parsed: Parsed
) -> None:
    events = [
        _event("a", at="2024-11-10T00:00:00+00:00"),
        _event("b", at="2025-02-28T23:00:00+00:00"),
    ]

    assert _amounts(simulate(parsed(book), events)) == [
        ("acme", "2024-12-01", Decimal("0.20")),
        ("acme", "2025-03-01", Decimal("0.20")),
    ]


def test_only_periods_that_begin_between_from_and_to_are_printed_but_credit_is_drawn_before(
    book: Book, parsed: Parsed
) -> None:
    book["customers"][0]["credits"] = [{"code": "g", "amount": "0.30", "kind": "prepaid"}]
    events = [
        _event(f"k{month}", at=f"{month}-10T00:00:00+00:00")
        for month in ("2024-11", "2024-12", "2025-01")
    ]

    result = simulate(parsed(book), events, from_date=date(2024, 12, 1), to_date=date(2025, 1, 1))

    (invoice,) = result.invoices
    assert invoice.issue_date == date(2025, 1, 1)
    assert invoice.amount_due == Decimal("0.10")
    assert [wallet.left for wallet in result.wallets] == [Decimal("0.00")]


def test_grace_hours_move_the_date_of_issue_and_with_it_the_due_date(
    book: Book, parsed: Parsed
) -> None:
    book["plans"][0] |= {"grace_hours": 25, "net_terms_days": 10}

    (invoice,) = simulate(parsed(book), [_event("a")]).invoices

    assert (invoice.issue_date, invoice.due_date) == (
        date(2024, 12, 2),
        date(2024, 12, 12),
    )


def test_promotional_credit_is_a_discount_and_prepaid_pays_the_rest(
    book: Book, parsed: Parsed
) -> None:
    book["customers"][0]["credits"] = [
        {"code": "paid", "amount": "0.50", "kind": "prepaid"},
        {"code": "gift", "amount": "0.25", "kind": "promotional"},
    ]

    result = _printed(simulate(parsed(book), [_event("a", 5)]))

    (invoice,) = result["invoices"]
    assert {key: invoice[key] for key in ("subtotal", "discounts", "total", "amount_due")} == {
        "subtotal": "1.00",
        "discounts": "0.25",
        "total": "0.75",
        "amount_due": "0.25",
    }
    assert invoice["discounts_applied"] == [{"grant": "gift", "amount": "0.25"}]
    assert invoice["credits_applied"] == [{"grant": "paid", "amount": "0.50"}]


def test_a_rate_that_changes_inside_a_period_prices_each_event_at_its_time(
    book: Book, parsed: Parsed
) -> None:
    versions = book["rate_cards"][0]["versions"]
    versions[0]["effective_to"] = "2024-11-15"
    versions.append(
        {"effective_from": "2024-11-15", "entries": [{"match": {"region": "US"}, "rate": "1"}]}
    )
    events = [_event("a", 5), _event("b", 7, at="2024-11-15T00:00:00+00:00")]

    (invoice,) = _printed(simulate(parsed(book), events))["invoices"]

    assert [(line["rate_version"], line["amount"]) for line in invoice["lines"]] == [
        ("2024-11-01", "1.00"),
        ("2024-11-15", "7.00"),
    ]


def test_one_unmatched_report_covers_all_periods(book: Book, parsed: Parsed) -> None:
    events = [
        _event("a", 1, region="us"),
        _event("b", 2, region="us", at="2024-12-24T00:00:00+00:00"),
    ]

    assert _printed(simulate(parsed(book), events))["unmatched"] == [
        {
            "customer": "acme",
            "price": "call",
            "dimensions": {"region": "us"},
            "quantity": "3",
            "events": 2,
            "hint": {"region": "US"},
        }
    ]


def test_a_customer_without_contract_or_usage_has_no_invoice(book: Book, parsed: Parsed) -> None:
    book["customers"] = [{"external_id": "acme"}]

    assert simulate(parsed(book)).invoices == ()


@pytest.mark.parametrize("days", [0, 400, 4000])
def test_an_open_contract_is_billed_as_far_as_its_events_go(
    days: int, book: Book, parsed: Parsed
) -> None:
    at = datetime(2024, 11, 1, tzinfo=UTC) + timedelta(days=days)

    (invoice,) = simulate(parsed(book), [_event("a", at=at.isoformat())]).invoices

    assert invoice.period.contains(at)


def test_a_conflict_names_the_holder_of_its_subject_or_the_customer_as_sent(
    book: Book, parsed: Parsed
) -> None:
    book["customers"][0]["subjects"] = [{"id": "+1312", "kind": "number"}]
    events = [
        *(_event("a", 5), _event("a", 6, customer="+1312")),
        *(_event("b", 5), _event("b", 6, customer="nobody")),
    ]

    result = simulate(parsed(book), events)

    assert [(event.customer, event.idempotency_key) for event in result.conflicts] == [
        ("acme", "a"),
        ("nobody", "b"),
    ]


def test_progress_tells_of_bills_and_of_the_events_that_were_read(example: Path) -> None:
    told: list[tuple[int, int, int]] = []

    simulate(read_document(example), on_progress=lambda *progress: told.append(progress))

    assert told == sorted(told)
    made, whole, read = told[-1]
    assert (made, whole) == (4, 4)
    assert read > 0


def test_a_simulation_leaves_nothing_behind_for_the_garbage_collector(example: Path) -> None:
    gc.collect()
    gc.disable()  # as the command does
    try:
        simulate(read_document(example))
        left = [each for each in gc.get_objects() if type(each) is GroupRun]
    finally:
        gc.enable()

    assert left == []
