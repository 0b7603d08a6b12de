"""Who changed what, when and why: the tracked events of an object and of its parts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from pghistory.models import Events

from accounts.models import User

MOST = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One field's old and new value, as text."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TrackedEvent:
    """One change of one row."""

    at: datetime
    who: str
    reason: str
    what: str
    about: str
    changes: tuple[Change, ...]


def is_tracked(model: type[Model]) -> bool:
    """Return whether changes of this model are recorded."""
    return bool(getattr(model, "pgh_event_models", None))


def history_of(obj: Model, *, parts: Sequence[type[Model]] = ()) -> list[TrackedEvent]:
    """Return the newest events of an object, and of rows of `parts` that point at it."""
    events = list(Events.objects.tracks(obj).order_by("-pgh_created_at", "-pgh_id")[:MOST])
    part_events = [event for part in parts for event in part.pgh_event_models.values()]  # type: ignore[attr-defined]
    if part_events:
        events += Events.objects.references(obj).across(*set(part_events))[:MOST]
    events.sort(key=lambda event: (event.pgh_created_at, event.pgh_id), reverse=True)
    return tracked_events(events)


def tracked_events(events: Sequence[Any], *, with_names: bool = True) -> list[TrackedEvent]:
    """
    Return rows of `Events` as people read them, in a constant number of queries.

    Without names there is no query: people and related rows stay numbers.
    """
    users = {user for event in events if (user := (event.pgh_context or {}).get("user"))}
    people = User.objects.in_bulk(users) if with_names else {}
    names = _Names(events if with_names else ())
    return [
        TrackedEvent(
            at=event.pgh_created_at,
            who=str(people.get((event.pgh_context or {}).get("user"), "")),
            reason=str((event.pgh_context or {}).get("reason", "")),
            what={"insert": "added", "update": "changed", "delete": "deleted"}.get(
                event.pgh_label, event.pgh_label
            ),
            about=_about(event),
            changes=tuple(names.changes(event)),
        )
        for event in events
    ]


def _about(event: Any) -> str:
    model = apps.get_model(event.pgh_obj_model)
    return f"{model._meta.verbose_name} {event.pgh_obj_id}"


class _Names:
    """Values as text; rows that foreign keys point at are looked up together."""

    def __init__(self, events: Iterable[Any]) -> None:
        wanted: defaultdict[type[Model], set[Any]] = defaultdict(set)
        for event in events:
            model = apps.get_model(event.pgh_obj_model)
            for column, pair in _pairs(event):
                related = _field(model, column)
                if related is not None and related.related_model is not None:
                    wanted[related.related_model].update(v for v in pair if v is not None)
        self._rows = {
            model: {str(pk): str(row) for pk, row in model._default_manager.in_bulk(pks).items()}
            for model, pks in wanted.items()
        }

    def changes(self, event: Any) -> Iterable[Change]:
        model = apps.get_model(event.pgh_obj_model)
        for column, (old, new) in _pairs(event):
            field = _field(model, column)
            name = column if field is None else str(field.verbose_name)
            yield Change(name, self._text(field, old), self._text(field, new))

    def _text(self, field: "Field[Any, Any] | None", value: Any) -> str:
        if value is None or value == "":
            return ""
        if field is not None and field.related_model is not None:
            return self._rows.get(field.related_model, {}).get(str(value), f"#{value}")
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _pairs(event: Any) -> Iterable[tuple[str, tuple[Any, Any]]]:
    if event.pgh_diff:
        return [(column, (old, new)) for column, (old, new) in event.pgh_diff.items()]
    return [
        (column, (None, value))
        for column, value in event.pgh_data.items()
        if column not in {"id", "uid"} and value not in (None, "", [], {})
    ]


def _field(model: type[Model], column: str) -> "Field[Any, Any] | None":
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:
        return None
    return field if hasattr(field, "verbose_name") else None  # type: ignore[return-value]
