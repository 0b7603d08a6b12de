from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.rating.rate_card import ANY, RateCard, RateCardVersion, RateEntry
from values.problems import InvalidTerms


def version(begins: datetime, ends: datetime | None = None) -> RateCardVersion:
    return RateCardVersion(begins, ends, (RateEntry({"region": "US"}, Decimal("0.2")),))


def jan(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def test_versions_may_follow_each_other_and_leave_gaps() -> None:
    card = RateCard("rates", "AI_CALL", (version(jan(2026)), version(jan(2023), jan(2024))))

    assert card.on_unmatched == "fallback"


@pytest.mark.parametrize(
    "versions,problem",
    [
        (
            (version(jan(2024)), version(jan(2025))),
            "versions[1]: (from 2025-01-01 on) overlaps versions[0] (from 2024-01-01 on)",
        ),
        (
            (version(jan(2025)), version(jan(2024), jan(2026))),
            (
                "versions[1]: (from 2024-01-01 to 2026-01-01) "
                "overlaps versions[0] (from 2025-01-01 on)"
            ),
        ),
    ],
)
def test_overlapping_versions_are_refused_naming_both(
    versions: tuple[RateCardVersion, ...], problem: str
) -> None:
    with pytest.raises(InvalidTerms) as caught:
        RateCard("rates", "AI_CALL", versions)

    assert [found.text() for found in caught.value.problems] == [problem]


def test_a_long_version_overlaps_every_later_one_inside_it() -> None:
    versions = (version(jan(2020), jan(2030)), version(jan(2021), jan(2022)), version(jan(2023)))
    with pytest.raises(InvalidTerms) as caught:
        RateCard("rates", "AI_CALL", versions)

    assert [found.path for found in caught.value.problems] == [("versions", 1), ("versions", 2)]


def test_a_version_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidTerms, match="effective_to: must be after effective_from"):
        version(jan(2025), jan(2025))


def test_a_version_with_a_tie_is_refused() -> None:
    tie = (RateEntry({"a": "1"}, Decimal(1)), RateEntry({"b": "1"}, Decimal(1)))
    with pytest.raises(InvalidTerms, match=r"entries\[1\]: \(b: 1\) ties with entries\[0\]"):
        RateCardVersion(jan(2024), None, tie)


@pytest.mark.parametrize(
    "rate,problem",
    [
        (Decimal("-0.01"), "rate: a rate must not be negative"),
        (Decimal("0.0000000000001"), "rate: a rate has at most 12 digits after the point"),
        (Decimal("NaN"), "rate: a rate must be an exact number"),
        (0.5, "rate: a rate must be an exact number"),
    ],
)
def test_a_rate_that_cannot_be_charged_is_refused(rate: Decimal, problem: str) -> None:
    with pytest.raises(InvalidTerms, match=problem):
        RateEntry({"region": "US"}, rate)


def test_a_rate_of_twelve_places_and_a_rate_of_nothing_are_rates() -> None:
    assert RateEntry({}, Decimal("0.000000000001")).rank == (0, 0)
    assert RateEntry({"a": ANY, "b": "x"}, Decimal(0), priority=3).rank == (3, 1)


def test_the_wildcard_is_not_a_text() -> None:
    with pytest.raises(InvalidTerms, match=r"match.region: '\*' is the wildcard"):
        RateEntry({"region": "*"}, Decimal(1))


def test_a_property_needs_a_name() -> None:
    with pytest.raises(InvalidTerms, match="match: a property needs a name"):
        RateEntry({" ": "US"}, Decimal(1))
