"""A scope for saying who holds a subject."""

import django.contrib.postgres.fields
from django.db import migrations, models

import accounts.models.partner


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_people_of_partners"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("events:write", "send events"),
                        ("events:read", "read events"),
                        ("customers:read", "read customers"),
                        ("subjects:write", "say who holds a number, agent or location"),
                        ("invoices:read", "read invoices"),
                        ("prices:read", "preview prices"),
                        ("plan_file:write", "change the price book by plan file"),
                    ],
                    max_length=40,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="apikeyevent",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("events:write", "send events"),
                        ("events:read", "read events"),
                        ("customers:read", "read customers"),
                        ("subjects:write", "say who holds a number, agent or location"),
                        ("invoices:read", "read invoices"),
                        ("prices:read", "preview prices"),
                        ("plan_file:write", "change the price book by plan file"),
                    ],
                    max_length=40,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="partner",
            name="scopes_to_give",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("events:write", "send events"),
                        ("events:read", "read events"),
                        ("customers:read", "read customers"),
                        ("subjects:write", "say who holds a number, agent or location"),
                        ("invoices:read", "read invoices"),
                        ("prices:read", "preview prices"),
                        ("plan_file:write", "change the price book by plan file"),
                    ],
                    max_length=40,
                ),
                blank=True,
                default=accounts.models.partner.usual_scopes,
                help_text="To API keys that they make on their own pages.",
                size=None,
                verbose_name="scopes that its people may give",
            ),
        ),
        migrations.AlterField(
            model_name="partnerevent",
            name="scopes_to_give",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("events:write", "send events"),
                        ("events:read", "read events"),
                        ("customers:read", "read customers"),
                        ("subjects:write", "say who holds a number, agent or location"),
                        ("invoices:read", "read invoices"),
                        ("prices:read", "preview prices"),
                        ("plan_file:write", "change the price book by plan file"),
                    ],
                    max_length=40,
                ),
                blank=True,
                default=accounts.models.partner.usual_scopes,
                help_text="To API keys that they make on their own pages.",
                size=None,
                verbose_name="scopes that its people may give",
            ),
        ),
    ]
