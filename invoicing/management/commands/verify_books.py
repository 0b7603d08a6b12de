"""`manage.py verify_books`: prove the invariants, name what contradicts them."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from invoicing.queries.invariants import INVARIANTS, contradictions


class Command(BaseCommand):
    help = "Prove that journal, wallets, invoices and usage agree."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for invariant in INVARIANTS:
            found = contradictions(invariant)
            broken += bool(found)
            self.stdout.write(f"{'BROKEN' if found else 'holds '}  {invariant.sentence}")
            for row in found:
                self.stdout.write(f"          {' | '.join(str(value) for value in row)}")
        if broken:
            raise CommandError(f"{broken} of {len(INVARIANTS)} invariants do not hold")
