"""`manage.py usage_rollups`: prove that rollups are the sums of the records, or make them anew."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from accounts.models import Customer
from usage.models import Meter
from usage.store import store
from usage.store.archives.archived import MonthArchived, archived_months
from usage.store.archives.archivers import AnotherArchives
from usage.store.partitions import made_months
from usage.store.rollups import Difference, differences, rebuild


class Command(BaseCommand):
    help = (
        "Rollups are sums of usage by the hour, which pages and bills read. `check` holds each of "
        "them against the records, `rebuild` makes them anew, `roll` adds what arrived."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check", "rebuild", "roll"])
        parser.add_argument(
            "--month", metavar="YYYY-MM", help="rebuild this month alone, instead of all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "check":
            self._check()
        elif options["action"] == "rebuild":
            self._rebuild(options["month"])
        elif not store.roll():
            raise CommandError("Another one is at it.")

    def _check(self) -> None:
        found = 0
        for difference in differences():
            found += 1
            self.stdout.write(_told(difference))
        if found:
            raise CommandError(f"{found} hours differ; `usage_rollups rebuild` makes them anew.")
        self.stdout.write("Every rollup is the sum of its records.")
        for month in archived_months():
            self.stdout.write(f"{month:%Y-%m} is archived: `usage_archive check` reads its file.")

    def _rebuild(self, wanted: str | None) -> None:
        stored = {*made_months(), *((each.year, each.month) for each in archived_months())}
        months = [
            (year, month)
            for year, month in sorted(stored)
            if wanted in (None, f"{year:04}-{month:02}")
        ]
        if wanted and not months:
            raise CommandError(f"There are no records of {wanted!r}; months are written 2026-11.")
        for year, month in months:
            try:
                rebuild(year, month)
            except MonthArchived as archived:
                if wanted:
                    raise CommandError(str(archived)) from archived
                self.stdout.write(f"{year:04}-{month:02} is archived: its rollups stay")
            except AnotherArchives as at_work:
                raise CommandError(f"{year:04}-{month:02} stays as it is: {at_work}") from at_work
            else:
                self.stdout.write(f"{year:04}-{month:02} made anew")


def _told(difference: Difference) -> str:
    customer = Customer.objects.filter(pk=difference.customer_id).first()
    meter = Meter.objects.filter(pk=difference.meter_id).first()
    (rolled, rolled_events), (recorded, recorded_events) = difference.rolled, difference.recorded
    return (
        f"{customer.external_id if customer else difference.customer_id} "
        f"{meter.code if meter else difference.meter_id} {difference.hour:%Y-%m-%dT%H:%MZ} "
        f"(combination {difference.dimensions_id}): {rolled:f} in {rolled_events} events rolled up,"
        f" {recorded:f} in {recorded_events} recorded"
    )
