"""`manage.py simulate FILE`: the invoices of a plan file, computed in memory."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from plan_file.format.event_files import read_events
from plan_file.format.reading import BadFile, read_document
from plan_file.output.json_text import json_text
from plan_file.output.table import table_text
from plan_file.simulation import simulate
from values.instants import BadInstant, parse_date
from values.problems import Problem

BAD_FILE_STATUS = 2
WRITERS = {"json": json_text, "table": table_text}


class Command(BaseCommand):
    """Rates and invoices a document without a database."""

    help = "Rate and invoice a plan file in memory and print the invoices. Needs no database."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a YAML or JSON plan file")
        parser.add_argument("--events", type=Path, help="further events, .csv or .ndjson")
        parser.add_argument(
            "--from", dest="from_date", type=_date, help="print periods that begin on or after"
        )
        parser.add_argument(
            "--to", dest="to_date", type=_date, help="bill periods that begin before"
        )
        parser.add_argument("--format", choices=sorted(WRITERS), default="json")
        parser.add_argument("--calls", type=Path, help="write the rated calls there, as NDJSON")

    def handle(self, *args: Any, **options: Any) -> None:
        from_date, to_date = options["from_date"], options["to_date"]
        if from_date is not None and to_date is not None and to_date <= from_date:
            self._refuse(Problem(("--to",), f"{to_date} is not after --from, {from_date}"))
        try:
            document = read_document(options["file"])
            events = (
                read_events(options["events"], zone=document.timezone) if options["events"] else ()
            )
            if options["calls"]:
                _empty(options["calls"])
        except BadFile as error:
            self._refuse(*error.problems)
        result = simulate(document, events, from_date=from_date, to_date=to_date)
        self.stdout.write(WRITERS[options["format"]](result), ending="")

    def _refuse(self, *problems: Problem) -> NoReturn:
        for problem in problems:
            self.stderr.write(problem.text())
        raise SystemExit(BAD_FILE_STATUS)


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except BadInstant as error:
        raise ArgumentTypeError(str(error)) from error


def _empty(path: Path) -> None:
    """Make the file of calls: no price rates calls yet, so it has no lines."""
    try:
        path.write_text("", encoding="utf-8")
    except OSError as error:
        raise BadFile([Problem((path.name,), error.strerror or "cannot be written")]) from error
