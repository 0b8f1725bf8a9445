"""Finds the leads and the usage records of a customer among millions of calls, the newest first."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("billing", "0007_late_recordings")]
    operations = [
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("kind", "usage"), ("subkind", "lead")),
                fields=["customer", "-occurred_at", "-id"],
                name="charge_log_leads",
            ),
        ),
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("kind", "usage"), models.Q(("subkind__in", ["call", "lead"]), _negated=True)),
                fields=["customer", "-occurred_at", "-id"],
                name="charge_log_usage",
            ),
        ),
    ]
