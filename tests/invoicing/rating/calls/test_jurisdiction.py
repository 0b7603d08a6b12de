from __future__ import annotations

import pytest

from invoicing.rating.calls.jurisdiction import rate_jurisdiction

CHICAGO = "13125550100"
SPRINGFIELD = "12175550100"
NEW_YORK = "12125550100"
SAN_JUAN = "17875550100"
HAGATNA = "16715550100"
TORONTO = "14165550100"
VANCOUVER = "16045550100"
KINGSTON = "18765550100"
LONDON = "442083661177"
TOLL_FREE = "18335550100"
PERSONAL = "15005550100"
PREMIUM = "19005550100"
HIDDEN = ""


@pytest.mark.parametrize(
    "one, other, word",
    [
        (CHICAGO, SPRINGFIELD, "intrastate"),
        (CHICAGO, NEW_YORK, "interstate"),
        (SAN_JUAN, "19395550100", "intrastate"),
        (SAN_JUAN, NEW_YORK, "interstate"),
        (SAN_JUAN, HAGATNA, "interstate"),
        (CHICAGO, TORONTO, "international"),
        (TORONTO, VANCOUVER, "international"),
        (CHICAGO, KINGSTON, "international"),
        (CHICAGO, LONDON, "international"),
        (LONDON, TOLL_FREE, "international"),
        (LONDON, HIDDEN, "international"),
        (CHICAGO, TOLL_FREE, "indeterminate"),
        (CHICAGO, PERSONAL, "indeterminate"),
        (CHICAGO, PREMIUM, "indeterminate"),
        (CHICAGO, HIDDEN, "indeterminate"),
        (CHICAGO, "15555550100", "indeterminate"),
        (CHICAGO, "1312555", "indeterminate"),
        (CHICAGO, "80012345678", "indeterminate"),
        (CHICAGO, "87812345678", "indeterminate"),
        (CHICAGO, "99912345678", "indeterminate"),
        (CHICAGO, "0442083661177", "indeterminate"),
    ],
)
def test_both_numbers_say_the_jurisdiction_whichever_calls(one: str, other: str, word: str) -> None:
    assert rate_jurisdiction(one, other) == word
    assert rate_jurisdiction(other, one) == word
