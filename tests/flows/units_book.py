"""A contract with fees due on its first day, credits in units from its plan, and usage."""

from typing import Any

from tests.plan_file.law_books import book, meter, minutes, usage

CREDITS = {
    "code": "monthly",
    "quantity": "100",
    "unit": "minute",
    "kind": "prepaid",
    "every": "period",
}
BASE = {"code": "base", "name": "Base", "kind": "recurring", "amount": "99"}
SETUP = {"code": "setup", "name": "Set up", "kind": "one_time", "amount": "250"}
USED = minutes((3, "30"), (12, "50"), (40, "120"), (75, "10"))


def units_book(**more: Any) -> dict[str, Any]:
    """Return the document: $0.10 a minute, 100 minutes free each month, a fee and a set-up."""
    return book(
        BASE,
        SETUP,
        usage("per_unit", name="Minutes", unit_price="0.10"),
        meters=[meter("MINUTES", unit="minute")],
        plan={"grants": [CREDITS]},
        events=USED,
        **more,
    )
