"""A backfill counts what was sent to it and refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0019_unfinished_moves")]

    operations = [
        migrations.AddField(
            model_name="backfill",
            name="refused",
            field=models.PositiveBigIntegerField(
                default=0,
                help_text="Sent to it and not staged: rejected, or another body of a staged one.",
            ),
        )
    ]
