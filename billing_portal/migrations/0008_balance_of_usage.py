"""The schedules by which usage is counted where it stands, and lost replays go on."""

from django.db import migrations

SCHEDULES = (
    ("Count where usage stands", "usage.count_days", 600),
    ("Go on with replays", "usage.finish_replays", 60),
)


def add_schedules(apps, schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule")
    tasks = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, seconds in SCHEDULES:
        interval, _ = intervals.objects.get_or_create(every=seconds, period="seconds")
        # Stale ticks are worth nothing: the next one finds the same work.
        tasks.objects.get_or_create(
            name=name,
            defaults={"task": task, "interval": interval, "expire_seconds": 2 * seconds},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("billing_portal", "0007_rollups"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_schedules, migrations.RunPython.noop)]
