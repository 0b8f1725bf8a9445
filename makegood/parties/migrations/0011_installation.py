"""Who runs the installation, and how far its first steps have come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0010_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("singleton", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("locale", models.CharField(default="en_US", max_length=12)),
                ("steps", models.JSONField(blank=True, default=dict)),
                ("zone", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="parties.zone")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("singleton", True)), name="installation_is_one")
                ],
            },
        ),
    ]
