"""What happens to a dispute after its decision."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("disputes", "0004_wider_cases")]
    operations = []
