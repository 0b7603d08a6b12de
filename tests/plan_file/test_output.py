import json
from pathlib import Path

from plan_file.format.reading import parse_document, read_document
from plan_file.output.json_text import as_json, json_text
from plan_file.output.table import table_text
from plan_file.simulation import simulate
from tests.plan_file.example_output import EXPECTED
from tests.plan_file.simulated import customer, document, event


def test_the_example_prints_the_json_of_the_format_in_its_order(example: Path) -> None:
    printed = json_text(simulate(read_document(example)))

    assert printed == json.dumps(EXPECTED, indent=2) + "\n"


def test_the_same_file_prints_the_same_json_again(example: Path) -> None:
    first, second = (as_json(simulate(read_document(example))) for _ in range(2))

    assert first == second


def test_the_table_shows_lines_sums_wallets_and_what_was_unmatched(example: Path) -> None:
    assert table_text(simulate(read_document(example))) == (
        """\
acme: 2024-11-01 to 2024-11-30, issued 2024-12-01, due 2025-01-15, USD
Section  Line                         Quantity  Unit    Unit price  Amount
--------------------------------------------------------------------------
usage    AI Calls - US / resolved           13  minute         0.2    2.60
usage    AI Calls - US / transferred        12  minute         0.4    4.80
usage    AI Calls - EU / resolved            6  minute        0.25    1.50
usage    AI Calls - EU / escalated          15  minute        0.75   11.25
usage    AI Calls - APAC / resolved          4  minute         0.3    1.20
--------------------------------------------------------------------------
         Subtotal                                                    21.35
         Total                                                       21.35
         Credit grant-1                                             -21.35
         Due                                                          0.00

basil: 2024-11-01 to 2024-11-30, issued 2024-12-01, due 2024-12-01, USD
Section  Line                      Quantity  Unit    Unit price  Amount
-----------------------------------------------------------------------
usage    AI Calls - us / resolved         2  minute         0.4    0.80
-----------------------------------------------------------------------
         Subtotal                                                  0.80
         Total                                                     0.80
         Due                                                       0.80

Wallets
Customer  Grant    Unit   Granted   Used     Left
-------------------------------------------------
acme      grant-1  USD   10000.00  21.35  9978.65

Billed at a fallback rate
Customer  Price    Dimensions                        Quantity  Did you mean
---------------------------------------------------------------------------
basil     ai-call  region=us, call_outcome=resolved         2  region=US
"""
    )


def test_the_table_shows_units_children_calls_and_why_events_are_held_back() -> None:
    minutes = {
        "code": "minutes",
        "kind": "usage",
        "meter": "MINUTES",
        "model": "per_unit",
        "unit_price": "0.10",
        "included": {"quantity": "10"},
    }
    voice = {
        "code": "voice",
        "kind": "call",
        "meter": "CALL",
        "rates": [{"prefix": "1", "rate_per_minute": "0.0140"}],
    }
    pack = {"code": "pack", "quantity": "5", "unit": "minute", "kind": "prepaid"}
    call = {"to_number": "+12125550111", "answer_at": "2026-01-05T10:00:00Z"}
    book = document(
        meters=[
            {
                "code": "MINUTES",
                "event_name": "usage",
                "aggregation": "sum",
                "property": "minutes",
                "unit": "minute",
            },
            {"code": "CALL", "event_name": "call", "aggregation": "count"},
        ],
        prices=[minutes, voice],
        plans=[
            {
                "code": "basic",
                "prices": ["minutes", "voice"],
                "grants": [{"code": "gift", "amount": "0.25", "kind": "promotional"}],
            }
        ],
        customers=[
            {"external_id": "head"},
            customer("child", parent="head", bill_to_parent=True, credits=[pack]),
        ],
        events=[
            event("a", "2026-01-05T00:00:00Z", of="child", minutes=32),
            event("b", "2026-01-05T00:00:00Z", of="child", minutes="\x1b[2J"),
            event("c", "2026-01-05T10:00:00Z", "call", "child", duration_seconds=61, **call),
        ],
    )

    assert table_text(simulate(parse_document(json.dumps(book)))) == (
        """\
head: 2026-01-01 to 2026-01-31, issued 2026-02-01, due 2026-02-01, USD
Section    Line                         Customer  Quantity  Unit    Unit price  Amount
--------------------------------------------------------------------------------------
included   minutes - included (0 left)  child           10  minute           0    0.00
usage      minutes                      child           22  minute         0.1    2.20
telephony  voice                        child          120  second                0.03
--------------------------------------------------------------------------------------
           Subtotal                                                               2.23
           Credit gift                                                           -0.25
           Total                                                                  1.98
           Credit pack (5 minute)                                                -0.44
           Due                                                                    1.54

Calls
Status  Calls  Seconds  Billed  From bundles  Charges
-----------------------------------------------------
rated       1       61     120             0   0.0280

Wallets
Customer  Grant  From        Unit    Granted  Used  Left
--------------------------------------------------------
child     pack               minute        5     5     0
child     gift   2026-01-01  USD        0.25  0.25  0.00

Quarantined
Customer  Key  Event  Price    Reason
----------------------------------------
child     b    usage  minutes  bad_value
"""
    )
