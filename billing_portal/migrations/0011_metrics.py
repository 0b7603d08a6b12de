"""The schedule of the metrics of usage and of the alarms on them."""

from django.db import migrations

SCHEDULE = (
    ("Add up what each source sent", "usage.sum_receipts", 15, "seconds", 30),
    ("Look for sources that are not as usual", "usage.watch_sources", 5, "minutes", 600),
)


def add_schedule(apps, schema_editor):
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule")
    tasks = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, every, period, expires in SCHEDULE:
        interval, _ = intervals.objects.get_or_create(every=every, period=period)
        # Stale ticks are worth nothing: the next one finds the same work.
        tasks.objects.get_or_create(
            name=name, defaults={"task": task, "interval": interval, "expire_seconds": expires}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("billing_portal", "0010_archive"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(add_schedule, migrations.RunPython.noop)]
