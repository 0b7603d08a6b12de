"""A plan that an activated contract is on keeps its commitment and what it grants, too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_quantities"), ("catalog", "0003_every_price_model")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE TRIGGER plan_commitment_in_use_is_fixed BEFORE UPDATE ON catalog_plan
                FOR EACH ROW WHEN (
                    NEW.minimum_commitment IS DISTINCT FROM OLD.minimum_commitment
                    OR NEW.commitment_tax_code <> OLD.commitment_tax_code
                ) EXECUTE FUNCTION plan_in_use_is_fixed();

                CREATE TRIGGER plan_grant_in_use_is_fixed
                BEFORE INSERT OR UPDATE OR DELETE ON catalog_plangrant
                FOR EACH ROW EXECUTE FUNCTION plan_in_use_is_fixed();
            """,
            reverse_sql="""
                DROP TRIGGER plan_grant_in_use_is_fixed ON catalog_plangrant;
                DROP TRIGGER plan_commitment_in_use_is_fixed ON catalog_plan;
            """,
        )
    ]
