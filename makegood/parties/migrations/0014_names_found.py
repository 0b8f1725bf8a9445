"""Finds customers by a part of their name."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Upper

from makegood.kernel.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("parties", "0013_authority")]
    operations = [
        AddIndexOnline(
            model_name="customer",
            index=GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_words"),
        ),
    ]
