"""A plan that an activated contract is on keeps its currency, period and prices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_relations")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION plan_in_use_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE plans_of_row bigint[];
                BEGIN
                    IF TG_TABLE_NAME = 'catalog_plan' THEN
                        plans_of_row := ARRAY[OLD.id];
                    ELSE
                        plans_of_row := ARRAY[OLD.plan_id, NEW.plan_id];
                    END IF;
                    IF EXISTS (SELECT 1 FROM contracts_contract
                               WHERE plan_id = ANY(plans_of_row) AND activated_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the plan is in use; make a new one for new contracts'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                END $$;

                CREATE TRIGGER plan_in_use_is_fixed BEFORE UPDATE ON catalog_plan
                FOR EACH ROW WHEN (
                    NEW.currency <> OLD.currency OR NEW.billing_period <> OLD.billing_period
                    OR NEW.legal_entity_id <> OLD.legal_entity_id
                ) EXECUTE FUNCTION plan_in_use_is_fixed();

                CREATE TRIGGER plan_price_in_use_is_fixed
                BEFORE INSERT OR UPDATE OR DELETE ON catalog_planprice
                FOR EACH ROW EXECUTE FUNCTION plan_in_use_is_fixed();
            """,
            reverse_sql="""
                DROP TRIGGER plan_price_in_use_is_fixed ON catalog_planprice;
                DROP TRIGGER plan_in_use_is_fixed ON catalog_plan;
                DROP FUNCTION plan_in_use_is_fixed();
            """,
        )
    ]
