"""Voids, amendments, backfills and moves of subjects."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.models.subject
import values.identifiers


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_subjects_and_access"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("usage", "0009_quarantine"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Backfill",
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
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "event_name",
                    models.CharField(blank=True, help_text="Empty: of every name.", max_length=255),
                ),
                (
                    "replaces_existing",
                    models.BooleanField(
                        default=False, help_text="Other events of its time and filter become void."
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open: events are staged"),
                            ("closing", "closing: events are taken over"),
                            ("closed", "closed"),
                            ("discarded", "discarded"),
                            ("undoing", "undoing: what was is put back"),
                            ("undone", "undone"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(help_text="When its state changed last.")),
                ("staged", models.PositiveBigIntegerField(default=0)),
                ("accepted", models.PositiveBigIntegerField(default=0)),
                ("replaced", models.PositiveBigIntegerField(default=0)),
                ("duplicates", models.PositiveBigIntegerField(default=0)),
                ("conflicts", models.PositiveBigIntegerField(default=0)),
                ("quarantined", models.PositiveBigIntegerField(default=0)),
                ("rejected", models.PositiveBigIntegerField(default=0)),
                ("voided", models.PositiveBigIntegerField(default=0)),
                ("put_back", models.PositiveBigIntegerField(default=0)),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                ("last_key", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-opened_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="BackfillChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open: events are staged"),
                            ("closing", "closing: events are taken over"),
                            ("closed", "closed"),
                            ("discarded", "discarded"),
                            ("undoing", "undoing: what was is put back"),
                            ("undone", "undone"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BackfillVoid",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField()),
            ],
            options={
                "db_table": "usage_backfill_void",
                "ordering": ["backfill", "key"],
            },
        ),
        migrations.CreateModel(
            name="StagedEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField()),
                ("fingerprint", models.BigIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("idempotency_key", models.TextField()),
                ("sent", models.TextField()),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("detail", models.TextField(blank=True)),
                ("stored_key", models.UUIDField(blank=True, null=True)),
            ],
            options={
                "db_table": "usage_staged_event",
                "ordering": ["backfill", "key"],
            },
        ),
        migrations.CreateModel(
            name="SubjectMove",
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
                ("identifier", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("requested_at", models.DateTimeField()),
                (
                    "events",
                    models.PositiveBigIntegerField(
                        help_text="How many were to move when it was asked."
                    ),
                ),
                ("moved", models.PositiveBigIntegerField(default=0)),
                (
                    "left_waiting",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="How many nobody holds now, so that they wait in quarantine.",
                    ),
                ),
                (
                    "refused",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="How many no meter of their new holder can read; they stay.",
                    ),
                ),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                ("last_key", models.UUIDField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "move of a subject",
                "verbose_name_plural": "moves of subjects",
                "db_table": "usage_subject_move",
                "ordering": ["-requested_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="usagereceipt",
            name="receipt_channel",
        ),
        migrations.AddField(
            model_name="quarantinedevent",
            name="discarded_reason",
            field=models.TextField(
                blank=True, help_text="Why it was thrown away; empty where it was not."
            ),
        ),
        migrations.AlterField(
            model_name="usagereceipt",
            name="channel",
            field=models.CharField(
                choices=[
                    ("api", "API"),
                    ("file", "file"),
                    ("replay", "replay from quarantine"),
                    ("backfill", "backfill"),
                    ("correction", "correction"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="quarantinedevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discarded_reason", ""), ("resolved_at__isnull", False), _connector="OR"
                ),
                name="discarded_event_waits_no_more",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel__in", ["api", "file", "replay", "backfill", "correction"])
                ),
                name="receipt_channel",
            ),
        ),
        migrations.AddField(
            model_name="backfill",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: of all customers.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="backfill",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="backfill",
            name="opened_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apikey",
            ),
        ),
        migrations.AddField(
            model_name="backfill",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="backfills",
                to="usage.source",
            ),
        ),
        migrations.AddField(
            model_name="backfillchange",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="backfillchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="state_events",
                to="usage.backfill",
            ),
        ),
        migrations.AddField(
            model_name="backfillvoid",
            name="backfill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="voids",
                to="usage.backfill",
            ),
        ),
        migrations.AddField(
            model_name="stagedevent",
            name="backfill",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="usage.backfill",
            ),
        ),
        migrations.AddField(
            model_name="subjectmove",
            name="requested_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="backfill",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="backfill_covers_some_time",
                violation_error_message="A backfill ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="backfill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "closing", "closed", "discarded", "undoing", "undone"])
                ),
                name="backfill_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="backfill",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ["open", "closing"])),
                expressions=[
                    (
                        models.Func(
                            models.F("source"),
                            models.F("source"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("customer"),
                            models.F("customer"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.Func(
                                django.db.models.functions.comparison.NullIf(
                                    models.F("event_name"), models.Value("")
                                ),
                                models.Value(0),
                                function="hashtextextended",
                            ),
                            models.Func(
                                django.db.models.functions.comparison.NullIf(
                                    models.F("event_name"), models.Value("")
                                ),
                                models.Value(0),
                                function="hashtextextended",
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        accounts.models.subject.ValidRange(
                            models.F("starts_at"), models.F("ends_at")
                        ),
                        "&&",
                    ),
                ],
                name="backfill_open_once",
                violation_error_message="Another backfill of this source is open for a part of that time and filter.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="backfill",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "usage_backfillchange" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (_pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."state"); RETURN NULL;',
                    hash="bcc256f09a53681fa444e8ee35b96466b52ed1df",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8669b",
                    table="usage_backfill",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="backfill",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func='INSERT INTO "usage_backfillchange" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (_pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."state"); RETURN NULL;',
                    hash="f71fe6134fd6bfaadfa9cee7882c1bd51b3cac58",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d0e3b",
                    table="usage_backfill",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="backfill",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "usage_backfillchange" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (_pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."state"); RETURN NULL;',
                    hash="1db7d546c47f2db3674c3b78beffd8cd4b26d57c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_96cd6",
                    table="usage_backfill",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="backfillvoid",
            constraint=models.UniqueConstraint(
                fields=("backfill", "key"), name="backfill_void_once"
            ),
        ),
        migrations.AddIndex(
            model_name="stagedevent",
            index=models.Index(fields=["backfill", "stored_key"], name="staged_by_stored_key"),
        ),
        migrations.AddConstraint(
            model_name="stagedevent",
            constraint=models.UniqueConstraint(fields=("backfill", "key"), name="staged_once"),
        ),
        migrations.AddConstraint(
            model_name="subjectmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="subject_move_covers_some_time",
            ),
        ),
        migrations.RunSQL(
            "CREATE INDEX usage_void_replaces ON usage_void (replaced_by) "
            "WHERE replaced_by IS NOT NULL",
            "DROP INDEX usage_void_replaces",
        ),
    ]
