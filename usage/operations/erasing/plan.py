"""What an erasure would change, and what is in its way."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.models import Customer, Subject
from usage.files.event_maker import ROW_KEY
from usage.intake.json_body import read_json
from usage.intake.personal_value import PersonalValue
from usage.metering.needed import Needed, Part
from usage.models import (
    ArchiveState,
    BackfillState,
    FileError,
    QuarantinedEvent,
    ReplayJob,
    Source,
    StagedEvent,
    UsageArchive,
    UsageFile,
)
from usage.operations.erasing.stand_ins import Digits, StandIns, TooFewDigits
from usage.queries.files.holding import files_holding
from usage.queries.person_events import (
    says,
    sources_of,
    staged_of_person,
    stored_of_person,
    waiting_of_person,
)
from usage.store.archives.archive_file import cells_of, read_lines_of
from usage.store.archives.kept_archives import ArchiveGone, opened
from values.calendar import day_text

_SENT = -1
_AT_WORK = (BackfillState.OPEN, BackfillState.CLOSING, BackfillState.UNDOING)


@dataclass(slots=True)
class Plan:
    """
    What says the value: places of stored events, rows of quarantine, backfills and file errors.

    `places` are (property, text) as they are said; `refusals` say why it cannot be erased now,
    `leftovers` what would stay. `archives` hold it in files that are to be deleted; `files` in
    their bytes, `named_files` in their names, `replays` in the name of what was tried again.
    """

    events: list[tuple[datetime, UUID]] = field(default_factory=list)
    waiting: list[QuarantinedEvent] = field(default_factory=list)
    staged: list[StagedEvent] = field(default_factory=list)
    file_errors: list[FileError] = field(default_factory=list)
    places: set[tuple[str, str]] = field(default_factory=set)
    archives: list[UsageArchive] = field(default_factory=list)
    files: list[UsageFile] = field(default_factory=list)
    named_files: list[UsageFile] = field(default_factory=list)
    replays: list[ReplayJob] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing says the value."""
        rows = self.events or self.waiting or self.staged or self.file_errors
        return not (rows or self.archives or self.named_files or self.replays)


def plan_erasure(
    *, customer: Customer, value: PersonalValue, needed: Sequence[Needed], digits_of: Digits
) -> Plan:
    """Return what an erasure would change, read through all that is stored of the customer."""
    plan, in_keys, of_rows = Plan(), 0, 0
    sources = sources_of(customer=customer)
    for event in stored_of_person(customer_id=customer.pk, value=value):
        plan.events.append((event.occurred_at, event.key))
        plan.places.update(value.said_in(read_json(event.sent.encode())))
        in_keys += value.may_stand_in(event.idempotency_key)
        of_rows += event.idempotency_key.startswith(ROW_KEY)
    plan.waiting = list(waiting_of_person(customer=customer, value=value, sources=sources))
    known = {*(key for _, key in plan.events), *(row.key for row in plan.waiting)}
    plan.staged = list(
        staged_of_person(customer=customer, value=value, sources=sources, known=known)
    )
    for sent in (*(row.sent for row in plan.waiting), *(row.sent for row in plan.staged)):
        plan.places.update(value.said_in(read_json(sent.encode())))
    plan.file_errors = _file_errors(sources, value)
    plan.files = files_holding(sources=sources, value=value)
    named = UsageFile.objects.filter(source__in=sources, name__regex=value.pattern_in_texts)
    plan.named_files = list(named.order_by("pk"))
    replays = ReplayJob.objects.filter(source__in=sources, named__regex=value.pattern_in_texts)
    plan.replays = [job for job in replays.order_by("pk") if value.is_said_by(job.named)]
    plan.refusals += _refusals(customer, value, plan, needed, digits_of)
    plan.refusals += _archived(customer, value, plan)
    if in_keys:
        plan.leftovers.append(
            f"{in_keys:,} events have it in their idempotency key. A key is an event's for ever, "
            "and stays."
        )
    if of_rows:
        plan.leftovers.append(
            f"{of_rows:,} events have an idempotency key that was made of their whole row in a "
            "file. It stays: whoever knows the rest of the row can try out what was erased."
        )
    return plan


def _refusals(
    customer: Customer,
    value: PersonalValue,
    plan: Plan,
    needed: Sequence[Needed],
    digits_of: Digits,
) -> Iterator[str]:
    said_by = {name for name, _ in plan.places}
    for need in needed:
        is_name = value.is_said_by(need.name)
        if need.name in said_by and (need.part is Part.WHOLE or is_name):
            yield f"{need.name}: {need.why}, so it stands in what is billed, and stays."
    if value.is_said_by(customer.external_id) or value.is_said_by(customer.public_id):
        yield "It is the id by which usage names this customer. What waits would be nobody's."
    for subject in Subject.objects.filter(customer=customer):
        if value.is_said_by(subject.identifier):
            yield (
                f"It is the {subject.kind} by which usage finds this customer. What belongs to "
                "the customer itself is no person's."
            )
            break
    if any(staged.backfill.state in _AT_WORK for staged in plan.staged):
        yield "A backfill with it is not done: close or discard that first."
    for file in plan.files:
        day = day_text(file.uploaded_at)
        yield f"The file {file.name} of {day} holds it: delete its bytes."
    stand_ins = StandIns(customer, needed, digits_of)
    for name, text in sorted(plan.places):
        try:
            stand_ins.stands_for(name, text)
        except TooFewDigits as refusal:
            yield str(refusal)


def _archived(customer: Customer, value: PersonalValue, plan: Plan) -> Iterator[str]:
    """Yield the months that are in files alone; files beside the database are to be deleted."""
    for archive in UsageArchive.objects.order_by("month", "part"):
        try:
            holds = _is_in_file(archive, customer, value)
        except (ValueError, OSError, EOFError, zlib.error):
            yield (
                f"The file of {archive} cannot be read, so that nobody knows whether it holds it: "
                "see `manage.py usage_archive check`, and mend that first."
            )
            continue
        if holds:
            if archive.state == ArchiveState.ARCHIVED:
                yield (
                    f"{archive} is archived and holds it: bring it back first, by "
                    f"`manage.py usage_archive restore {archive.month:%Y-%m}`."
                )
            else:
                plan.archives.append(archive)


def _is_in_file(archive: UsageArchive, customer: Customer, value: PersonalValue) -> bool:
    """Return whether it does, or may: nobody can read a file that is not written to its end."""
    try:
        with opened(archive.stored_as) as stream:
            if archive.state == ArchiveState.WRITING:
                return True
            rows = read_lines_of(stream, customer_id=customer.pk, index_at=archive.index_at)
            return _says(rows, value)
    except ArchiveGone:
        return False


def _says(rows: Iterable[bytes], value: PersonalValue) -> bool:
    bodies = (cells_of(row)[_SENT] for row in rows)
    return any(body and value.may_stand_in(body) and says(body, value) for body in bodies)


def _file_errors(sources: Sequence[Source], value: PersonalValue) -> list[FileError]:
    found = FileError.objects.filter(run__file__source__in=sources)
    said = value.pattern_in_texts
    shown = found.filter(excerpt__regex=said) | found.filter(reason__regex=said)
    return list(shown.order_by("pk"))
