"""Lag in words: bounds, spans, and a sentence of both."""

from datetime import timedelta

import pytest

from usage.documents.lag_words import lag_sentence, span_words, under_words
from usage.queries.source_metrics import Lag
from usage.store.sum_receipts import LAG_BOUNDS_SECONDS


@pytest.mark.parametrize(
    "seconds, words",
    [
        (-5, "no time"), (0, "no time"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"),
        (3_599, "59 minutes"), (7_200, "2 hours"), (86_400, "1 day"), (8_640_000, "100 days"),
    ],
)  # fmt: skip
def test_a_span_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert span_words(timedelta(seconds=seconds)) == words


def test_each_bound_reads_as_one() -> None:
    assert [under_words(bound) for bound in LAG_BOUNDS_SECONDS] == [
        "under 1 second", "under 5 seconds", "under 15 seconds", "under 1 minute",
        "under 5 minutes", "under 15 minutes", "under 1 hour", "under 6 hours", "under 1 day",
        "under 7 days", "under 30 days", "over 30 days",
    ]  # fmt: skip


def test_a_sentence_tells_half_most_and_the_slowest() -> None:
    lag = Lag(events=100, half_seconds=5, most_seconds=60, slowest=timedelta(hours=9))

    assert lag_sentence(lag) == (
        "Half of them came under 5 seconds after they happened, 95 of 100 under 1 minute; the "
        "slowest took 9 hours."
    )


def test_no_bound_is_told_beyond_the_slowest() -> None:
    lag = Lag(events=3, half_seconds=900, most_seconds=21_600, slowest=timedelta(hours=1))

    assert lag_sentence(lag) == (
        "Half of them came under 15 minutes after they happened, 95 of 100 within 1 hour; the "
        "slowest took 1 hour."
    )
