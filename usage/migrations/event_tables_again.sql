-- The event as it was sent.
CREATE TABLE usage_event (
    occurred_at timestamptz NOT NULL,
    key uuid NOT NULL,
    source_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    event_name text NOT NULL,
    idempotency_key text NOT NULL,
    sent text NOT NULL,
    PRIMARY KEY (occurred_at, key)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX usage_event_of_customer ON usage_event (customer_id, occurred_at, key);

-- What a meter counts of it: narrow, for sums. `ingest_tx` lets a roller follow what arrived.
CREATE TABLE usage_reading (
    occurred_at timestamptz NOT NULL,
    key uuid NOT NULL,
    ingest_tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
    customer_id bigint NOT NULL,
    meter_id bigint NOT NULL,
    dimensions_id bigint NOT NULL,
    quantity numeric NOT NULL CHECK (quantity NOT IN ('NaN', 'Infinity', '-Infinity')),
    PRIMARY KEY (customer_id, meter_id, occurred_at, key)
) PARTITION BY RANGE (occurred_at);

CREATE TRIGGER usage_event_is_kept BEFORE UPDATE OR DELETE ON usage_event
    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();
CREATE TRIGGER usage_reading_is_kept BEFORE UPDATE OR DELETE ON usage_reading
    FOR EACH ROW EXECUTE FUNCTION usage_is_kept();
