"""Opening hours of calendars, hours counted while open, and what a clock was promised."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.db import migrations, models

UNITS = ["wall", "business_days", "same_time", "open_hours"]
OPEN_FOR_AN_HOUR = (
    models.Q(("opens_at__isnull", True))
    | models.Q(("closes_at__isnull", True), ("opens_at__lte", datetime.time(23, 0)))
    | models.Q(
        ("closes_at__gte", models.F("opens_at") + datetime.timedelta(hours=1)), ("opens_at__lt", datetime.time(23, 0))
    )
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("disputes", "0014_reviews"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="calendar",
            name="opens_at",
            field=models.TimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="calendar",
            constraint=models.CheckConstraint(condition=OPEN_FOR_AN_HOUR, name="calendar_open_for_an_hour"),
        ),
        migrations.AlterField(
            model_name="slaclock",
            name="unit",
            field=models.CharField(choices=[(unit, unit) for unit in UNITS], max_length=13),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="target_amount",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="breach_amount",
            field=models.SmallIntegerField(null=True),
        ),
    ]
