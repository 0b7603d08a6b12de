"""What sources send and how late, and alarms on what is not as usual."""

import django.db.models.deletion
from django.db import migrations, models

import values.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("usage", "0012_archive"),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceLag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("under_seconds", models.PositiveIntegerField()),
                ("events", models.PositiveBigIntegerField()),
                ("slowest", models.DurationField()),
            ],
            options={
                "db_table": "usage_source_lag",
            },
        ),
        migrations.CreateModel(
            name="SourceMinute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("accepted", models.PositiveBigIntegerField(default=0)),
                ("duplicates", models.PositiveBigIntegerField(default=0)),
                ("conflicts", models.PositiveBigIntegerField(default=0)),
                ("quarantined", models.PositiveBigIntegerField(default=0)),
                ("rejected", models.PositiveBigIntegerField(default=0)),
                ("minute", models.DateTimeField()),
            ],
            options={
                "verbose_name": "minute of a source",
                "verbose_name_plural": "metrics",
                "db_table": "usage_source_minute",
            },
        ),
        migrations.CreateModel(
            name="SourceTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("accepted", models.PositiveBigIntegerField(default=0)),
                ("duplicates", models.PositiveBigIntegerField(default=0)),
                ("conflicts", models.PositiveBigIntegerField(default=0)),
                ("quarantined", models.PositiveBigIntegerField(default=0)),
                ("rejected", models.PositiveBigIntegerField(default=0)),
                ("channel", models.CharField(max_length=10)),
            ],
            options={
                "db_table": "usage_source_total",
            },
        ),
        migrations.CreateModel(
            name="UsageAlarm",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("quarantine_grows", "quarantine grows"),
                            ("source_silent", "source is silent"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("found", models.PositiveBigIntegerField()),
                ("usual", models.PositiveBigIntegerField()),
                (
                    "since",
                    models.DateTimeField(
                        help_text="When the first of them came; of a silent source, when the last event did."
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "alarm",
                "db_table": "usage_alarm",
                "ordering": ["-opened_at", "-pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="sourceday",
            options={"ordering": ["-day", "source"], "verbose_name": "daily balance"},
        ),
        migrations.AddIndex(
            model_name="quarantinedevent",
            index=models.Index(
                fields=["source", "reason", "received_at"], name="quarantine_by_hour"
            ),
        ),
        migrations.AddField(
            model_name="sourcelag",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="usage.source"
            ),
        ),
        migrations.AddField(
            model_name="sourceminute",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="usage.source"
            ),
        ),
        migrations.AddField(
            model_name="sourcetotal",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="usage.source"
            ),
        ),
        migrations.AddField(
            model_name="usagealarm",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alarms",
                to="usage.source",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcelag",
            constraint=models.UniqueConstraint(
                fields=("source", "hour", "under_seconds"), name="source_lag_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourceminute",
            constraint=models.UniqueConstraint(
                fields=("source", "minute"), name="source_minute_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcetotal",
            constraint=models.UniqueConstraint(
                fields=("source", "channel"), name="source_total_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="usagealarm",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["quarantine_grows", "source_silent"])),
                name="alarm_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagealarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("source", "kind", "reason"),
                name="alarm_open_once",
            ),
        ),
        # How far the sums of receipts go; below it all is added, as in `usage_mark`.
        migrations.RunSQL(
            "CREATE TABLE usage_metrics_mark ("
            "only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), "
            "ingest_tx xid8 NOT NULL); "
            "INSERT INTO usage_metrics_mark (ingest_tx) VALUES ('0');",
            "DROP TABLE usage_metrics_mark;",
        ),
    ]
