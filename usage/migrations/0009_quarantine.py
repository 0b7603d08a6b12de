"""The counts of sources' days, and requests to replay all that waits for one cause."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import values.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("usage", "0008_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("received", models.PositiveBigIntegerField()),
                ("accepted", models.PositiveBigIntegerField()),
                (
                    "quarantined",
                    models.PositiveBigIntegerField(verbose_name="quarantined at the door"),
                ),
                ("duplicates", models.PositiveBigIntegerField()),
                ("conflicts", models.PositiveBigIntegerField()),
                ("rejected", models.PositiveBigIntegerField()),
                (
                    "states",
                    models.JSONField(help_text="How many events are in each state now."),
                ),
                ("holds", models.BooleanField(verbose_name="both sums agree")),
                ("counted_at", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="usage.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "source's day",
                "verbose_name_plural": "balance of usage",
                "ordering": ["-day", "source"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["source", "day"], name="source_day_counted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplayJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(default=values.identifiers.uuid7, editable=False, unique=True),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unknown_customer", "unknown customer or subject"),
                            ("unknown_event_name", "no meter has this event name"),
                            ("unknown_action", "no credits are known for its action"),
                        ],
                        max_length=40,
                    ),
                ),
                ("named", models.TextField()),
                ("requested_at", models.DateTimeField()),
                (
                    "events",
                    models.PositiveBigIntegerField(
                        help_text="How many waited when it was requested."
                    ),
                ),
                ("accepted", models.PositiveBigIntegerField(default=0)),
                ("still_waiting", models.PositiveBigIntegerField(default=0)),
                ("last_key", models.UUIDField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="usage.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "replay",
                "ordering": ["-requested_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("source", "reason", "named"),
                        name="replay_of_a_cause_runs_once",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="quarantinedevent",
            index=models.Index(
                condition=models.Q(("resolved_at", None)),
                fields=["source", "reason", "key"],
                name="quarantine_of_source",
            ),
        ),
    ]
