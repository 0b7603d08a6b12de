-- Events and readings as they were, for all who read them.
CREATE VIEW usage_event AS
    SELECT occurred_at, key, source_id, customer_id, received_at, event_name, idempotency_key,
           sent, ingest_tx
    FROM usage_record WHERE sent IS NOT NULL;

CREATE VIEW usage_reading AS
    SELECT occurred_at, key, ingest_tx, customer_id, meter_id, dimensions_id, quantity
    FROM usage_record WHERE meter_id <> 0;
