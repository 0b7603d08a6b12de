"""Moves that are under way are found by an index: every invoice that is issued asks for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0018_unreadable")]

    operations = [
        migrations.AddIndex(
            model_name="subjectmove",
            index=models.Index(
                fields=["identifier"],
                condition=models.Q(finished_at=None),
                name="subject_move_unfinished",
            ),
        )
    ]
