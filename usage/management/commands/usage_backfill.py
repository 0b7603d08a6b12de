"""`manage.py usage_backfill walk bkf_…`: go on with closing or undoing a backfill, to its end."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from usage.models import Backfill, BackfillState
from usage.operations.backfills.close_backfill import close_next
from usage.operations.backfills.undo_backfill import undo_next

_AT_ITS_END = (BackfillState.CLOSED, BackfillState.UNDONE)
_AT_WORK = (BackfillState.CLOSING, BackfillState.UNDOING)


class Command(BaseCommand):
    """Do what the workers do, in this process."""

    help = "Go on with a backfill that is being closed or undone, to its end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["walk"])
        parser.add_argument("backfill", help="Its id, bkf_….")

    def handle(self, *args: Any, **options: Any) -> None:
        backfill = Backfill.with_public_id(options["backfill"])
        if backfill is None:
            raise CommandError("There is no such backfill.")
        while True:
            now = timezone.now()
            if not (
                close_next(backfill_id=backfill.pk, now=now)
                or undo_next(backfill_id=backfill.pk, now=now)
            ):
                break
        backfill.refresh_from_db()
        if backfill.state in _AT_WORK:
            raise CommandError(
                f"{backfill} is still {backfill.state}: another worker has it in hand. Try again."
            )
        if backfill.state not in _AT_ITS_END:
            raise CommandError(
                f"{backfill} is {backfill.state}: only one that is being closed or undone goes on."
            )
        self.stdout.write(f"{backfill} is {backfill.state}.")
