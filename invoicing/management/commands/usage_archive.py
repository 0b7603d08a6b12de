"""`manage.py usage_archive`: months of usage into files, out of them, and looked at there."""

import re
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Customer
from invoicing.operations.archive_usage import TooYoung, archive_usage, months_to_archive
from usage.documents.archived_event_lines import csv_lines, ndjson_lines
from usage.models import ArchiveState, UsageArchive, event_key
from usage.operations.archives.archive_month import CannotArchive
from usage.operations.archives.check_archives import archive_faults
from usage.operations.archives.restore_month import CannotRestore, restore_month
from usage.queries.archived_events import ArchivedEvent, ArchiveSearch, archived_events
from usage.store.archives.archive_file import NotAnArchive
from usage.store.archives.archivers import AnotherArchives
from usage.store.archives.kept_archives import ArchiveGone
from usage.store.archives.take_out import ChangedMeanwhile, RowsDoNotMatch

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_REFUSALS = (
    AnotherArchives, ArchiveGone, CannotArchive, CannotRestore, ChangedMeanwhile, NotAnArchive,
    RowsDoNotMatch, TooYoung,
)  # fmt: skip
# What is wrong with one month, and says nothing of the next.
_STAYS = (
    CannotArchive, ChangedMeanwhile, NotAnArchive, RowsDoNotMatch, DatabaseError, InterfaceError,
    OSError,
)  # fmt: skip
_LINES: dict[str, Callable[[Iterable[ArchivedEvent]], Iterator[str]]] = {
    "ndjson": ndjson_lines,
    "csv": csv_lines,
}


