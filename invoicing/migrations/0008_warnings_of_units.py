from django.db import migrations, models

import accounts.columns


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0007_units_and_openings")]

    operations = [
        migrations.AddField(
            model_name="creditwarning",
            name="left_quantity",
            field=accounts.columns.UnitPriceField(help_text="Of grants of units.", null=True),
        ),
        migrations.AddField(
            model_name="creditwarning",
            name="unit",
            field=models.CharField(blank=True, help_text="Of grants of units.", max_length=50),
        ),
        migrations.AlterField(
            model_name="creditwarning",
            name="left",
            field=accounts.columns.ExactMoneyField(
                currency_field_name="currency",
                decimal_places=4,
                help_text="What was left when it was noticed; 0 where it is units.",
                max_digits=30,
            ),
        ),
    ]
