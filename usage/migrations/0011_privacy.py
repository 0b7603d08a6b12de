"""What a source keeps of its events, and the erasure of a person from what is stored."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import values.identifiers

_HERE = Path(__file__)


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("usage", "0010_corrections"),
        ("accounts", "0010_privacy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "property_rules",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Path of a property → keep, mask or drop.",
                    ),
                ),
                (
                    "other_properties",
                    models.CharField(
                        choices=[
                            ("keep", "kept"),
                            ("mask", "masked: of numbers the last four digits"),
                            ("drop", "dropped"),
                        ],
                        default="keep",
                        max_length=4,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="source",
            name="other_properties",
            field=models.CharField(
                choices=[
                    ("keep", "kept"),
                    ("mask", "masked: of numbers the last four digits"),
                    ("drop", "dropped"),
                ],
                default="keep",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="property_rules",
            field=models.JSONField(
                blank=True, default=dict, help_text="Path of a property → keep, mask or drop."
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="source",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "usage_sourcechange" ("other_properties", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_rules") VALUES (NEW."other_properties", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."property_rules"); RETURN NULL;',
                    hash="0729d9b6aee2eac7ba832ba1d072a7d0f8f0defe",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bdfc1",
                    table="usage_source",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="source",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."other_properties" IS DISTINCT FROM (NEW."other_properties") OR OLD."property_rules" IS DISTINCT FROM (NEW."property_rules"))',
                    func='INSERT INTO "usage_sourcechange" ("other_properties", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_rules") VALUES (NEW."other_properties", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."property_rules"); RETURN NULL;',
                    hash="7ef39df73bc10f543493eca88fe92754b6300c69",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_49d0f",
                    table="usage_source",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="source",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "usage_sourcechange" ("other_properties", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "property_rules") VALUES (OLD."other_properties", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."property_rules"); RETURN NULL;',
                    hash="cfd5fe861aeb5f469390a28c9d330fecfc65c03d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6f7d1",
                    table="usage_source",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("other_properties__in", ["keep", "mask", "drop"])),
                name="source_keeping_known",
            ),
        ),
        migrations.AddField(
            model_name="sourcechange",
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
            model_name="sourcechange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="property_rules_other_properties_events",
                to="usage.source",
            ),
        ),
        migrations.CreateModel(
            name="Erasure",
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
                ("value_hash", models.CharField(max_length=64)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("reason", models.CharField(max_length=500)),
                ("erased_at", models.DateTimeField()),
                ("events", models.PositiveBigIntegerField()),
                ("waiting", models.PositiveBigIntegerField(verbose_name="events in quarantine")),
                ("staged", models.PositiveBigIntegerField(verbose_name="events of backfills")),
                ("file_errors", models.PositiveBigIntegerField(verbose_name="errors of files")),
            ],
            options={
                "db_table": "usage_erasure",
                "ordering": ["-erased_at", "-pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="quarantinedevent",
            name="quarantined_event_unchanged",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quarantinedevent",
            trigger=pgtrigger.compiler.Trigger(
                name="quarantined_event_unchanged",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."occurred_at" IS DISTINCT FROM (NEW."occurred_at") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."event_name" IS DISTINCT FROM (NEW."event_name") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7847b18c5fbff81107a24ead27904dd14e4a160b",
                    operation="UPDATE",
                    pgid="pgtrigger_quarantined_event_unchanged_4d4a3",
                    table="usage_quarantinedevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="quarantinedevent",
            trigger=pgtrigger.compiler.Trigger(
                name="quarantined_body_unchanged",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."customer_reference" IS DISTINCT FROM (NEW."customer_reference") OR OLD."sent" IS DISTINCT FROM (NEW."sent"))',
                    func="\n                    IF NOT usage_erases() THEN\n                        RAISE EXCEPTION 'events do not change'\n                            USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="52f2e6466f8c22c8cca812605d3cecd4b2804fdb",
                    operation="UPDATE",
                    pgid="pgtrigger_quarantined_body_unchanged_400b8",
                    table="usage_quarantinedevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="erasures",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["customer", "value_hash"], name="erasures_of_value"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="erasure_has_a_reason"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="erasure",
            trigger=pgtrigger.compiler.Trigger(
                name="erasures_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c0c2dc39497010756df99351ea49e68e0cd23f23",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_erasures_are_kept_4e835",
                    table="usage_erasure",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(
            sql=_HERE.with_name("usage_erasure.sql").read_text(),
            reverse_sql=_HERE.with_name("usage_erasure_back.sql").read_text(),
        ),
    ]
