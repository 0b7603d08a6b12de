"""Files of months that were archived, what each holds of a source's day, sums that mind them."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_MINDED = Path(__file__).with_name("usage_archive.sql")
_AS_BEFORE = """
    DROP FUNCTION usage_sums(integer, integer[], timestamptz[], pg_snapshot);
    ALTER FUNCTION usage_sums_of_stored(integer, integer[], timestamptz[], pg_snapshot)
        RENAME TO usage_sums;
    DROP FUNCTION usage_whole;
"""
_STATES = [
    ("writing", "being written"),
    ("written", "written, its events still in the database"),
    ("archived", "archived"),
    ("restored", "back in the database"),
]


class Migration(migrations.Migration):
    dependencies = [("usage", "0011_privacy")]

    operations = [
        migrations.CreateModel(
            name="UsageArchive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(help_text="The first day of the month.")),
                ("part", models.PositiveSmallIntegerField(default=1)),
                ("state", models.CharField(choices=_STATES, default="writing", max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "stored_as",
                    models.CharField(max_length=100, unique=True, verbose_name="file"),
                ),
                ("below", models.CharField(blank=True, max_length=20)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("events", models.PositiveBigIntegerField(default=0)),
                (
                    "kept_rows",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="Rows that bills may still ask for, left in the database.",
                    ),
                ),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("index_at", models.PositiveBigIntegerField(default=0)),
                (
                    "sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256"),
                ),
                ("begun_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "archived month",
                "db_table": "usage_archive",
                "ordering": ["-month", "-part"],
                "indexes": [
                    models.Index(
                        condition=Q(("state", "archived")),
                        fields=["starts_at"],
                        name="archive_in_files",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("month", "part"), name="archive_part_once"),
                    models.UniqueConstraint(
                        condition=Q(("state__in", ["writing", "written"])),
                        fields=("month",),
                        name="archive_month_written_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(("state__in", [state for state, _ in _STATES])),
                        name="archive_state_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(("state", "writing"), ~Q(("sha256", "")), _connector="OR"),
                        name="archive_has_its_checksum",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("events", models.PositiveBigIntegerField()),
                (
                    "archive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="usage.usagearchive",
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
                "db_table": "usage_archived_day",
                "indexes": [models.Index(fields=["source", "day"], name="archived_day_of_source")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("archive", "source", "day"), name="archived_day_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(sql=_MINDED.read_text(), reverse_sql=_AS_BEFORE),
    ]
