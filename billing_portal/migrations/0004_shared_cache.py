"""The table of Django's database cache, so that nobody has to run `createcachetable`."""

from django.db import migrations

# Nothing in it has to outlive a crash, so it is not written twice.
CREATE = """
CREATE UNLOGGED TABLE shared_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("billing_portal", "0003_send_messages")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE shared_cache")]
