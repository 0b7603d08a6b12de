"""Who looked at call records."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_subjects_by_mode"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "looked_as",
                    models.CharField(
                        choices=[
                            ("staff", "staff"),
                            ("partner", "person of a partner"),
                            ("customer", "person of a customer"),
                            ("api_key", "API key"),
                        ],
                        max_length=10,
                        verbose_name="as",
                    ),
                ),
                ("page", models.CharField(max_length=80)),
                ("asked", models.CharField(blank=True, max_length=500, verbose_name="asked for")),
                (
                    "rows",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="records"),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apikey",
                        verbose_name="API key",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_looks",
                        to="accounts.customer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record_looks",
                        to="accounts.partner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "look at call records",
                "verbose_name_plural": "looks at call records",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["-at", "-id"], name="record_looks_in_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("api_key__isnull", False), ("looked_as", "api_key"), ("user", None)
                            ),
                            models.Q(
                                ("api_key", None),
                                ("looked_as__in", ["staff", "partner", "customer"]),
                                ("user__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="record_look_by_somebody",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recordlook",
            trigger=pgtrigger.compiler.Trigger(
                name="record_looks_are_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d960c897f00f5418e5fea47234ba32d02b462715",
                    operation="DELETE",
                    pgid="pgtrigger_record_looks_are_kept_685ed",
                    table="accounts_recordlook",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="recordlook",
            trigger=pgtrigger.compiler.Trigger(
                name="record_look_unchanged",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    -- An export's records are counted once, when the last was handed out.\n                    IF OLD.rows IS NOT NULL OR NEW.rows IS NULL\n                       OR to_jsonb(NEW) - 'rows' <> to_jsonb(OLD) - 'rows' THEN\n                        RAISE EXCEPTION 'looks at call records are kept as they are'\n                            USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="0c0dad86012f55f48ae08e3302dc65d50798c3f3",
                    operation="UPDATE",
                    pgid="pgtrigger_record_look_unchanged_97ba6",
                    table="accounts_recordlook",
                    when="BEFORE",
                ),
            ),
        ),
    ]
