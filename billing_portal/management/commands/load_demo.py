"""`manage.py load_demo`: a sample reseller in an empty database, told as JSON."""

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import LegalEntity
from billing_portal.demo.loading import load_sample


class Command(BaseCommand):
    help = "Load a sample reseller whose dates follow today; only into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("load_demo is for a demo: its logins are known. Set DEMO=true.")
        if LegalEntity.objects.exists():
            raise CommandError(
                "The database is not empty; the sample would mix with what is there."
            )
        # Not one transaction: an invoice remembers which committed usage it counted.
        self.stdout.write(json.dumps(load_sample(now=timezone.now())))
