"""Customers whose two contracts pay from one wallet: units first, then money."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from accounts.models import Customer, LegalEntity, TaxRegistration
from plan_file.format.reading import read_document
from plan_file.operations.apply_plan_file import apply_plan_file
from tests import factories as make
from tests.plan_file.law_books import Tree, book, meter, usage
from usage.models import Source

CALLS = usage("per_unit", unit_price="0.10")
CHATS = {**usage("per_unit", unit_price="0.10"), "code": "chat", "meter": "CHATS"}
PACK = {"code": "pack", "quantity": "100", "unit": "minute", "kind": "prepaid"}
CASH = {"code": "cash", "amount": "4.00", "kind": "prepaid"}


def shared_wallets(count: int, folder: Path, *, now: datetime) -> list[Customer]:
    """
    Return customers who pay $0.10 a minute of MINUTES by one contract, and of CHATS by another.

    Each has 100 minutes and $4.00 of credit for both, for November 2024.
    """
    tree = book(CALLS, CHATS, meters=[meter("MINUTES", unit="minute"),
                                      meter("CHATS", unit="minute")])  # fmt: skip
    tree["plans"] = [
        {"code": "calls", "name": "Calls", "prices": ["use"]},
        {"code": "chats", "name": "Chats", "prices": ["chat"]},
    ]
    tree["customers"] = [_buyer(f"buyer-{number}") for number in range(1, count + 1)]
    path = folder / "plan.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    apply_plan_file(document=read_document(path), now=now)
    LegalEntity.objects.update(tax_registration=TaxRegistration.NONE)
    return list(Customer.objects.order_by("pk"))


def used(sender: Source, buyers: Sequence[Customer], name: str, minutes: str, day: int) -> None:
    """Let each of the customers use so many minutes of a meter, on a day of November."""
    bodies = [
        {
            "customer_id": buyer.external_id,
            "event_name": name,
            "idempotency_key": f"{buyer.external_id}-{name}-{day}",
            "occurred_at": f"2024-11-{day:02}T12:00:00Z",
            "properties": {"amount": minutes},
        }
        for buyer in buyers
    ]
    assert {outcome.status for outcome in make.accepted(sender, bodies)} == {"accepted"}


def _buyer(external_id: str) -> Tree:
    november = {"start": "2024-11-01", "end": "2024-12-01"}
    return {
        "external_id": external_id,
        "name": external_id,
        "timezone": "America/Chicago",
        "contracts": [{"plan": "calls", **november}, {"plan": "chats", **november}],
        "credits": [PACK, CASH],
    }
