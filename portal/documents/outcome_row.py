"""An outcome behind a line, as its customer reads it and as a row of a spreadsheet."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from invoicing.rating.outcomes import Outcome
from portal.csv_answer import Cell
from portal.documents.event_row import value_words
from portal.documents.times import moment_with_seconds


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """The cells of a row; `reversed_when` is empty for one that holds."""

    at: datetime
    when: str
    value: str
    key: str
    counts_when: str
    reversed_when: str
    properties: tuple[tuple[str, str], ...]


def outcome_row(outcome: Outcome, *, zone: str) -> OutcomeRow:
    """Return the row, its times in a zone."""
    success, reversal = outcome.success, outcome.reversal
    return OutcomeRow(
        at=success.occurred_at.astimezone(UTC),
        when=moment_with_seconds(success.occurred_at, zone),
        value=outcome.value,
        key=success.key,
        counts_when=moment_with_seconds(outcome.counts_at, zone),
        reversed_when="" if reversal is None else moment_with_seconds(reversal.occurred_at, zone),
        properties=tuple((name, value_words(value)) for name, value in success.properties.items()),
    )


def csv_header(*, zone: str) -> list[str]:
    """Return the names of the columns of `outcome_cells`."""
    return [
        "success", f"local time ({zone})", "outcome of", "window closes", "reversed", "key",
        "reversal key",
    ]  # fmt: skip


def outcome_cells(outcome: Outcome, *, zone: str) -> list[Cell]:
    """Return the row for a spreadsheet."""
    success, reversal = outcome.success, outcome.reversal
    local = success.occurred_at.astimezone(ZoneInfo(zone))
    return [
        success.occurred_at,
        f"{local:%Y-%m-%d %H:%M:%S}",
        outcome.value,
        outcome.counts_at,
        None if reversal is None else reversal.occurred_at,
        success.key,
        None if reversal is None else reversal.key,
    ]
