"""Receipts of what came, and how much an API key may send."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_prices_scope"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("usage", "0006_usage_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyAllowance",
            fields=[
                ("api_key_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("requests", models.FloatField()),
                ("events", models.FloatField()),
                ("filled_at", models.DateTimeField()),
                (
                    "was_taken",
                    models.BooleanField(
                        help_text="Whether the last one who asked got what it asked."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeyLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "requests_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: what all keys may send.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "events_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="At least a whole batch of 10,000. Empty: what all keys may send.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(10000)],
                    ),
                ),
                (
                    "api_key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limit",
                        to="accounts.apikey",
                        verbose_name="API key",
                    ),
                ),
            ],
            options={
                "verbose_name": "limit of an API key",
                "verbose_name_plural": "limits of API keys",
                "ordering": ["api_key"],
            },
        ),
        migrations.CreateModel(
            name="KeyLimitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "requests_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: what all keys may send.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "events_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="At least a whole batch of 10,000. Empty: what all keys may send.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(10000)],
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.apikey",
                        verbose_name="API key",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="usage.keylimit",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UsageReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("api", "API"),
                            ("file", "file"),
                            ("replay", "replay from quarantine"),
                            ("backfill", "backfill"),
                        ],
                        max_length=10,
                    ),
                ),
                ("received", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("duplicates", models.PositiveIntegerField()),
                ("conflicts", models.PositiveIntegerField()),
                ("quarantined", models.PositiveIntegerField()),
                ("rejected", models.PositiveIntegerField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="usage.source",
                    ),
                ),
            ],
            options={
                "db_table": "usage_receipt",
                "ordering": ["-received_at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="keylimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("requests_per_minute", None),
                        ("requests_per_minute__gte", 1),
                        _connector="OR",
                    ),
                    models.Q(
                        ("events_per_minute", None),
                        ("events_per_minute__gte", 10000),
                        _connector="OR",
                    ),
                ),
                name="key_limit_lets_a_batch_through",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keylimit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "usage_keylimitevent" ("api_key_id", "events_per_minute", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requests_per_minute") VALUES (NEW."api_key_id", NEW."events_per_minute", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."requests_per_minute"); RETURN NULL;',
                    hash="9da29f030b0f287824cd43c3009e4c4d60afe296",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0432f",
                    table="usage_keylimit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keylimit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "usage_keylimitevent" ("api_key_id", "events_per_minute", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requests_per_minute") VALUES (NEW."api_key_id", NEW."events_per_minute", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."requests_per_minute"); RETURN NULL;',
                    hash="b17d1fce0ffc046ce163d7843239992de5780260",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1bfc5",
                    table="usage_keylimit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keylimit",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "usage_keylimitevent" ("api_key_id", "events_per_minute", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "requests_per_minute") VALUES (OLD."api_key_id", OLD."events_per_minute", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."requests_per_minute"); RETURN NULL;',
                    hash="baca2f2dc74cc2cee066787dff9f455f22cdf2fc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3a8f6",
                    table="usage_keylimit",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="usagereceipt",
            index=models.Index(fields=["source", "received_at"], name="receipts_of_source"),
        ),
        migrations.AddConstraint(
            model_name="usagereceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "received",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("accepted"), "+", models.F("duplicates")
                                    ),
                                    "+",
                                    models.F("conflicts"),
                                ),
                                "+",
                                models.F("quarantined"),
                            ),
                            "+",
                            models.F("rejected"),
                        ),
                    )
                ),
                name="receipt_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["api", "file", "replay", "backfill"])),
                name="receipt_channel",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usagereceipt",
            trigger=pgtrigger.compiler.Trigger(
                name="receipts_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="12d9ec94a1865fb01650a0f1e616aae835859ebc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_receipts_are_kept_f12e0",
                    table="usage_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE usage_keyallowance SET UNLOGGED; "
            "ALTER TABLE usage_keyallowance SET (fillfactor = 50);",
            migrations.RunSQL.noop,
        ),
        # No column of the model: it tells which receipts the rollups hold already.
        migrations.RunSQL(
            "ALTER TABLE usage_receipt "
            "ADD COLUMN ingest_tx xid8 NOT NULL DEFAULT pg_current_xact_id(); "
            "CREATE INDEX receipts_by_transaction ON usage_receipt (ingest_tx, id);",
            "ALTER TABLE usage_receipt DROP COLUMN ingest_tx;",
        ),
    ]
