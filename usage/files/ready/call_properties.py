"""Properties of calls that the ready mappings have in common."""

from usage.files.mapping import Condition, Origin, PropertyRule, PropertyType


def text(name: str, *columns: str, **options: object) -> PropertyRule:
    """Return a property that is the text of the first of these columns that is filled."""
    return PropertyRule(name, Origin(columns), **options)  # type: ignore[arg-type]


def time(name: str, *columns: str) -> PropertyRule:
    """Return a property that is the time of the first of these columns that is filled."""
    return PropertyRule(name, Origin(columns), PropertyType.TIME)


def length(*columns: str, since: str, unanswered: Condition | None = None) -> PropertyRule:
    """Return the seconds from a time to the first of these that is filled, 0 where `unanswered`."""
    return PropertyRule(
        "duration_seconds",
        Origin(columns),
        PropertyType.DURATION,
        zero_where=unanswered,
        since=since,
    )


def constant(name: str, value: str) -> PropertyRule:
    """Return a property that is the same in every event."""
    return PropertyRule(name, Origin(constant=value))
