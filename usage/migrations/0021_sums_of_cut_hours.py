"""Sums of parts of an hour read that hour's records alone, where there are many such hours."""

from pathlib import Path

from django.db import migrations

_BY_THE_HOUR = Path(__file__).with_name("usage_sums_of_cut_hours.sql")


class Migration(migrations.Migration):
    dependencies = [("usage", "0020_refused_of_backfill")]

    # The function before answers the same, and stays when this is taken back.
    operations = [migrations.RunSQL(_BY_THE_HOUR.read_text(), migrations.RunSQL.noop)]
