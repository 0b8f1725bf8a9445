"""Answers that nobody can ask for again are found by when they expired."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_kept")]
    operations = [
        migrations.AddIndex(model_name="command", index=models.Index(fields=["expires_at"], name="command_expired")),
    ]
