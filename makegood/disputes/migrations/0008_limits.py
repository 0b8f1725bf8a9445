"""Limits and budgets."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disputes", "0007_clocks")]
    operations = []
