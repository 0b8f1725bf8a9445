"""What messages say, in words of the operator."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

KINDS = [
    "new",
    "new_by_others",
    "flagged",
    "reviewed",
    "letter",
    "vendor_revenue",
    "money_moved",
    "reopened",
    "reopened_own",
    "info",
    "answered",
    "sla",
    "closed",
    "alarm",
    "webhook",
    "to_sign",
    "not_signed",
    "assigned",
    "escalated",
    "followed",
]


def _field() -> models.Field[Any, Any]:
    return models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=20)


def _check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(("template__in", KINDS)), name=name)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_quiet_hours")]
    operations = [
        migrations.RemoveConstraint(model_name="digest", name="digest_template"),
        migrations.RemoveConstraint(model_name="preference", name="preference_template"),
        migrations.AlterField(model_name="digest", name="template", field=_field()),
        migrations.AlterField(model_name="digestitem", name="template", field=_field()),
        migrations.AlterField(model_name="preference", name="template", field=_field()),
        migrations.AddConstraint(model_name="digest", constraint=_check("digest_template")),
        migrations.AddConstraint(model_name="preference", constraint=_check("preference_template")),
        migrations.CreateModel(
            name="MessageText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("template", models.CharField(choices=[(kind, kind) for kind in KINDS], max_length=20)),
                ("piece", models.CharField(max_length=20)),
                ("locale", models.CharField(max_length=12)),
                ("forms", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "notifications_message_text",
                "constraints": [
                    models.UniqueConstraint(fields=("template", "piece", "locale"), name="message_text_once"),
                    models.CheckConstraint(condition=models.Q(("template__in", KINDS)), name="message_text_template"),
                ],
            },
        ),
    ]
