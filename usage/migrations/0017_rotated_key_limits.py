"""A key that takes the place of another one begins with its limits."""

from django.db import migrations

# Not in `rotate_api_key`, which knows nothing of usage: so no way to make a successor forgets it.
# Fires behind the insertion of the key; the history of the limit is written by its own triggers.
LIMITS_GO_ALONG = """
CREATE FUNCTION usage_limits_of_successor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_keylimit (api_key_id, requests_per_minute, events_per_minute)
    SELECT NEW.id, requests_per_minute, events_per_minute
    FROM usage_keylimit
    WHERE api_key_id = NEW.replaces_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER usage_limits_of_successor
    AFTER INSERT ON accounts_apikey
    FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL)
    EXECUTE FUNCTION usage_limits_of_successor();
"""
GONE = """
DROP TRIGGER usage_limits_of_successor ON accounts_apikey;
DROP FUNCTION usage_limits_of_successor;
"""


class Migration(migrations.Migration):
    dependencies = [("usage", "0016_clickhouse")]

    operations = [migrations.RunSQL(LIMITS_GO_ALONG, GONE)]
