"""The key of an event in quarantine may take another time: that of a call is its answer."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("usage", "0003_every_way_of_counting")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION usage_key_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'UPDATE' AND NEW.key = OLD.key
                       AND NEW.fingerprint = OLD.fingerprint
                       AND EXISTS (SELECT 1 FROM usage_quarantinedevent
                                   WHERE key = OLD.key AND resolved_at IS NULL)
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'events do not change'
                        USING ERRCODE = 'restrict_violation';
                END $$;
                DROP TRIGGER usage_key_is_kept ON usage_key;
                CREATE TRIGGER usage_key_is_kept BEFORE UPDATE OR DELETE ON usage_key
                    FOR EACH ROW EXECUTE FUNCTION usage_key_is_kept();
            """,
            reverse_sql="""
                DROP TRIGGER usage_key_is_kept ON usage_key;
                CREATE TRIGGER usage_key_is_kept BEFORE UPDATE OR DELETE ON usage_key
                    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();
                DROP FUNCTION usage_key_is_kept();
            """,
        )
    ]
