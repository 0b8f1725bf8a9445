"""What takes long on a large installation, while it is in use: finds numbers of services however they are written, the
lines of a bill by kind, and the first charges of a vendor; checks the days that lines cover."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.functions.text
from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from makegood.kernel.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [
        ("billing", "0009_payments"),
    ]

    operations: ClassVar = [
        AddIndexOnline(
            model_name="service",
            index=models.Index(
                models.Func(
                    django.db.models.functions.text.Upper("number"),
                    models.Value("[^A-Z0-9]"),
                    models.Value(""),
                    models.Value("g"),
                    function="regexp_replace",
                    output_field=models.TextField(),
                ),
                name="service_bare_number",
            ),
        ),
        AddIndexOnline(
            model_name="charge",
            index=models.Index(
                fields=["invoice", "subkind", "feature_id", "id"],
                include=["billed_micros", "tax_micros"],
                condition=models.Q(("kind", "invoice_feature")),
                name="charge_lines_of_bill",
            ),
        ),
        AddIndexOnline(
            model_name="charge",
            index=models.Index(
                fields=["vendor", "received_at"],
                condition=models.Q(("vendor__isnull", False)),
                name="charge_of_vendor",
            ),
        ),
        ValidateConstraint(model_name="charge", name="charge_covers_some_days"),
    ]
