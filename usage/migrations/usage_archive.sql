-- Whether all records of the customer's meters in these times are here; raises UA001, the months as
-- its detail, where some were put into files. Also of a month that is about to go: who asks now may
-- come to the records only when they are gone. The rollups, which stay, tell what there was: an hour
-- whose records are fewer is not whole.
CREATE FUNCTION usage_whole(
    customer integer, meters integer[], starts timestamptz[], ends timestamptz[]
) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    missing text;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM usage_archive AS a
        JOIN unnest(starts, ends) AS asked (starts_at, ends_at)
          ON a.starts_at < asked.ends_at AND a.ends_at > asked.starts_at
        WHERE a.state IN ('written', 'archived')
    ) THEN
        RETURN true;
    END IF;
    SELECT string_agg(found.month, ', ') INTO missing
    FROM (
        SELECT DISTINCT to_char(a.month, 'YYYY-MM') AS month
        FROM usage_archive AS a
        JOIN unnest(starts, ends) AS asked (starts_at, ends_at)
          ON a.starts_at < asked.ends_at AND a.ends_at > asked.starts_at
        WHERE a.state IN ('written', 'archived') AND EXISTS (
            SELECT 1 FROM usage_hour AS h
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(r.quantity), 0) AS quantity, count(*) AS events
                FROM usage_record AS r
                WHERE r.customer_id = h.customer_id AND r.meter_id = h.meter_id
                  AND r.dimensions_id = h.dimensions_id
                  AND r.occurred_at >= h.hour AND r.occurred_at < h.hour + interval '1 hour'
                  AND r.ingest_tx < (SELECT ingest_tx FROM usage_mark)
                  AND NOT EXISTS (SELECT 1 FROM usage_void AS v WHERE v.key = r.key
                                  AND v.ingest_tx < (SELECT ingest_tx FROM usage_mark))
            ) AS recorded
            WHERE h.customer_id = customer AND h.meter_id = ANY(meters)
              AND h.hour >= greatest(a.starts_at, usage_hour_of(asked.starts_at))
              AND h.hour < least(a.ends_at, asked.ends_at)
              AND (h.quantity, h.events) <> (recorded.quantity, recorded.events)
        )
        ORDER BY 1
    ) AS found;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'UA001', DETAIL = missing,
            MESSAGE = format('Events of %s are archived', missing);
    END IF;
    RETURN true;
END $$;

-- Sums of whole hours need no records; those of hours that a bound cuts do, and are refused where
-- some of these were put into files.
ALTER FUNCTION usage_sums(integer, integer[], timestamptz[], pg_snapshot)
    RENAME TO usage_sums_of_stored;

CREATE FUNCTION usage_sums(
    customer integer, meters integer[], bounds timestamptz[], seen pg_snapshot
) RETURNS TABLE (
    meter_id integer, dimensions_id integer, slice integer, quantity numeric, events bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    cut constant timestamptz[] := array(
        SELECT DISTINCT usage_hour_of(bound) FROM unnest(bounds) AS bound
        WHERE usage_hour_of(bound) <> bound
    );
    after_cut constant timestamptz[] := array(
        SELECT part + interval '1 hour' FROM unnest(cut) AS part
    );
BEGIN
    IF cardinality(cut) > 0 THEN
        PERFORM usage_whole(customer, meters, cut, after_cut);
    END IF;
    RETURN QUERY SELECT * FROM usage_sums_of_stored(customer, meters, bounds, seen);
END $$;

-- What happened before 2019 lies together: see usage/store/partitions.py.
DO $$
DECLARE
    part record;
    found boolean := false;
BEGIN
    CREATE TABLE usage_record_earlier (LIKE usage_record INCLUDING ALL);
    FOR part IN
        SELECT child.relname AS name FROM pg_inherits AS made
        JOIN pg_class AS child ON child.oid = made.inhrelid
        WHERE made.inhparent = 'usage_record'::regclass
          AND child.relname ~ '^usage_record_20(0[0-9]|1[0-8])_'
    LOOP
        found := true;
        EXECUTE format('INSERT INTO usage_record_earlier SELECT * FROM %I', part.name);
        EXECUTE format('ALTER TABLE usage_record DETACH PARTITION %I', part.name);
        EXECUTE format('DROP TABLE %I', part.name);
    END LOOP;
    IF found THEN
        ALTER TABLE usage_record_earlier RENAME TO usage_record_2000_01;
        ALTER TABLE usage_record ATTACH PARTITION usage_record_2000_01
            FOR VALUES FROM ('2000-01-01T00:00:00Z') TO ('2019-01-01T00:00:00Z');
    ELSE
        DROP TABLE usage_record_earlier;
    END IF;
END $$;
