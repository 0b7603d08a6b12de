"""Saying who holds a subject, until when, and who holds it from then on."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Customer, Subject


class NotInThatTime(ValueError):
    """The subject is not held by that row at the time that is named."""


def add_subject(
    *, customer: Customer, kind: str, identifier: str, held_from: datetime, held_to: datetime | None
) -> tuple[Subject, bool]:
    """
    Return the subject that the customer holds, and whether it is new; the very same is not.

    :raises ValidationError: a value is none, or another one holds it in a part of that time.
    """
    values = {"customer": customer, "kind": kind, "identifier": identifier}
    found = Subject.objects.filter(**values, held_from=held_from, held_to=held_to).first()
    if found is not None:
        return found, False
    return _saved(Subject(**values, held_from=held_from, held_to=held_to)), True


@transaction.atomic
def end_subject(*, subject: Subject, held_to: datetime | None) -> Subject:
    """
    Let the customer hold the subject up to this time, for good with None.

    :raises ValidationError: it is not after the beginning, or another one holds it by then.
    """
    row = Subject.objects.select_for_update().get(pk=subject.pk)
    row.held_to = held_to
    return _saved(row)


@transaction.atomic
def hand_over_subject(
    *, subject: Subject, customer: Customer, since: datetime
) -> Sequence[Subject]:
    """
    Let another customer hold the subject from this time on, as long as the first one would have.

    Returns the rows that say so: the first holder's, which ends then, and the new one.

    :raises NotInThatTime: the first one does not hold it then.
    :raises ValidationError: as where it is added.
    """
    row = Subject.objects.select_for_update().get(pk=subject.pk)
    if since < row.held_from or (row.held_to is not None and since >= row.held_to):
        raise NotInThatTime("The subject is not held by this customer at that time.")
    end = row.held_to
    if since == row.held_from:
        row.customer = customer
        return [_saved(row)]
    row.held_to = since
    new = Subject(
        customer=customer, kind=row.kind, identifier=row.identifier, held_from=since, held_to=end
    )
    return [_saved(row), _saved(new)]


def _saved(subject: Subject) -> Subject:
    if "\x00" in subject.identifier:
        raise ValidationError({"identifier": "Null characters are not allowed."})
    subject.full_clean()
    subject.save()
    return subject
