"""A charge is corrected once; a further correction corrects the new one. Also how readers find what is superseded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_invoice_lines")]
    operations = [
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects_id__isnull", False)),
                fields=("corrects_id",),
                name="charge_corrected_once",
            ),
        ),
    ]
