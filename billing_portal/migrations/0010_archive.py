"""The schedule by which events of old months are put into files."""

from django.db import migrations

NAME = "Archive events of old months"
TASK = "invoicing.archive_usage"
EVERY_SECONDS = 86_400


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
        ("billing_portal", "0009_kept_files"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_schedule, migrations.RunPython.noop)]
