-- One row for each event and meter that counts it; `meter_id` 0 where none does. What the event
-- itself says stands in its first row alone. Columns in an order without gaps between them.
CREATE TABLE usage_record (
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    ingest_tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    key uuid NOT NULL,
    customer_id integer NOT NULL,
    meter_id integer NOT NULL,
    dimensions_id integer NOT NULL,
    source_id integer NOT NULL,
    quantity numeric NOT NULL
        CONSTRAINT usage_record_quantity_check
        CHECK (quantity NOT IN ('NaN', 'Infinity', '-Infinity')),
    event_name text,
    idempotency_key text,
    sent text,
    CONSTRAINT usage_record_event_is_whole CHECK (
        (sent IS NULL) = (event_name IS NULL) AND (sent IS NULL) = (idempotency_key IS NULL)
        AND (meter_id <> 0 OR sent IS NOT NULL)
    )
) PARTITION BY RANGE (occurred_at);

-- A customer's events by time; the meter is there so that those of others need not be read.
CREATE INDEX usage_record_of_customer ON usage_record (customer_id, occurred_at, meter_id);
CREATE INDEX usage_record_of_event ON usage_record (occurred_at, key);
-- What arrived since; a batch's equal values take little room.
CREATE INDEX usage_record_arrived ON usage_record (ingest_tx);

-- Events that count no more. Rows are added, and never change.
CREATE TABLE usage_void (
    key uuid PRIMARY KEY,
    customer_id integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    voided_at timestamptz NOT NULL,
    ingest_tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    reason text NOT NULL CHECK (reason <> ''),
    replaced_by uuid CHECK (replaced_by <> key)
);
CREATE INDEX usage_void_of_customer ON usage_void (customer_id, occurred_at);
CREATE INDEX usage_void_arrived ON usage_void (ingest_tx);

CREATE TRIGGER usage_record_is_kept BEFORE UPDATE OR DELETE ON usage_record
    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();
CREATE TRIGGER usage_void_is_kept BEFORE UPDATE OR DELETE ON usage_void
    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();

-- Sums of all records and voids below the mark, by the hour.
CREATE TABLE usage_hour (
    customer_id integer NOT NULL,
    meter_id integer NOT NULL,
    hour timestamptz NOT NULL,
    dimensions_id integer NOT NULL,
    quantity numeric NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (customer_id, meter_id, hour, dimensions_id)
) WITH (fillfactor = 80);

CREATE TABLE usage_mark (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    ingest_tx xid8 NOT NULL
);
INSERT INTO usage_mark (ingest_tx) VALUES ('0');

-- Whether a snapshot shows what this transaction stored; one's own is always shown.
CREATE FUNCTION usage_shown(tx xid8, seen pg_snapshot) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT pg_visible_in_snapshot(tx, seen)
        OR tx IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()
$$;

