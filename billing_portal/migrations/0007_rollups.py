"""The schedule of the rollups: sums of usage by the hour."""

from django.db import migrations

NAME = "Add up usage by the hour"
TASK = "usage.roll"
EVERY_SECONDS = 5


def add_schedule(apps, schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule")
    tasks = apps.get_model("django_celery_beat", "PeriodicTask")
    interval, _ = intervals.objects.get_or_create(every=EVERY_SECONDS, period="seconds")
    # Stale ticks are worth nothing: the next one finds the same work.
    tasks.objects.get_or_create(
        name=NAME,
        defaults={"task": TASK, "interval": interval, "expire_seconds": 2 * EVERY_SECONDS},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing_portal", "0006_usage_files"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_schedule, migrations.RunPython.noop)]
