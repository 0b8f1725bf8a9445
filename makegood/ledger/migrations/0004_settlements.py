"""Entries that settle a statement: rounding, and what was credited before it was billed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_entries_stay")]
    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("credit", "credit"),
                    ("reversal", "reversal"),
                    ("reversal_fee", "reversal_fee"),
                    ("settlement", "settlement"),
                ],
                max_length=16,
            ),
        ),
    ]
