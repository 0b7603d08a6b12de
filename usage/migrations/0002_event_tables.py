"""The partitioned tables of keys, events and readings."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("usage", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_name("event_tables.sql").read_text(),
            reverse_sql="""
                DROP TABLE usage_reading;
                DROP TABLE usage_event;
                DROP TABLE usage_key;
                DROP FUNCTION usage_is_kept();
            """,
        )
    ]
