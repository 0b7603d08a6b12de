"""The schedule that forgets old files of usage, and bytes that no file names."""

from django.db import migrations

NAME = "Forget old files of usage"
TASK = "usage.forget_files"
EVERY_SECONDS = 3600


def add_schedule(apps, schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule")
    tasks = apps.get_model("django_celery_beat", "PeriodicTask")
    interval, _ = intervals.objects.get_or_create(every=EVERY_SECONDS, period="seconds")
    # Stale ticks are worth nothing: the next one finds the same work.
    tasks.objects.get_or_create(
        name=NAME,
        defaults={"task": TASK, "interval": interval, "expire_seconds": EVERY_SECONDS},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing_portal", "0008_balance_of_usage"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_schedule, migrations.RunPython.noop)]
