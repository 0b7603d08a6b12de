"""Who says what a file's columns mean, whether its bytes are still there, and whole headings."""

from django.db import migrations, models


def mapped_files_were_said(apps, schema_editor):
    """Until now a mapping was always sent or saved by somebody, for this file or the one before."""
    apps.get_model("usage", "UsageFile").objects.exclude(mapping=None).update(mapping_origin="said")


class Migration(migrations.Migration):
    dependencies = [("usage", "0013_metrics")]

    operations = [
        migrations.AddField(
            model_name="usagefile",
            name="mapping_origin",
            field=models.CharField(
                blank=True,
                choices=[
                    ("guessed", "guessed"),
                    ("remembered", "as the last file with these columns"),
                    ("ready", "the ready one for such exports"),
                    ("said", "confirmed for this file"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="usagefile",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="columnmapping",
            name="columns",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.RunPython(mapped_files_were_said, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="usagefile",
            index=models.Index(
                condition=models.Q(("forgotten_at", None)),
                fields=["source"],
                name="files_with_their_bytes",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mapping_origin__in", ["", "guessed", "remembered", "ready", "said"])
                ),
                name="file_mapping_origin_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("forgotten_at", None),
                    models.Q(("state__in", ["checking", "importing"]), _negated=True),
                    _connector="OR",
                ),
                name="file_at_work_has_its_bytes",
            ),
        ),
    ]
