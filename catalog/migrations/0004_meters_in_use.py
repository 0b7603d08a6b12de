"""A meter that a published price charges by keeps what the price's rates are for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_every_price_model"),
        ("usage", "0005_reversals"),
    ]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION meter_in_use_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE used_by text;
                BEGIN
                    -- What a bonus measures is named by code, in the words of the plan file.
                    SELECT price.code INTO used_by
                    FROM catalog_priceversion version
                    JOIN catalog_price price ON price.id = version.price_id
                    WHERE version.published_at IS NOT NULL
                      AND (price.meter_id = OLD.id
                           OR (price.kind = 'performance'
                               AND price.legal_entity_id = OLD.legal_entity_id
                               AND OLD.code IN (version.terms_keys ->> 'measure',
                                                version.terms_keys #>> '{measure,divide}',
                                                version.terms_keys #>> '{measure,by}')))
                    ORDER BY price.code
                    LIMIT 1;
                    IF used_by IS NOT NULL THEN
                        RAISE EXCEPTION
                            'the published price ''%'' charges by this meter; make a new one',
                            used_by
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                END $$;

                CREATE TRIGGER meter_in_use_is_fixed BEFORE UPDATE ON usage_meter
                FOR EACH ROW WHEN (
                    (NEW.legal_entity_id, NEW.code, NEW.unit, NEW.quantity_rounding,
                     NEW.unit_conversion)
                    IS DISTINCT FROM
                    (OLD.legal_entity_id, OLD.code, OLD.unit, OLD.quantity_rounding,
                     OLD.unit_conversion)
                ) EXECUTE FUNCTION meter_in_use_is_fixed();
            """,
            reverse_sql="""
                DROP TRIGGER meter_in_use_is_fixed ON usage_meter;
                DROP FUNCTION meter_in_use_is_fixed();
            """,
        )
    ]
