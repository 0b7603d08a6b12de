import json
from pathlib import Path

from plan_file.format.reading import read_document
from plan_file.output.json_text import as_json, json_text
from plan_file.output.table import table_text
from plan_file.simulation import simulate
from tests.plan_file.example_output import EXPECTED


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
Line                         Quantity  Unit    Unit price  Amount
-----------------------------------------------------------------
AI Calls - US / resolved           13  minute         0.2    2.60
AI Calls - US / transferred        12  minute         0.4    4.80
AI Calls - EU / resolved            6  minute        0.25    1.50
AI Calls - EU / escalated          15  minute        0.75   11.25
AI Calls - APAC / resolved          4  minute         0.3    1.20
-----------------------------------------------------------------
Subtotal                                                    21.35
Total                                                       21.35
Credit grant-1                                             -21.35
Due                                                          0.00

basil: 2024-11-01 to 2024-11-30, issued 2024-12-01, due 2024-12-01, USD
Line                      Quantity  Unit    Unit price  Amount
--------------------------------------------------------------
AI Calls - us / resolved         2  minute         0.4    0.80
--------------------------------------------------------------
Subtotal                                                  0.80
Total                                                     0.80
Due                                                       0.80

Wallets
Customer  Grant     Granted   Used     Left
-------------------------------------------
acme      grant-1  10000.00  21.35  9978.65

Billed at a fallback rate
Customer  Price    Dimensions                        Quantity  Did you mean
---------------------------------------------------------------------------
basil     ai-call  region=us, call_outcome=resolved         2  region=US
"""
    )
