"""`manage.py usage_clickhouse`: the tables of usage in ClickHouse, and what has moved there."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from accounts.models import Customer
from usage.models import Meter
from usage.store.archives.archived import MonthArchived
from usage.store.clickhouse.check import Difference, NotMoved, differences
from usage.store.clickhouse.mark import moved_until
from usage.store.clickhouse.mover import copy_again, move, note_moved
from usage.store.clickhouse.schema import make_tables
from usage.store.interface import StoreUnavailable

ATTEMPTS = 3


class Command(BaseCommand):
    help = (
        "With USAGE_STORE=clickhouse events move to ClickHouse soon after they are stored. "
        "`migrate` makes the tables there, `move` moves what waits, `check` holds every sum there "
        "against the rollups, `repair` copies again what PostgreSQL still holds and then checks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["migrate", "move", "check", "repair"])

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.CLICKHOUSE_URL:
            raise CommandError("Set USAGE_STORE=clickhouse and CLICKHOUSE_URL first.")
        try:
            getattr(self, f"_{options['action']}")()
        except (StoreUnavailable, MonthArchived) as error:
            raise CommandError(str(error)) from error

    def _migrate(self) -> None:
        make_tables()
        self.stdout.write("The tables are there.")

    def _move(self, *, is_repair: bool = False) -> None:
        if not move(goes_on=lambda: True, is_repair=is_repair):
            raise CommandError("Another one is at it.")

    def _check(self, *, is_repair: bool = False) -> None:
        found = self._differences(is_repair)
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(
                f"{len(found)} sums differ; `usage_clickhouse repair` copies again what PostgreSQL "
                "still holds, `usage_rollups check` says whether the rollups are right."
            )
        self.stdout.write("Every sum in ClickHouse is that of the rollups.")

    def _repair(self) -> None:
        copy_again()
        self._check(is_repair=True)
        mark = moved_until()
        note_moved(mark, mark.ingest_tx)

    def _differences(self, is_repair: bool) -> list[str]:
        # What was rolled up between moving and looking has not moved: once more, then.
        for _ in range(ATTEMPTS):
            self._move(is_repair=is_repair)
            try:
                return [_told(each) for each in differences()]
            except NotMoved:
                continue
        raise CommandError("Usage arrives faster than it moves; try again later.")


def _told(difference: Difference) -> str:
    customer = Customer.objects.filter(pk=difference.customer_id).first()
    meter = Meter.objects.filter(pk=difference.meter_id).first()
    (rolled, rolled_events), (held, held_events) = difference.rolled, difference.held
    return (
        f"{difference.month:%Y-%m} {customer.external_id if customer else difference.customer_id} "
        f"{meter.code if meter else difference.meter_id} (combination {difference.dimensions_id}): "
        f"{rolled:f} in {rolled_events} events rolled up, {held:f} in {held_events} in ClickHouse"
    )
