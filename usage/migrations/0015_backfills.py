"""A replay may be of all that waits for a reason; a replay brings no receipt of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0014_files_kept")]

    operations = [
        migrations.AlterField(
            model_name="replayjob",
            name="named",
            field=models.TextField(blank=True, help_text="Empty: whatever they name."),
        ),
        migrations.AlterField(
            model_name="subjectmove",
            name="events",
            field=models.PositiveBigIntegerField(
                help_text="How many were to move when it was asked; 10,001 stands for any number "
                "beyond."
            ),
        ),
        migrations.RemoveConstraint(model_name="usagereceipt", name="receipt_channel"),
        migrations.AlterField(
            model_name="usagereceipt",
            name="channel",
            field=models.CharField(
                choices=[
                    ("api", "API"),
                    ("file", "file"),
                    ("backfill", "backfill"),
                    ("correction", "correction"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["api", "file", "backfill", "correction"])),
                name="receipt_channel",
            ),
        ),
    ]
