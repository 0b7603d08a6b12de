"""Live and sandbox customers hold their subjects apart; rows take the mode of their customer."""

import django.contrib.postgres.constraints
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import accounts.models.subject

# The history's triggers are away then: nobody changed anything.
FILL = """
    UPDATE {table} SET is_sandbox = customer.is_sandbox
    FROM accounts_customer AS customer
    WHERE customer.id = customer_id AND customer.is_sandbox
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_subjects_and_access"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="subject",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="subject",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="subject",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="subject",
            name="subject_held_by_one_customer",
        ),
        migrations.AddField(
            model_name="subject",
            name="is_sandbox",
            field=models.BooleanField(default=False, editable=False, verbose_name="sandbox"),
        ),
        migrations.AddField(
            model_name="subjectevent",
            name="is_sandbox",
            field=models.BooleanField(default=False, editable=False, verbose_name="sandbox"),
        ),
        migrations.RunSQL(FILL.format(table="accounts_subject"), migrations.RunSQL.noop),
        migrations.RunSQL(FILL.format(table="accounts_subjectevent"), migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="subject",
            trigger=pgtrigger.compiler.Trigger(
                name="mode_of_customer",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT is_sandbox INTO NEW.is_sandbox\n                    FROM accounts_customer WHERE id = NEW.customer_id;\n                    RETURN NEW;\n                ",
                    hash="86d34a495c2d27d7ae2f85f0181d9325716fc36a",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_mode_of_customer_2c8db",
                    table="accounts_subject",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subject",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_subjectevent" ("customer_id", "held_from", "held_to", "id", "identifier", "is_sandbox", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."customer_id", NEW."held_from", NEW."held_to", NEW."id", NEW."identifier", NEW."is_sandbox", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="5a5c9284dfbc116e232eb7f1ffae476cdcd6dff2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_de306",
                    table="accounts_subject",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subject",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_subjectevent" ("customer_id", "held_from", "held_to", "id", "identifier", "is_sandbox", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."customer_id", NEW."held_from", NEW."held_to", NEW."id", NEW."identifier", NEW."is_sandbox", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="766bae86704cc7f7a2c615dfd661444e7205a411",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6f726",
                    table="accounts_subject",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subject",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_subjectevent" ("customer_id", "held_from", "held_to", "id", "identifier", "is_sandbox", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."customer_id", OLD."held_from", OLD."held_to", OLD."id", OLD."identifier", OLD."is_sandbox", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="01283be80af796525fa007e28d18f86889cd9200",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_aa5ed",
                    table="accounts_subject",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.Func(models.F("identifier"), 0, function="hashtextextended"),
                            models.Func(models.F("identifier"), 0, function="hashtextextended"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                "is_sandbox", models.IntegerField()
                            ),
                            django.db.models.functions.comparison.Cast(
                                "is_sandbox", models.IntegerField()
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        accounts.models.subject.ValidRange(
                            models.F("held_from"), models.F("held_to")
                        ),
                        "&&",
                    ),
                ],
                name="subject_held_by_one_customer",
                violation_error_message="Another customer, or an earlier entry, holds this identifier in a part of that time.",
            ),
        ),
    ]
