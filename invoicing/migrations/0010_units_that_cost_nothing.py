from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0009_lots_of_plans")]

    operations = [
        migrations.RemoveConstraint(
            model_name="creditapplication",
            name="credit_applied_positive",
        ),
        migrations.AddConstraint(
            model_name="creditapplication",
            constraint=models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, quantity__gt=0),
                name="credit_applied_positive",
            ),
        ),
    ]
