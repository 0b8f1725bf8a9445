"""A claw-back mode of a vendor is one that the ledger knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_roles")]
    operations = [
        migrations.AddConstraint(
            model_name="vendor",
            constraint=models.CheckConstraint(
                condition=models.Q(("clawback_mode__in", ["none", "proportional"])), name="vendor_clawback_mode"
            ),
        ),
    ]
