"""What somebody has in hand and what waits for an answer are found without reading everything that waits."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from makegood.kernel.online import AddIndexOnline


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
    ]
