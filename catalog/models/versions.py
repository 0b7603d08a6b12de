"""What rate cards and prices share: versions by time, published once, then fixed."""

from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import F, Func, Q, Value

PUBLISHED = Q(published_at__isnull=False)


class IdRange(Func):
    """
    An id as a range of one, so that gist can compare it without an extension.

    Servers differ in the extensions that they carry; this works on every one.
    """

    function = "int8range"

    def __init__(self, column: str) -> None:
        super().__init__(F(column), F(column), Value("[]"))


def no_overlap(name: str, *, owner: str, words: str) -> ExclusionConstraint:
    """Return the constraint that published versions of one owner do not overlap."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            (IdRange(owner), "&&"),
            (
                Func(
                    F("effective_from"),
                    F("effective_to"),
                    function="tstzrange",
                    output_field=DateTimeRangeField(),
                ),
                "&&",
            ),
        ],
        condition=PUBLISHED,
        violation_error_message=words,
    )


def published_is_fixed(name: str, *, fields: list[str]) -> pgtrigger.Trigger:
    """Return the trigger that a published version changes in nothing but its first end."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in fields)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__published_at__isnull=False),
        func=f"""
            IF TG_OP = 'DELETE' OR {changed}
               OR NEW.published_at IS DISTINCT FROM OLD.published_at
               OR (OLD.effective_to IS NOT NULL
                   AND NEW.effective_to IS DISTINCT FROM OLD.effective_to)
            THEN
                RAISE EXCEPTION 'a published version does not change; add a new one'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )


def fixed_once_published(name: str, *, versions: str, owner: str, fields: list[str]) -> Any:
    """Return the trigger that what versions are of does not change once one is published."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in fields)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF ({changed}) AND EXISTS (
                SELECT 1 FROM {versions} WHERE {owner} = OLD.id AND published_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'a version of it is published; make a new one'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )


def ends_after_it_starts() -> Any:
    """Return the condition that a version is in force for some time."""
    return Q(effective_to=None) | Q(effective_to__gt=F("effective_from"))
