"""Background work of the usage store."""

from celery import shared_task
from django.utils import timezone

from usage.store.partitions import ensure_months, months_ahead


@shared_task(name="usage.make_partitions")
def make_partitions() -> None:
    """Make the partitions of the coming months; what is there stays."""
    ensure_months(months_ahead(now=timezone.now(), months=3))
