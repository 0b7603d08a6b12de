-- In which transaction an erasure was written: only there may bodies change, and only for it.
ALTER TABLE usage_erasure ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION usage_erases() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM usage_erasure
        WHERE id = nullif(current_setting('usage.erasure', true), '')::bigint
          AND made_in = pg_current_xact_id_if_assigned()
    )
$$;

-- An event does not change. What it says of a person may be replaced, nothing else of it, by the
-- transaction that writes the erasure.
CREATE FUNCTION usage_record_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.sent IS NOT NULL AND usage_erases()
       AND to_jsonb(NEW) - 'sent' = to_jsonb(OLD) - 'sent' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'events do not change'
        USING ERRCODE = 'restrict_violation';
END $$;

-- So may the fingerprint of what it said, of which that could be found by trying.
CREATE OR REPLACE FUNCTION usage_key_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.key = OLD.key THEN
        IF NEW.fingerprint = OLD.fingerprint
           AND EXISTS (SELECT 1 FROM usage_quarantinedevent
                       WHERE key = OLD.key AND resolved_at IS NULL)
           OR NEW.occurred_at = OLD.occurred_at AND usage_erases()
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events do not change'
        USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER usage_record_is_kept ON usage_record;
CREATE TRIGGER usage_record_is_kept BEFORE UPDATE OR DELETE ON usage_record
    FOR EACH ROW EXECUTE FUNCTION usage_record_is_kept();
