"""
What each day adds to the quantity of a meter, in SQL, by the way in which the meter aggregates.

Days add up to what the whole stretch of time counts, as the quantities of the rating engine do:
a day of a maximum is by how much it raised it, of the latest value by how much it changed, of a
unique count the things not seen before. A level counts by the time it was held in the day, over
the seconds of the whole stretch, and goes on where no event came. Void events do not count.
"""

from usage.store.shown import not_void

# Read once, before anything else; the branches of other aggregations are never run.
_AGGREGATION = "(SELECT aggregation FROM usage_meter WHERE id = %(meter)s)"
_OF_METER = "r.customer_id = %(customer)s AND r.meter_id = %(meter)s"
_DAY = "width_bucket(r.occurred_at, %(midnights)s::timestamptz[])"
# What reads single events is refused where some are archived. A branch of its own: in a condition
# it would not be asked, where the months have no table.
_REFUSED = f"""
    SELECT NULL::integer, NULL::integer, NULL::numeric, NULL::bigint
    WHERE NOT CASE WHEN {_AGGREGATION} IN ('count', 'sum') THEN true
        ELSE usage_whole(%(customer)s, ARRAY[%(meter)s]::integer[],
                         ARRAY[%(start)s]::timestamptz[], ARRAY[%(end)s]::timestamptz[]) END
"""
# Before any event.
_BEGINNING = "'2000-01-01T00:00:00Z'::timestamptz"


def daily_sums_sql(snapshot: str) -> str:
    """
    Return a query of (dimensions_id, day, quantity, events) of what a snapshot shows.

    `snapshot` is an expression in SQL. Parameters are `customer`, `meter`, `start`, `end`, and by
    day `midnights` (the first at or before the start), `starts` and `ends` (cut off at them); day
    1 is the first.
    """
    inside = f"""{_OF_METER} AND r.occurred_at >= %(start)s AND r.occurred_at < %(end)s
        AND usage_shown(r.ingest_tx, {snapshot}) AND {not_void("r", snapshot)}"""
    return " UNION ALL ".join(
        [
            _sums(snapshot),
            _rises_and_changes(inside),
            _new_things(inside),
            _levels(inside, snapshot),
            _REFUSED,
        ]
    )


def _sums(snapshot: str) -> str:
    return f"""
        SELECT dimensions_id, slice AS day, quantity, events
        FROM usage_sums(%(customer)s, ARRAY[%(meter)s]::integer[],
                        %(starts)s::timestamptz[] || %(end)s::timestamptz, {snapshot})
        WHERE {_AGGREGATION} IN ('count', 'sum')
    """


def _rises_and_changes(inside: str) -> str:
    return f"""
        SELECT dimensions_id, day, sum(quantity), count(*)
        FROM (
            SELECT r.dimensions_id, {_DAY} AS day,
                   CASE {_AGGREGATION}
                       WHEN 'latest' THEN r.quantity - coalesce(lag(r.quantity) OVER ordered, 0)
                       ELSE greatest(r.quantity, max(r.quantity) OVER earlier)
                            - coalesce(max(r.quantity) OVER earlier, 0)
                   END AS quantity
            FROM usage_reading AS r
            WHERE {_AGGREGATION} IN ('max', 'latest') AND {inside}
            WINDOW ordered AS (PARTITION BY r.dimensions_id ORDER BY r.occurred_at, r.key),
                   earlier AS (ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ) AS added
        GROUP BY 1, 2
    """


def _new_things(inside: str) -> str:
    # Readings hold no thing; the events do.
    thing = """(e.sent::jsonb -> 'properties' ->>
                (SELECT property FROM usage_meter WHERE id = %(meter)s))"""
    return f"""
        SELECT dimensions_id, day, count(*) FILTER (WHERE is_new), count(*)
        FROM (
            SELECT r.dimensions_id, {_DAY} AS day,
                   row_number() OVER (PARTITION BY r.dimensions_id, {thing}
                                      ORDER BY r.occurred_at, r.key) = 1 AS is_new
            FROM usage_reading AS r
            JOIN usage_event AS e ON e.occurred_at = r.occurred_at AND e.key = r.key
            WHERE {_AGGREGATION} = 'unique_count' AND {inside}
        ) AS seen
        GROUP BY 1, 2
    """


def _levels(inside: str, snapshot: str) -> str:
    # Day 0 is all that came before: the level that the first day begins with.
    return f"""
        SELECT changed.dimensions_id, held.day,
               round(sum(CASE WHEN changed.day < held.day THEN changed.change * held.seconds
                              ELSE changed.area END)
                     / extract(epoch FROM %(end)s::timestamptz - %(start)s::timestamptz), 6),
               sum(changed.events) FILTER (WHERE changed.day = held.day)::bigint
        FROM (
            SELECT dimensions_id, 0 AS day, quantity AS change, 0 AS events, NULL AS area
            FROM usage_sums(%(customer)s, ARRAY[%(meter)s]::integer[],
                            ARRAY[{_BEGINNING}, %(start)s], {snapshot})
            WHERE {_AGGREGATION} = 'weighted_sum' AND %(start)s > {_BEGINNING}
            UNION ALL
            SELECT r.dimensions_id,
                   width_bucket(r.occurred_at, %(starts)s::timestamptz[]) AS day,
                   sum(r.quantity) AS change, count(*) AS events,
                   sum(r.quantity * extract(epoch FROM (%(ends)s::timestamptz[])[
                       width_bucket(r.occurred_at, %(starts)s::timestamptz[])] - r.occurred_at)
                   ) AS area
            FROM usage_reading AS r
            WHERE {_AGGREGATION} = 'weighted_sum' AND {inside}
            GROUP BY 1, 2
        ) AS changed
        JOIN (
            SELECT day, extract(epoch FROM ends_at - starts_at) AS seconds
            FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[])
                 WITH ORDINALITY AS each (starts_at, ends_at, day)
        ) AS held ON changed.day <= held.day
        GROUP BY 1, 2
    """
