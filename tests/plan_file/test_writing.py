from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_file.format.document import Document
from plan_file.format.reading import parse_document, read_document
from plan_file.format.writing import write_document
from plan_file.format.yaml_layout import OneLine, yaml_text
from plan_file.format.yaml_text import read_yaml
from tests.plan_file.book import Book, Parsed
from tests.plan_file.wide_book import WIDE_BOOK


def _assert_round_trip(document: Document) -> None:
    text = write_document(document)
    assert parse_document(text) == document
    assert write_document(parse_document(text)) == text


def test_the_example_is_written_and_read_back_the_same(example: Path) -> None:
    _assert_round_trip(read_document(example))


def test_everything_that_is_supported_is_written_and_read_back_the_same(
    book: Book, parsed: Parsed
) -> None:
    book |= {
        "timezone": "Europe/Berlin",
        "invoice_rounding": "half_even",
        "seller": {"name": "Nord: Wind", "country": "NO"},
    }
    book["meters"].append({"code": "CHATS", "event_name": "chat", "aggregation": "count"})
    book["rate_cards"][0] |= {
        "on_unmatched": "quarantine",
        "versions": [
            {
                "effective_from": "2025-01-01",
                "effective_to": "2026-01-01T12:30:00Z",
                "entries": [
                    {"match": {"region": "*", "tier": None, "n": 2, "on": True}, "rate": "1"},
                    {"match": {"size": {"gte": "128000", "lt": 5000000}}, "rate": "0.5"},
                    {"match": {"card": ["visa", "no", "007"]}, "rate": "0.250", "priority": -3},
                    {"match": {}, "rate": "0.000000000001", "priority": 7},
                ],
            },
            {"effective_from": "2024-11-01", "effective_to": "2025-01-01", "entries": []},
        ],
    }
    book["prices"] += [
        {
            "code": "chat",
            "product": "voice",
            "kind": "usage",
            "tax_code": "SAAS",
            "section": "premium",
            "effective_from": "2024-01-01",
            "meter": "CHATS",
            "model": "per_unit",
            "unit_price": "0.05",
        }
    ]
    book["plans"].append(
        {
            "code": "weekly",
            "name": "Weekly, please",
            "currency": "JPY",
            "billing_period": "week",
            "net_terms_days": 30,
            "autopay": True,
            "prices": ["chat"],
            "grace_hours": 48,
        }
    )
    book["customers"][0] |= {
        "name": 'Acme\u2028\x85 "quoted" \\ \U0001f600',
        "timezone": "America/New_York",
        "class": "government",
        "addresses": {"service": {"country": "US", "postal_code": "02134"}},
        "vat_id": "DE123",
        "vat_status": "valid",
        "subjects": [
            {"id": "+13125550100", "from": "2024-11-01", "to": "2025-11-01T09:00:00-05:00"},
            {"id": "agent-7", "kind": "agent"},
        ],
        "contracts": [
            {
                "plan": "basic",
                "start": "2024-11-15",
                "end": "2026-11-01",
                "anchor_day": 31,
                "net_terms_days": 0,
                "overrides": {
                    "call": {
                        "fallback_rate": "0.45",
                        "entries": [{"match": {"region": "EU"}, "rate": 2, "priority": 1}],
                    }
                },
            },
            {"plan": "weekly", "start": "2024-11-15"},
        ],
        "credits": [
            {"code": "a", "amount": "100", "kind": "prepaid", "paid_amount": "90.5"},
            {
                "code": "b",
                "amount": 500,
                "currency": "JPY",
                "kind": "promotional",
                "effective_from": "2024-11-01",
                "expires_at": "2026-11-01",
                "priority": 1,
                "applies_to": ["usage", "chat"],
            },
        ],
    }
    book["events"] = [
        {
            "idempotency_key": "1",
            "event_name": "call",
            "customer": "acme",
            "occurred_at": "2024-11-20T10:00:00.250Z",
            "properties": {"minutes": "1.5", "n": 3, "ok": True, "no": None, "deep": [{"a": []}]},
        }
    ]

    _assert_round_trip(parsed(book))


def test_every_kind_of_price_and_term_is_written_and_read_back_the_same(parsed: Parsed) -> None:
    _assert_round_trip(parsed(WIDE_BOOK))


def test_keys_are_written_in_the_order_of_the_format(parsed: Parsed) -> None:
    text = write_document(parsed(WIDE_BOOK))

    assert (
        "  - code: minutes\n"
        "    kind: usage\n"
        "    effective_to: 2025-01-01\n"
        "    meter: MINUTES\n"
        "    model: graduated\n"
        "    tiers:\n"
        '      - {up_to: "1000", unit_price: "0.1", flat_fee: "5"}\n'
        '      - {up_to: null, unit_price: "0.05"}\n'
        "    flat_fee_at_zero: true\n"
        '    included: {quantity: "500", per: seats, period: year, pool: minutes, scope: group, '
        'rollover: {periods: 1, maximum: "200"}}\n'
        '    minimum_amount: "10"\n'
        '    maximum_amount: "1000"\n'
    ) in text
    assert (
        "    parent: head\n"
        "    bill_to_parent: true\n"
        "    contracts:\n"
        "      - plan: basic\n"
        "        start: 2024-11-01\n"
        "        end: 2026-11-01\n"
        "        anchor_date: 2024-01-15\n"
        "        overrides:\n"
        "          fee:\n"
        '            amount: "90"\n'
    ) in text


def test_defaults_are_left_out(book: Book, parsed: Parsed) -> None:
    book |= {"timezone": "UTC", "invoice_rounding": "half_up"}
    book["plans"][0] |= {"net_terms_days": 0, "autopay": False, "grace_hours": 0}
    book["customers"] = [
        {"external_id": "acme", "name": "acme", "class": "business", "vat_status": "unverified"}
    ]

    text = write_document(parsed(book))

    assert text.endswith(
        "\nplans:\n"
        "  - code: basic\n"
        "    billing_period: month\n"
        "    prices: [call]\n"
        "\ncustomers:\n"
        "  - external_id: acme\n"
    )


@pytest.mark.parametrize(
    "value,written",
    [
        ("US", "US"),
        ("AI Calls", "AI Calls"),
        ("2024-11-01", "2024-11-01"),
        ("NO", '"NO"'),
        ("0.20", '"0.20"'),
        ("18:00", '"18:00"'),
        ("*", '"*"'),
        ("~", '"~"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("trailing ", '"trailing "'),
        (12, "12"),
        (True, "true"),
        (None, "null"),
    ],
)
def test_text_is_plain_only_where_every_reader_takes_it_for_text(
    value: object, written: str
) -> None:
    assert yaml_text({"key": value}) == f"key: {written}\n"


@given(st.text().filter(lambda text: "\0" not in text))
def test_any_text_is_read_back_by_us_and_by_others(text: str) -> None:
    written = yaml_text({"block": text, "braces": OneLine({text[:100]: [text]})})

    (_, block), (_, braces) = read_yaml(written).items  # type: ignore[attr-defined]
    assert block == text
    assert braces.items == ((text[:100], [text]),)
