"""Two versions side by side."""

from decimal import Decimal

import pytest

from catalog.queries.version_changes import RateChange, entry_changes
from invoicing.rating.entries import RateEntry


def _entry(region: str, rate: str) -> RateEntry:
    return RateEntry(match={"region": region}, rate=Decimal(rate))


def test_entries_are_the_same_changed_added_or_removed() -> None:
    old = [_entry("US", "0.20"), _entry("EU", "0.25"), _entry("APAC", "0.30")]
    new = [_entry("LATAM", "0.10"), _entry("EU", "0.30"), _entry("US", "0.2")]

    changes = entry_changes(old=old, new=new)

    assert [(change.match["region"], change.rate.kind) for change in changes] == [
        ("LATAM", "added"), ("EU", "changed"), ("US", "same"), ("APAC", "removed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "old, new, difference, percent",
    [
        ("0.25", "0.30", "0.05", "20.00"),
        ("0.30", "0.20", "-0.10", "-33.33"),
        ("0.000000000001", "0.000000000002", "0.000000000001", "100.00"),
        ("0", "0.30", "0.30", None),
        (None, "0.30", None, None),
    ],
)
def test_a_change_is_exact_and_in_percent_of_the_old_rate(
    old: str | None, new: str, difference: str | None, percent: str | None
) -> None:
    change = RateChange(None if old is None else Decimal(old), Decimal(new))

    assert change.difference == (None if difference is None else Decimal(difference))
    assert change.percent == (None if percent is None else Decimal(percent))
