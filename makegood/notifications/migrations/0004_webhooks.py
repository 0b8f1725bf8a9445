"""A message about webhooks that stopped."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

TEMPLATES = [
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
]


def _field() -> models.Field[Any, Any]:
    return models.CharField(choices=[(key, key) for key in TEMPLATES], max_length=20)


def _check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(("template__in", TEMPLATES)), name=name)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_channels")]

    operations = [
        migrations.RemoveConstraint(model_name="digest", name="digest_template"),
        migrations.RemoveConstraint(model_name="preference", name="preference_template"),
        migrations.AlterField(model_name="digest", name="template", field=_field()),
        migrations.AlterField(model_name="digestitem", name="template", field=_field()),
        migrations.AlterField(model_name="preference", name="template", field=_field()),
        migrations.AddConstraint(model_name="digest", constraint=_check("digest_template")),
        migrations.AddConstraint(model_name="preference", constraint=_check("preference_template")),
    ]
