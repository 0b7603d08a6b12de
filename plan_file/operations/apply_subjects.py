"""Subjects of a file's customers into the database: who holds which number when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounts.models import Customer, Subject
from plan_file.changes import Difference
from plan_file.format import subjects as format_subjects
from plan_file.format.tree import Path
from plan_file.operations.application import Application
from plan_file.queries.agreements import stored_subject
from values.calendar import date_or_time


@dataclass
class _Work:
    new: list[Subject] = field(default_factory=list)
    changed: list[Subject] = field(default_factory=list)
    shortened: list[Subject] = field(default_factory=list)
    stated: list[tuple[Path, Subject]] = field(default_factory=list)


def apply_subjects(application: Application, customers: Mapping[str, Customer]) -> None:
    """Bring the subjects that the file names in line; one is known by its id and its start."""
    document = application.document
    identifiers = {
        subject.subject_id for customer in document.customers for subject in customer.subjects
    }
    held = list(Subject.objects.filter(identifier__in=identifiers).select_related("customer"))
    known = {(row.customer_id, row.identifier, row.held_from): row for row in held}
    work = _Work()
    for index, customer in enumerate(document.customers):
        owner = customers.get(customer.external_id)
        if owner is None:
            continue
        for number, subject in enumerate(customer.subjects):
            path: Path = ("customers", index, "subjects", number)
            row = known.get((owner.pk, subject.subject_id, subject.held_from))
            _compare(application, work, path, owner, subject, row)
    _refuse_taken(application, work, held)
    if not application.problems:
        # An end comes first: it makes room for the next holder.
        Subject.objects.bulk_update(work.shortened, ["kind", "held_to"])
        Subject.objects.bulk_update(work.changed, ["kind", "held_to"])
        Subject.objects.bulk_create(work.new)


def _compare(
    application: Application,
    work: _Work,
    path: Path,
    owner: Customer,
    subject: format_subjects.Subject,
    row: Subject | None,
) -> None:
    found: tuple[Difference, ...] = ()
    is_new = row is None
    if row is None:
        row = Subject(customer=owner, identifier=subject.subject_id, held_from=subject.held_from)
        work.new.append(row)
    else:
        found = tuple(_differences(row, subject, owner.timezone))
        if found:
            is_shortened = subject.held_to is not None and (
                row.held_to is None or subject.held_to < row.held_to
            )
            (work.shortened if is_shortened else work.changed).append(row)
    row.kind = subject.kind
    row.held_to = subject.held_to
    application.fits(row, path, identifier="id")
    work.stated.append((path, row))
    code = f"{subject.subject_id} of {owner.external_id}"
    application.tell("subject", code, found, is_new=is_new)


def _differences(row: Subject, subject: format_subjects.Subject, zone: str) -> list[Difference]:
    found = []
    if row.kind != subject.kind:
        found.append(Difference(("kind",), row.kind, subject.kind))
    if row.held_to != subject.held_to:
        old, new = (
            None if end is None else date_or_time(end, zone)
            for end in (row.held_to, subject.held_to)
        )
        found.append(Difference(("to",), old, new))
    return found


def _refuse_taken(application: Application, work: _Work, held: Sequence[Subject]) -> None:
    """Name subjects that somebody else holds then, or the same customer from another day."""
    stated = {id(row) for _, row in work.stated}
    others: dict[str, list[Subject]] = {}
    for row in held:
        if id(row) not in stated:
            others.setdefault(row.identifier, []).append(row)
    for path, row in work.stated:
        for other in others.get(row.identifier, ()):
            is_of_mode = other.is_sandbox == row.customer.is_sandbox
            if is_of_mode and stored_subject(row).overlaps(stored_subject(other)):
                holder = _holder(application, other)
                application.refuse(path, f"'{row.identifier}' is held in that time by {holder}")


def _holder(application: Application, other: Subject) -> str:
    """Return the holder's id; a partner learns nothing of other partners' customers."""
    if application.partner is None:
        return f"customer '{other.customer.external_id}'"
    return "a customer"
