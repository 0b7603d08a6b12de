"""`manage.py plan_file apply FILE` and `manage.py plan_file export`."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone

from plan_file.changes import Changes, Verdict
from plan_file.format.reading import BadFile, read_document
from plan_file.format.writing import write_document
from plan_file.operations.apply_plan_file import apply_plan_file
from plan_file.queries.export import NoSuchCustomer, NoSuchSeller, exported_document
from values.problems import InvalidTerms

BAD_FILE_STATUS = 2
_MARKS = {Verdict.CREATED: "+", Verdict.CHANGED: "~", Verdict.UNCHANGED: "="}


class Command(BaseCommand):
    """Loads a plan file into the database, or writes one from it."""

    help = "Load a plan file into the database, or write what the database holds as one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        apply = commands.add_parser("apply", help="bring the database in line with a file")
        apply.add_argument("file", type=Path, help="a YAML or JSON plan file")
        apply.add_argument(
            "--dry-run", action="store_true", help="print what would change, and change nothing"
        )
        export = commands.add_parser("export", help="write what the database holds as a file")
        export.add_argument("--customer", help="only this one (our id or its external id)")
        for each in (apply, export):
            each.add_argument("--legal-entity", metavar="CODE", help="where there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["command"] == "apply":
            self._apply(options["file"], options["legal_entity"], dry_run=options["dry_run"])
        else:
            self._export(options["legal_entity"], options["customer"])

    def _apply(self, path: Path, legal_entity_code: str | None, *, dry_run: bool) -> None:
        try:
            changes = apply_plan_file(
                document=read_document(path),
                now=timezone.now(),
                legal_entity_code=legal_entity_code,
                dry_run=dry_run,
            )
        except (BadFile, InvalidTerms) as error:
            self._refuse(problem.text() for problem in error.problems)
        self._print(changes, dry_run=dry_run)

    def _print(self, changes: Changes, *, dry_run: bool) -> None:
        for change in changes.items:
            self.stdout.write(f"{_MARKS[change.verdict]} {change.kind} {change.code}")
            for difference in change.differences:
                self.stdout.write(f"    {difference.text()}")
        for note in changes.notes:
            self.stdout.write(f"note: {note}")
        ending = " (dry run: nothing is written)" if dry_run else ""
        self.stdout.write(f"{changes.summary()}{ending}")

    def _export(self, legal_entity_code: str | None, customer: str | None) -> None:
        try:
            document = exported_document(legal_entity_code=legal_entity_code, customer=customer)
        except (NoSuchSeller, NoSuchCustomer) as error:
            self._refuse([str(error)])
        self.stdout.write(write_document(document), ending="")

    def _refuse(self, sentences: Iterable[str]) -> NoReturn:
        for sentence in sentences:
            self.stderr.write(sentence)
        raise SystemExit(BAD_FILE_STATUS)
