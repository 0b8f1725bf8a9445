"""What gives money back on an invoice, bills that do not say everything, and one charge per feature of an invoice."""

import django.db.models.deletion
from django.db import migrations, models

import makegood.billing.states

SEQUENCES = """
CREATE SEQUENCE billing_feature_id_seq START 1000000001;
CREATE SEQUENCE billing_invoice_number_seq START 900000001;
"""
UNDO = """
DROP SEQUENCE billing_invoice_number_seq;
DROP SEQUENCE billing_feature_id_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_laws")]
    operations = [
        migrations.RunSQL(SEQUENCES, UNDO),
        migrations.AlterField("invoice", "due_on", models.DateField(null=True)),
        migrations.AlterField("invoice", "total_micros", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="InvoiceCredit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feature_id", models.BigIntegerField()),
                ("label", models.TextField(blank=True, default="")),
                ("amount_micros", models.BigIntegerField()),
                ("tax_micros", models.BigIntegerField(default=0)),
                ("external_source", models.TextField()),
                ("external_id", models.TextField()),
                ("import_batch", models.BigIntegerField(null=True)),
                ("raw", models.JSONField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="billing.invoice"
                    ),
                ),
            ],
            options={
                "db_table": "billing_invoice_credit",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("external_source", "external_id"), name="invoice_credit_once_per_source"
                    ),
                    models.UniqueConstraint(fields=("invoice", "feature_id"), name="one_credit_per_feature"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_micros__gte", 0), ("tax_micros__gte", 0)),
                        name="invoice_credit_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("corrects_id__isnull", True), ("kind", makegood.billing.states.ChargeKind["INVOICE_FEATURE"])
                ),
                fields=("invoice", "feature_id"),
                name="one_charge_per_feature",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("invoice__isnull", False)), fields=["invoice", "id"], name="charge_of_invoice"
            ),
        ),
    ]
