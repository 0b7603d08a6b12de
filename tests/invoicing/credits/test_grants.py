from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.invoicing.ai_call_centre import GRANT, NOV_1, NOVEMBER
from values.period import Period
from values.problems import InvalidTerms


@pytest.mark.parametrize(
    "changes,problem",
    [
        ({"code": ""}, "code: must not be empty"),
        ({"left": Decimal("-0.01")}, "amount: must not be negative"),
        ({"left": Decimal("0.001")}, "amount: has more digits than USD has"),
        ({"left": Decimal("NaN")}, "amount: must be an exact number"),
        ({"left": 0.5}, "amount: must be an exact number"),
        ({"currency": "XXXX"}, "currency: unknown currency 'XXXX'"),
        ({"expires_at": NOV_1}, "expires_at: must be after effective_from"),
        ({"unit": " "}, "unit: must not be empty"),
        ({"unit": "credit", "left": Decimal("-0.01")}, "quantity: must not be negative"),
        ({"unit": "credit", "left": Decimal("NaN")}, "quantity: must be an exact number"),
        ({"unit": "credit", "left": 0.5}, "quantity: must be an exact number"),
        ({"unit": "credit", "currency": "XXXX"}, "currency: unknown currency 'XXXX'"),
    ],
)
def test_a_grant_that_cannot_pay_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidTerms) as caught:
        replace(GRANT, **changes)

    assert str(caught.value) == problem


def test_trailing_zeros_are_no_further_digits() -> None:
    assert replace(GRANT, left=Decimal("10.000")).left == Decimal(10)


def test_a_quantity_may_have_more_digits_than_money_has() -> None:
    assert replace(GRANT, unit="hour", left=Decimal("0.125")).left == Decimal("0.125")


def test_lots_of_one_code_are_told_apart_by_their_start() -> None:
    later = replace(GRANT, effective_from=NOV_1 + timedelta(days=30))

    assert GRANT.lot == ("grant-1", NOV_1)
    assert later.lot != GRANT.lot


def test_a_grant_touches_what_it_covers_in_part() -> None:
    late = replace(GRANT, effective_from=NOV_1 + timedelta(days=3))
    before = Period(NOV_1, late.effective_from)

    assert GRANT.covers(NOVEMBER)
    assert not late.covers(NOVEMBER)
    assert late.touches(NOVEMBER)
    assert not late.touches(before)
