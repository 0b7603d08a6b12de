-- As in usage_records.sql, but for the hours that a bound cuts: each is looked up by itself, by the
-- customer's index. Joined to all of them at once, the month was read whole: with midnights at half
-- past, 1.7 s for a million events, instead of 0.1.
CREATE OR REPLACE FUNCTION usage_sums_of_stored(
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
        CROSS JOIN LATERAL (
            SELECT r.meter_id, r.dimensions_id, r.occurred_at, r.quantity
            FROM usage_record AS r
            WHERE r.customer_id = $1 AND r.meter_id = ANY($2)
              AND r.occurred_at >= greatest(part.hour, $4)
              AND r.occurred_at < least(part.hour + interval '1 hour', $5)
              AND usage_shown(r.ingest_tx, $7)
            OFFSET 0
        ) AS r
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
