from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0005_latest_invoices_first")]

    operations = [
        migrations.AddField(
            model_name="issuejobitem",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
