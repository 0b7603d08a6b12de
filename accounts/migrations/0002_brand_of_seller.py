"""A customer's brand is one of the legal entity that sells to it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE accounts_customer ADD CONSTRAINT customer_brand_of_its_seller
                FOREIGN KEY (brand_id, legal_entity_id)
                REFERENCES accounts_brand (id, legal_entity_id) DEFERRABLE INITIALLY DEFERRED;
            """,
            reverse_sql="""
                ALTER TABLE accounts_customer DROP CONSTRAINT customer_brand_of_its_seller;
            """,
        )
    ]
