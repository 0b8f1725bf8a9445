"""Credits gathered into statements."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disputes", "0005_afterward")]
    operations = []
