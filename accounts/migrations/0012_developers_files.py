"""The promise of a developer names files."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_alarm_messages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="partnerinvitation",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner: everything, and who else may sign in"),
                    ("developer", "developer: API keys, files, replays, the sandbox"),
                    ("viewer", "viewer: look, and change nothing"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="partnerinvitationevent",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner: everything, and who else may sign in"),
                    ("developer", "developer: API keys, files, replays, the sandbox"),
                    ("viewer", "viewer: look, and change nothing"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="partnermembership",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner: everything, and who else may sign in"),
                    ("developer", "developer: API keys, files, replays, the sandbox"),
                    ("viewer", "viewer: look, and change nothing"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="partnermembershipevent",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner: everything, and who else may sign in"),
                    ("developer", "developer: API keys, files, replays, the sandbox"),
                    ("viewer", "viewer: look, and change nothing"),
                ],
                max_length=10,
            ),
        ),
    ]
