"""Seeing before editing, invitations, and a limit of one's own."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ADDED = {
    "manager": {"policy.view", "program.view"},
    "admin": {"policy.view", "program.view", "program.edit", "user.view", "health.view"},
}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the roles the verbs; whoever may edit may see."""
    role = apps.get_model("parties", "Role")
    for found in role.objects.all():
        verbs = {*found.verbs} | ADDED.get(found.key, set())
        verbs |= {f"{name}.view" for name in ("policy", "user") if f"{name}.edit" in verbs}
        found.verbs = sorted(verbs)
        found.save(update_fields=["verbs"])


def revoke(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away again."""
    role = apps.get_model("parties", "Role")
    every = set().union(*ADDED.values())
    for found in role.objects.all():
        found.verbs = sorted({*found.verbs} - every)
        found.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("parties", "0009_saved_views")]
    operations = [
        migrations.RunPython(grant, revoke),
        migrations.AddField(
            model_name="user",
            name="max_decision_micros",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="role",
            name="requires_totp",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="SharedValue",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "parties_shared_value"},
        ),
        migrations.RunSQL("ALTER TABLE parties_shared_value SET UNLOGGED", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("used_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"),
                        name="invitation_ends_once",
                    )
                ],
            },
        ),
    ]
