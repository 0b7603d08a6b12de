"""Messages to staff about alarms of usage."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_privacy")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "invitation"),
                    ("credit_low", "credit low"),
                    ("question_asked", "question asked"),
                    ("question_answered", "question answered"),
                    ("usage_alarm", "alarm of usage"),
                ],
                max_length=20,
            ),
        ),
    ]
