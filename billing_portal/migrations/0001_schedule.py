"""
The first schedule of the background work.

Rows, not settings: what staff change in the admin stays changed at the next start.
"""

from django.db import migrations

EVERY_SECONDS = (
    ("Keep upcoming invoices fresh", "invoicing.refresh_upcoming", 5),
    ("Bill what is due", "invoicing.bill_due", 20),
    ("Finish issued invoices (PDF, e-mail)", "invoicing.finish_issued", 60),
    ("Make the coming months' usage partitions", "usage.make_partitions", 86_400),
)


def add_schedule(apps, schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule")
    tasks = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, seconds in EVERY_SECONDS:
        interval, _ = intervals.objects.get_or_create(every=seconds, period="seconds")
        # Stale ticks are worth nothing: the next one finds the same work.
        tasks.objects.get_or_create(
            name=name,
            defaults={"task": task, "interval": interval, "expire_seconds": 2 * seconds},
        )


class Migration(migrations.Migration):
    dependencies = [("django_celery_beat", "0019_alter_periodictasks_options")]

    operations = [migrations.RunPython(add_schedule, migrations.RunPython.noop)]
