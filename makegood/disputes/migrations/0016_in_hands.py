"""What somebody has in hand, what waits for an answer and what waited at a moment are found without reading everything."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import migrations, models
from django.db.models.functions import Least

from makegood.kernel.online import AddIndexOnline

DECIDED_AT = models.Case(
    models.When(
        models.Q(("stage__in", ["pending", "in_review", "info_needed"]), _negated=True), then=models.F("decided_at")
    )
)
WAITED = models.Func(
    Least("submitted_at", "withdrawn_at", "closed_at", DECIDED_AT),
    Least("withdrawn_at", "closed_at", DECIDED_AT),
    models.Value("[]"),
    function="tstzrange",
    output_field=DateTimeRangeField(),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [
        ("disputes", "0015_clocks"),
    ]

    operations: ClassVar = [
        AddIndexOnline(
            model_name="dispute",
            index=models.Index(
                fields=["assignee"], name="dispute_in_hands", condition=models.Q(("stage", "in_review"))
            ),
        ),
        AddIndexOnline(
            model_name="dispute",
            index=models.Index(
                fields=["submitted_at", "id"], name="dispute_asked", condition=models.Q(("stage", "info_needed"))
            ),
        ),
        AddIndexOnline(
            model_name="dispute",
            index=GistIndex(WAITED, name="dispute_waited", condition=models.Q(("stage", "draft"), _negated=True)),
        ),
    ]
