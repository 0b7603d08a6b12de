"""What the columns of a file mean: from which of them the events of a row are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from usage.files.times import TimeFormat, Twice


class PropertyType(StrEnum):
    """What a property becomes in the event."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    DURATION = "duration"
    """``1:02:03``, ``02:03`` or seconds, as a number of seconds."""


class Others(StrEnum):
    """What becomes of a value that a list of values does not name."""

    KEPT = "kept"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a value comes from: a constant, or the first of the columns that is not empty.

    Where `by` names a column, its value chooses from `cases` the column that is looked at first.
    In JSON a column is the names on the way to a value, joined by dots.
    """

    columns: tuple[str, ...] = ()
    constant: str = ""
    by: str = ""
    cases: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Return every column that it may look at."""
        return [*([self.by] if self.by else []), *self.cases.values(), *self.columns]


@dataclass(frozen=True, slots=True)
class Condition:
    """A column has one of these values, or any `other`; without values: it is not empty."""

    column: str
    values: tuple[str, ...] = ()
    other: bool = False


@dataclass(frozen=True, slots=True)
class KeyRule:
    """
    The idempotency key: columns that together name an event for ever, and a suffix for a leg.

    `of_content` makes it of the whole row instead: then two rows that are alike in every column
    are one event, which only a person can know to be right.
    """

    columns: tuple[str, ...] = ()
    suffix: str = ""
    of_content: bool = False


@dataclass(frozen=True, slots=True)
class TimeRule:
    """When it happened: the column, how it writes times, and in which zone those without offset."""

    origin: Origin
    format: TimeFormat = TimeFormat.AUTO
    zone: str = ""
    twice: Twice = Twice.REFUSED


@dataclass(frozen=True, slots=True)
class PropertyRule:
    """
    A property of the event. An empty value leaves it out, unless it is required.

    `values` replaces what stands in the column (``outbound-api`` by ``outbound``); `factor` is
    multiplied with a number or duration. Where the column `unless_zero` is empty or a number or
    duration of zero, the event does not have the property. Where `zero_where` holds a number or
    duration is 0, whatever stands in its own column. `since` makes a duration of two times: the
    seconds from that column's to the origin's, less than nothing where the end comes first; what
    never began lasts 0, and without an end the event does not have it.
    """

    name: str
    origin: Origin
    type: PropertyType = PropertyType.TEXT
    values: Mapping[str, str] = field(default_factory=dict)
    others: Others = Others.KEPT
    factor: Decimal | None = None
    required: bool = False
    unless_zero: str = ""
    zero_where: Condition | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class EventRule:
    """An event of each row for which `when` holds; a call of two legs has two rules."""

    customer: Origin
    event_name: Origin
    key: KeyRule
    occurred_at: TimeRule
    properties: tuple[PropertyRule, ...] = ()
    when: tuple[Condition, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """
    What the columns of a file mean.

    Without `events` each row is an event of our API as it stands. Rows of `left_out` are no
    usage, such as calls that still run.
    """

    events: tuple[EventRule, ...] = ()
    left_out: Condition | None = None
    decimal_comma: bool = False

    def columns(self) -> set[str]:
        """Return every column that the mapping looks at."""
        found = {self.left_out.column} if self.left_out else set()
        for event in self.events:
            found.update(_columns_of(event))
        return found


def _columns_of(event: EventRule) -> Sequence[str]:
    origins = [event.customer, event.event_name, event.occurred_at.origin]
    origins += [rule.origin for rule in event.properties]
    found = [name for origin in origins for name in origin.names()]
    found += [name for rule in event.properties for name in (rule.unless_zero, rule.since) if name]
    found += [rule.zero_where.column for rule in event.properties if rule.zero_where]
    return [*found, *event.key.columns, *(condition.column for condition in event.when)]
