from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0004_questions_are_fixed")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["-period_start", "-id"], name="invoice_latest_first"),
        ),
    ]
