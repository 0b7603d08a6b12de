DROP TRIGGER usage_record_is_kept ON usage_record;
CREATE TRIGGER usage_record_is_kept BEFORE UPDATE OR DELETE ON usage_record
    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();
DROP FUNCTION usage_record_is_kept();
DROP FUNCTION usage_erases();
ALTER TABLE usage_erasure DROP COLUMN made_in;
