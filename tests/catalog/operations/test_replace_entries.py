"""Writing all rates of a draft at once."""

from decimal import Decimal

import pytest

from catalog.models import RateCardVersion
from catalog.operations.publish_rate_card_version import AlreadyPublished
from catalog.operations.replace_entries import EntryChanges, replace_entries
from invoicing.rating.entries import RateEntry
from tests.factories import ai_call_rates
from values.problems import InvalidTerms

pytestmark = pytest.mark.django_db


def _entry(region: str, outcome: str, rate: str) -> RateEntry:
    return RateEntry(match={"region": region, "call_outcome": outcome}, rate=Decimal(rate))


def _rates(version: RateCardVersion) -> list[tuple[str, str]]:
    return [(entry.match["region"], str(entry.rate)) for entry in version.entries.all()]


def test_exactly_these_entries_stand_and_what_stays_keeps_its_place() -> None:
    version = ai_call_rates(published=False).versions.get()
    kept = version.entries.get(match={"region": "EU", "call_outcome": "escalated"})

    changes = replace_entries(
        version=version,
        entries=[_entry("LATAM", "resolved", "0.1"), _entry("EU", "escalated", "0.80")],
    )

    assert changes == EntryChanges(added=1, changed=1, removed=8)
    assert _rates(version) == [("EU", "0.800000000000"), ("LATAM", "0.100000000000")]
    assert version.entries.first() == kept


def test_the_same_entries_change_nothing() -> None:
    version = ai_call_rates(published=False).versions.get()
    entries = [entry.terms() for entry in version.entries.all()]

    assert replace_entries(version=version, entries=entries) == EntryChanges(0, 0, 0)


def test_a_published_version_is_refused() -> None:
    version = ai_call_rates().versions.get()

    with pytest.raises(AlreadyPublished):
        replace_entries(version=version, entries=[])

    assert version.entries.count() == 9


def test_entries_that_tie_are_refused_and_nothing_is_written() -> None:
    version = ai_call_rates(published=False).versions.get()
    tying = [
        RateEntry(match={"region": "US"}, rate=Decimal(1)),
        RateEntry(match={"call_outcome": "resolved"}, rate=Decimal(2)),
    ]

    with pytest.raises(InvalidTerms, match="ties with"):
        replace_entries(version=version, entries=tying)

    assert version.entries.count() == 9
