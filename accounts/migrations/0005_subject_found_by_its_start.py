"""Subjects are found by their identifier, whole or from its start, by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sign_ins")]

    operations = [
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                fields=["identifier"],
                name="subject_by_identifier",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]
