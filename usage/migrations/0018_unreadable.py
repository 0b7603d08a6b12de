"""What waited for its customer, and then cannot be read by its meter, waits for that reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("usage", "0017_rotated_key_limits"),
    ]

    operations = [
        migrations.AlterField(
            model_name="quarantinedevent",
            name="reason",
            field=models.CharField(
                choices=[
                    ("unknown_customer", "unknown customer or subject"),
                    ("unknown_event_name", "no meter has this event name"),
                    ("unknown_action", "no credits are known for its action"),
                    ("bad_value", "a value that its meter cannot read"),
                ],
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="replayjob",
            name="reason",
            field=models.CharField(
                choices=[
                    ("unknown_customer", "unknown customer or subject"),
                    ("unknown_event_name", "no meter has this event name"),
                    ("unknown_action", "no credits are known for its action"),
                    ("bad_value", "a value that its meter cannot read"),
                ],
                max_length=40,
            ),
        ),
    ]
