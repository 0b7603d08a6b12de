DROP TRIGGER usage_record_is_kept ON usage_record;
CREATE TRIGGER usage_record_is_kept BEFORE UPDATE OR DELETE ON usage_record
    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();
DROP FUNCTION usage_record_is_kept();
CREATE OR REPLACE FUNCTION usage_key_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP FUNCTION usage_erases();
ALTER TABLE usage_erasure DROP COLUMN made_in;
