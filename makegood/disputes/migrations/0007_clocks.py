"""Calendars and the clocks of disputes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disputes", "0006_statements")]
    operations = []
