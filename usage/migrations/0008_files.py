"""Files of usage, their runs and errors, and the mappings that are remembered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import values.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_prices_scope"),
        ("usage", "0007_receipts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageFile",
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
                ("name", models.CharField(max_length=200)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_as", models.CharField(max_length=100, unique=True)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("csv", "CSV"),
                            ("ndjson", "NDJSON"),
                            ("json", "JSON"),
                            ("xlsx", "XLSX"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_gzip", models.BooleanField(default=False, verbose_name="gzip")),
                (
                    "encoding",
                    models.CharField(
                        choices=[("utf-8", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
                        default="utf-8",
                        max_length=10,
                    ),
                ),
                ("delimiter", models.CharField(blank=True, max_length=1)),
                ("mapping", models.JSONField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "waits for its mapping"),
                            ("mapped", "mapped"),
                            ("checking", "being checked"),
                            ("checked", "checked"),
                            ("importing", "being imported"),
                            ("done", "imported"),
                            ("cancelled", "cancelled"),
                            ("failed", "stopped"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="usage.source",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_with",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                        verbose_name="API key",
                    ),
                ),
            ],
            options={
                "verbose_name": "usage file",
                "db_table": "usage_file",
                "ordering": ["-uploaded_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="FileRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("check", "check"), ("import", "import")], max_length=10
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("starts", models.PositiveSmallIntegerField(default=0)),
                ("last_row", models.PositiveBigIntegerField(default=0)),
                ("read_bytes", models.PositiveBigIntegerField(default=0)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("left_out", models.PositiveBigIntegerField(default=0)),
                ("accepted", models.PositiveBigIntegerField(default=0)),
                ("duplicates", models.PositiveBigIntegerField(default=0)),
                ("conflicts", models.PositiveBigIntegerField(default=0)),
                ("quarantined", models.PositiveBigIntegerField(default=0)),
                ("rejected", models.PositiveBigIntegerField(default=0)),
                (
                    "listed",
                    models.PositiveBigIntegerField(
                        default=0, help_text="How many errors are listed."
                    ),
                ),
                ("failure_code", models.CharField(blank=True, max_length=40)),
                ("failure", models.TextField(blank=True)),
                ("failure_row", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="usage.usagefile",
                    ),
                ),
            ],
            options={
                "db_table": "usage_file_run",
            },
        ),
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("csv", "CSV"),
                            ("ndjson", "NDJSON"),
                            ("json", "JSON"),
                            ("xlsx", "XLSX"),
                        ],
                        max_length=10,
                    ),
                ),
                ("columns_hash", models.CharField(max_length=64)),
                ("mapping", models.JSONField()),
                ("delimiter", models.CharField(blank=True, max_length=1)),
                ("encoding", models.CharField(max_length=10)),
                ("used_at", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="column_mappings",
                        to="usage.source",
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "usage_column_mapping",
                "ordering": ["-used_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "format", "columns_hash"), name="columns_mapped_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FileError",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveBigIntegerField()),
                ("column", models.CharField(blank=True, max_length=250)),
                ("status", models.CharField(max_length=11)),
                ("code", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                ("excerpt", models.CharField(blank=True, max_length=500)),
                ("idempotency_key", models.CharField(blank=True, max_length=255)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="errors",
                        to="usage.filerun",
                    ),
                ),
            ],
            options={
                "db_table": "usage_file_error",
                "ordering": ["run", "row", "pk"],
                "indexes": [models.Index(fields=["run", "row", "id"], name="file_errors_in_order")],
            },
        ),
        migrations.AddIndex(
            model_name="usagefile",
            index=models.Index(fields=["source", "-uploaded_at"], name="files_of_source"),
        ),
        migrations.AddIndex(
            model_name="usagefile",
            index=models.Index(fields=["source", "sha256"], name="files_by_content"),
        ),
        migrations.AddIndex(
            model_name="usagefile",
            index=models.Index(
                condition=models.Q(("state__in", ["checking", "importing"])),
                fields=["state"],
                name="files_at_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "uploaded",
                            "mapped",
                            "checking",
                            "checked",
                            "importing",
                            "done",
                            "cancelled",
                            "failed",
                        ],
                    )
                ),
                name="file_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mapping__isnull", False),
                    ("state__in", ["uploaded", "cancelled"]),
                    _connector="OR",
                ),
                name="file_has_its_mapping",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("uploaded_by", None), ("uploaded_with", None), _connector="OR"),
                name="file_came_from_a_person_or_a_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="filerun",
            constraint=models.UniqueConstraint(
                fields=("file", "kind"), name="file_run_once_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="filerun",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["check", "import"])), name="file_run_kind"
            ),
        ),
    ]
