"""How far events have moved to ClickHouse, where that is the usage store; else it stays at 0."""

from django.db import migrations

TABLE = """
CREATE TABLE usage_moved (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    installation uuid NOT NULL DEFAULT gen_random_uuid(),
    ingest_tx xid8 NOT NULL
);
INSERT INTO usage_moved (ingest_tx) VALUES ('0');
"""


class Migration(migrations.Migration):
    dependencies = [("usage", "0015_backfills")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE usage_moved")]