CREATE FUNCTION usage_hour_of(instant timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT date_bin('1 hour', instant, '2000-01-01T00:00:00Z')
$$;

-- What a customer used of these meters in the slices between the bounds, as a snapshot shows it:
-- 1. the rollups of hours that lie whole in a slice;
-- 2. the records of hours that a bound cuts;
-- 3. of the other hours what the rollups lack that the snapshot shows, less what they have that
--    it does not show: all of it stored by the oldest transaction of either, or a later one;
-- 4. less what is void, in the same two ways as the records.
-- Stable, so that mark and sums are of one moment. The statement is planned anew each time, so
-- that the planner sees how little is fresh.
CREATE FUNCTION usage_sums(
    customer integer, meters integer[], bounds timestamptz[], seen pg_snapshot
) RETURNS TABLE (
    meter_id integer, dimensions_id integer, slice integer, quantity numeric, events bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    rolled constant xid8 := (SELECT ingest_tx FROM usage_mark);
    oldest constant xid8 := least(rolled, pg_snapshot_xmin(seen));
    cut constant timestamptz[] := array(
        SELECT DISTINCT usage_hour_of(bound) FROM unnest(bounds) AS bound
        WHERE usage_hour_of(bound) <> bound
    );
    parts text := $query$
        SELECT h.meter_id, h.dimensions_id, h.hour AS instant, h.quantity, h.events
        FROM usage_hour AS h
        WHERE h.customer_id = $1 AND h.meter_id = ANY($2)
          AND h.hour >= $4 AND h.hour < $5 AND h.hour <> ALL($6)
        UNION ALL
        SELECT f.meter_id, f.dimensions_id, f.occurred_at, f.times * f.quantity, f.times
        FROM (
            SELECT r.meter_id, r.dimensions_id, r.occurred_at, r.quantity,
                   usage_shown(r.ingest_tx, $7)::int - (r.ingest_tx < $8)::int AS times
            FROM usage_record AS r
            WHERE r.customer_id = $1 AND r.meter_id = ANY($2)
              AND r.occurred_at >= $4 AND r.occurred_at < $5 AND r.ingest_tx >= $9
        ) AS f
        WHERE f.times <> 0 AND usage_hour_of(f.occurred_at) <> ALL($6)
    $query$;
    cut_hours constant text := $query$
        SELECT r.meter_id, r.dimensions_id, r.occurred_at, r.quantity, 1
        FROM unnest($6) AS part (hour)
        JOIN usage_record AS r ON r.occurred_at >= part.hour
         AND r.occurred_at < part.hour + interval '1 hour'
        WHERE r.customer_id = $1 AND r.meter_id = ANY($2)
          AND r.occurred_at >= $4 AND r.occurred_at < $5 AND usage_shown(r.ingest_tx, $7)
    $query$;
    voids constant text := $query$
        SELECT f.meter_id, f.dimensions_id, f.occurred_at, f.times * f.quantity, f.times
        FROM (
            SELECT r.meter_id, r.dimensions_id, r.occurred_at, r.quantity,
                   (v.ingest_tx < $8 AND usage_hour_of(v.occurred_at) <> ALL($6))::int
                   - (usage_shown(v.ingest_tx, $7) AND usage_shown(r.ingest_tx, $7))::int
                   AS times
            FROM usage_void AS v
            JOIN usage_record AS r ON r.occurred_at = v.occurred_at AND r.key = v.key
            WHERE v.customer_id = $1 AND r.meter_id = ANY($2)
              AND v.occurred_at >= $4 AND v.occurred_at < $5
              AND r.occurred_at >= $4 AND r.occurred_at < $5
              AND (v.ingest_tx >= $9 OR usage_hour_of(v.occurred_at) = ANY($6))
        ) AS f
        WHERE f.times <> 0
    $query$;
BEGIN
    -- What cannot find anything is not planned either: that would take longer than the rest.
    IF cardinality(cut) > 0 THEN
        parts := parts || 'UNION ALL' || cut_hours;
    END IF;
    IF EXISTS (
        SELECT 1 FROM usage_void AS v WHERE v.customer_id = customer
          AND v.occurred_at >= bounds[1] AND v.occurred_at < bounds[cardinality(bounds)]
    ) THEN
        parts := parts || 'UNION ALL' || voids;
    END IF;
    RETURN QUERY EXECUTE '
        SELECT counted.meter_id, counted.dimensions_id, width_bucket(counted.instant, $3),
               sum(counted.quantity), sum(counted.events)::bigint
        FROM (' || parts || ') AS counted
        GROUP BY 1, 2, 3
        HAVING sum(counted.events) <> 0'
    USING customer, meters, bounds, bounds[1], bounds[cardinality(bounds)], cut, seen, rolled,
          oldest;
END $$;

-- When a customer's latest event of each meter happened, of all that is stored and not void.
CREATE FUNCTION usage_latest(customer integer)
RETURNS TABLE (meter_id integer, occurred_at timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
    rolled constant xid8 := (SELECT ingest_tx FROM usage_mark);
BEGIN
    RETURN QUERY EXECUTE $query$
        WITH RECURSIVE used (meter) AS (
            SELECT min(h.meter_id) FROM usage_hour AS h WHERE h.customer_id = $1
            UNION ALL
            SELECT (SELECT min(h.meter_id) FROM usage_hour AS h
                    WHERE h.customer_id = $1 AND h.meter_id > used.meter)
            FROM used WHERE used.meter IS NOT NULL
        ), found (meter, instant) AS (
            SELECT used.meter, coalesce(exactly.occurred_at, latest.hour)
            FROM used
            CROSS JOIN LATERAL (
                SELECT h.hour FROM usage_hour AS h
                WHERE h.customer_id = $1 AND h.meter_id = used.meter AND h.events > 0
                ORDER BY h.hour DESC LIMIT 1
            ) AS latest
            -- Records that were taken away with their month leave the hour.
            LEFT JOIN LATERAL (
                SELECT r.occurred_at FROM usage_record AS r
                WHERE r.customer_id = $1 AND r.meter_id = used.meter
                  AND r.occurred_at >= latest.hour
                  AND r.occurred_at < latest.hour + interval '1 hour'
                  AND NOT EXISTS (SELECT 1 FROM usage_void AS v WHERE v.key = r.key)
                ORDER BY r.occurred_at DESC LIMIT 1
            ) AS exactly ON true
            UNION ALL
            SELECT r.meter_id, r.occurred_at FROM usage_record AS r
            WHERE r.customer_id = $1 AND r.meter_id <> 0 AND r.ingest_tx >= $2
              AND NOT EXISTS (SELECT 1 FROM usage_void AS v WHERE v.key = r.key)
        )
        SELECT found.meter, max(found.instant) FROM found GROUP BY 1
    $query$
    USING customer, rolled;
END $$;