class Command(BaseCommand):
    help = (
        "Events of old months in compressed files. Keys, voids and sums by the hour stay in the "
        "database, so nothing is billed twice, and no amount changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        run = actions.add_parser("run", help="archive what is older than USAGE_RAW_MONTHS")
        run.add_argument("--month", help="this month alone, written 2024-05, whatever its age")
        actions.add_parser("list", help="which months are in which files")
        check = actions.add_parser("check", help="hold files and sums against each other")
        check.add_argument("--month", help="this month alone, written 2024-05")
        restore = actions.add_parser("restore", help="bring a month's events back")
        restore.add_argument("month", help="written 2024-05")
        self._add_search(actions.add_parser("find", help="print archived events, for an audit"))

    def _add_search(self, find: ArgumentParser) -> None:
        find.add_argument("--customer", help="external id, or cus_…")
        find.add_argument("--key", help="the event's id, evt_…")
        find.add_argument("--idempotency-key", help="as its sender wrote it")
        find.add_argument("--from", dest="start", help="day or time, 2024-05-01T12:00:00Z")
        find.add_argument("--to", dest="end", help="day or time from which on nothing is shown")
        find.add_argument("--format", choices=sorted(_LINES), default="ndjson")

    def handle(self, *args: Any, **options: Any) -> None:
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "run": self._run, "list": self._list, "check": self._check,
            "restore": self._restore, "find": self._find,
        }  # fmt: skip
        try:
            actions[options["action"]](options)
        except _REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as error:
            # Where the connection broke at the end nobody knows here what was committed.
            raise CommandError(
                f"{_words(error)} Try again: `usage_archive list` tells what was done."
            ) from error

    def _run(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        if options["month"] is not None:
            month = _month(options["month"])
            self._tell(month, archive_usage(month=month, now=now))
            return
        if settings.USAGE_RAW_MONTHS is None:
            self.stdout.write("USAGE_RAW_MONTHS is not set: all events stay in the database.")
            return
        self._run_all(months_to_archive(now=now, months=settings.USAGE_RAW_MONTHS))

    def _run_all(self, months: Sequence[date]) -> None:
        failed = []
        for month in months:
            try:
                archive = archive_usage(month=month, now=timezone.now())
            except AnotherArchives as at_work:
                self.stdout.write(f"{month:%Y-%m} and later: {at_work}")
                failed.append(f"{month:%Y-%m} and later")
                break
            except _STAYS as refusal:
                self.stdout.write(f"{month:%Y-%m}: {_words(refusal)}")
                failed.append(f"{month:%Y-%m}")
                # The next month may need another one.
                connection.close_if_unusable_or_obsolete()
            else:
                if archive is not None:
                    self._tell(month, archive)
        if failed:
            raise CommandError(
                f"Not archived, or not to the end: {', '.join(failed)}. "
                "`usage_archive list` tells what is in files."
            )

    def _tell(self, month: date, archive: UsageArchive | None) -> None:
        if archive is None:
            self.stdout.write(f"{month:%Y-%m}: no event to archive")
            return
        stays = f", {archive.kept_rows:,} rows stay" if archive.kept_rows else ""
        self.stdout.write(f"{archive}: {archive.events:,} events archived{stays}")

    def _list(self, options: dict[str, Any]) -> None:
        for archive in UsageArchive.objects.order_by("month", "part"):
            self.stdout.write(
                f"{archive}\t{archive.state}\t{archive.events} events\t{archive.rows} rows\t"
                f"{archive.kept_rows} rows stay\t{archive.size_bytes} bytes\t"
                f"{archive.sha256 or '–'}\t{archive.stored_as}"
            )

    def _check(self, options: dict[str, Any]) -> None:
        archived = UsageArchive.objects.filter(state=ArchiveState.ARCHIVED)
        if options["month"] is not None:
            archived = archived.filter(month=_month(options["month"]))
            if not archived.exists():
                raise CommandError(f"{options['month']} is not archived.")
        months = archived.order_by("month").values_list("month", flat=True).distinct()
        faults = 0
        for month in months:
            for fault in archive_faults(month=month):
                faults += 1
                self.stdout.write(fault)
        if faults:
            raise CommandError(f"{faults} things are wrong with archived months.")
        self.stdout.write(f"{len(months)} archived months are as they were written.")

    def _restore(self, options: dict[str, Any]) -> None:
        for archive in restore_month(month=_month(options["month"]), now=timezone.now()):
            self.stdout.write(f"{archive}: {archive.events:,} events are back")

    def _find(self, options: dict[str, Any]) -> None:
        found = archived_events(search=_search(options))
        for line in _LINES[options["format"]](found):
            self.stdout.write(line, ending="")


def _words(error: Exception) -> str:
    """Return the first line of what an error says, as a sentence."""
    words = str(error).strip().partition("\n")[0] or type(error).__name__
    return words if words.endswith(".") else f"{words}."


def _search(options: dict[str, Any]) -> ArchiveSearch:
    key = options["key"] and event_key(options["key"])
    if options["key"] and key is None:
        raise CommandError(f"--key {options['key']!r}: an event's id begins with evt_")
    return ArchiveSearch(
        customer_id=options["customer"] and _customer_id(options["customer"]),
        key=key,
        idempotency_key=options["idempotency_key"],
        start=_instant("--from", options["start"]),
        end=_instant("--to", options["end"]),
    )


def _customer_id(text: str) -> int:
    uid = Customer.uid_of(text)
    named = {"external_id": text} if uid is None else {"uid": uid}
    found = list(Customer.objects.filter(**named).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise CommandError(f"--customer {text!r}: there is no such customer, or more than one")
    return found[0]


def _instant(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        if len(text) == len("2024-05-01"):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        instant = parse_datetime(text)
    except ValueError as error:
        raise CommandError(f"{option} {text!r}: {error}") from error
    if instant is None or instant.tzinfo is None:
        raise CommandError(f"{option} {text!r}: a day, or a time with its offset")
    return instant


def _month(text: str) -> date:
    found = _MONTH.fullmatch(text)
    if found is None:
        raise CommandError(f"{text!r} is no month; months are written 2024-05.")
    return date(int(found[1]), int(found[2]), 1)
