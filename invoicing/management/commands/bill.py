"""`manage.py bill`: what the scheduled bill run does, here and now."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

import structlog
from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from invoicing.models import BillRun
from invoicing.operations.run_bills import bill_chunk, start_bill_run
from invoicing.tasks import finish_invoice

log = structlog.get_logger()


class Command(BaseCommand):
    help = "Close and issue every invoice that is due, then make PDFs and send e-mails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            metavar="TIME",
            help="bill what was due at this time, with offset; default: now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        as_of = now if options["as_of"] is None else self._as_of(options["as_of"], now)
        started = start_bill_run(as_of=as_of, now=now)
        if started is None:
            self.stdout.write("Nothing is due.")
            return
        run, chunks = started
        unsent = 0
        for chunk in chunks:
            for invoice_id in bill_chunk(run_id=run.pk, customer_ids=chunk, now=timezone.now()):
                unsent += not self._is_finished(invoice_id)
        self._report(BillRun.objects.get(pk=run.pk), unsent)

    def _is_finished(self, invoice_id: int) -> bool:
        try:
            finish_invoice(invoice_id)
        except Exception:
            # Issued all the same: the others are billed, and a worker tries this one again.
            log.exception("invoice_not_finished", invoice_id=invoice_id)
            return False
        return True

    def _as_of(self, text: str, now: datetime) -> datetime:
        try:
            as_of = parse_datetime(text)
        except ValueError as error:
            raise CommandError(f"--as-of {text}: {error}") from error
        if as_of is None or as_of.tzinfo is None:
            raise CommandError(f"--as-of {text}: a time has an offset: 2024-12-01T00:00:00Z")
        if as_of > now:
            raise CommandError(
                "--as-of lies in the future, where usage is still to come; "
                "a sandbox customer's test clock can go there"
            )
        return as_of

    def _report(self, run: BillRun, unsent: int) -> None:
        self.stdout.write(
            f"{run.customers_due} customers due: {run.drafted} drafts made, "
            f"{run.issued} invoices issued, {run.stopped} stopped, {run.failed} failed."
        )
        if run.failed:
            raise CommandError(run.last_error)
        if unsent:
            raise CommandError(
                f"{unsent} invoices are issued and not sent, for want of their PDF or by mail."
            )
