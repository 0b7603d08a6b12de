"""`manage.py simulate FILE`: the invoices of a plan file, computed in memory."""

import gc
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from plan_file.format.document import Document
from plan_file.format.event_files import read_events
from plan_file.format.events import Event
from plan_file.format.reading import BadFile, read_document
from plan_file.output.call_file import CallFile
from plan_file.output.json_text import json_text
from plan_file.output.progress import Progress
from plan_file.output.table import table_text
from plan_file.results import SimulationResult
from plan_file.simulation import calls_in_order, simulate
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
        parser.add_argument(
            "--events", type=Path, help="further events, .csv or .ndjson, also with .gz"
        )
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
        progress = Progress(sys.stderr)
        # Millions of events hold no cycles; looking for some takes its time.
        gc.disable()
        try:
            result = _simulated(options, progress)
        except BadFile as error:
            progress.clear()
            self._refuse(*error.problems)
        except OSError as error:
            progress.clear()
            self._refuse(Problem(("temporary file",), error.strerror or "cannot be written"))
        finally:
            gc.enable()
        progress.clear()
        self.stdout.write(WRITERS[options["format"]](result), ending="")

    def _refuse(self, *problems: Problem) -> NoReturn:
        for problem in problems:
            self.stderr.write(problem.text())
        raise SystemExit(BAD_FILE_STATUS)


def _simulated(options: dict[str, Any], progress: Progress) -> SimulationResult:
    document = read_document(options["file"])
    events = _events(options["events"], document, progress)
    calls = None
    if options["calls"]:
        calls = CallFile(options["calls"], in_order=calls_in_order(document))
    result = simulate(
        document,
        events,
        from_date=options["from_date"],
        to_date=options["to_date"],
        on_call=calls.add if calls else None,
        on_progress=lambda made, whole, read: progress.show(f"Rating {read:,} events", made, whole),
    )
    if calls:
        calls.write()
    return result


def _events(path: Path | None, document: Document, progress: Progress) -> Iterable[Event]:
    if path is None:
        return ()
    return read_events(
        path,
        zone=document.timezone,
        on_progress=lambda done, whole: progress.show(f"Reading {path.name}", done, whole),
    )


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except BadInstant as error:
        raise ArgumentTypeError(str(error)) from error
