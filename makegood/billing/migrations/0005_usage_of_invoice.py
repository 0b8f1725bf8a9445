"""Finds a usage record by its bill and its number, as web services name it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("billing", "0004_corrected_once")]
    operations = [
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("invoice__isnull", False), ("usage_id__isnull", False)),
                fields=["invoice", "usage_id"],
                name="charge_usage_of_invoice",
            ),
        ),
    ]
