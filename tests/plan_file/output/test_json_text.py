from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.rating.calls.rated_call import CallStatus, RatedCall
from plan_file.output.json_text import call_as_json


@pytest.mark.parametrize("charge", ["0.0280", "0.0000000", "0.00000001", "12", "0"])
def test_the_charge_of_a_call_has_the_digits_of_its_price_and_no_exponent(charge: str) -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    call = RatedCall("a", at, CallStatus.RATED, "1", 78, 120, 0, {"peak": 120}, Decimal(charge))

    assert call_as_json(call) == {
        "idempotency_key": "a",
        "status": "rated",
        "prefix": "1",
        "raw_seconds": 78,
        "billed_seconds": 120,
        "bundle_seconds": 0,
        "bands": {"peak": 120},
        "charge": charge,
    }
