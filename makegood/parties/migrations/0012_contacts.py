"""Who answers a customer's further questions, and who reviews unasked."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REVIEWING = "review.proactive"
REVIEWERS = ("manager", "admin")
"""Who decides already. In an installation that is there, an administrator grants it to others: a verdict moves money."""


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let reviewers review what nobody disputed."""
    role = apps.get_model("parties", "Role")
    for found in role.objects.filter(key__in=REVIEWERS):
        found.verbs = sorted({*found.verbs, REVIEWING})
        found.save(update_fields=["verbs"])


def revoke(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    role = apps.get_model("parties", "Role")
    for found in role.objects.all():
        found.verbs = sorted({*found.verbs} - {REVIEWING})
        found.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("parties", "0011_installation")]
    operations = [
        migrations.RunPython(grant, revoke),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("hours", models.CharField(blank=True, max_length=200)),
                (
                    "customer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact",
                        to="parties.customer",
                    ),
                ),
                (
                    "program",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact",
                        to="parties.program",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="parties.user",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", True), ("program__isnull", False)),
                            models.Q(("customer__isnull", False), ("program__isnull", True)),
                            _connector="OR",
                        ),
                        name="contact_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("email", ""), _negated=True)
                        ),
                        name="contact_can_be_named_and_written_to",
                    ),
                ],
            },
        ),
        TrigramExtension(),
    ]
