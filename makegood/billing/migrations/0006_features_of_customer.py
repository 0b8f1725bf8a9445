"""Finds the billed lines of a customer among a million usage records."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("billing", "0005_usage_of_invoice")]
    operations = [
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("kind", "invoice_feature")),
                fields=["customer", "id"],
                name="charge_features",
            ),
        ),
    ]
