"""`manage.py usage_balance`: prove that all usage that came stands somewhere."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from usage.models import EventState, Source
from usage.operations.count_source_day import count_source_day, day_of_receipt
from usage.queries.balance import Balance, sources_with_receipts
from usage.queries.day_receipts import corrected_items


class Command(BaseCommand):
    help = "Count what each source sent, day by day, and prove that each event stands somewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.now().date()
        last = options["last"] or today
        first = options["first"] or last - timedelta(days=30)
        if last < first:
            raise CommandError(f"--from {first} is after --to {last}")
        broken = 0
        for number in range((last - first).days + 1):
            broken += self._prove(first + timedelta(days=number))
        if broken:
            raise CommandError(f"{broken} days of sources do not balance")
        self.stdout.write(f"All that came from {first} to {last} (UTC) stands somewhere.")

    def _prove(self, day: date) -> int:
        broken = 0
        for source_id in sources_with_receipts(received_in=day_of_receipt(day)):
            balance = count_source_day(source_id=source_id, day=day, now=timezone.now())
            source = Source.objects.select_related("partner").get(pk=source_id)
            corrected = corrected_items(source_id=source_id, received_in=day_of_receipt(day))
            self.stdout.write(f"{day}  {source}: {_told(balance, corrected=corrected)}")
            sentences = list(balance.contradictions())
            broken += bool(sentences)
            for sentence in sentences:
                self.stdout.write(f"            BROKEN: {sentence}")
        return broken


def _told(balance: Balance, *, corrected: int) -> str:
    came = balance.received
    states = ", ".join(f"{balance.states[state]} {state.value}" for state in EventState)
    stored_anew = f" + {corrected} by corrections and backfills" if corrected else ""
    return (
        f"{came.received - corrected} received{stored_anew}"
        f" = {came.accepted} accepted + {came.quarantined} quarantined"
        f" + {came.duplicates} duplicates + {came.conflicts} conflicts + {came.rejected} rejected;"
        f" now {states}"
    )
