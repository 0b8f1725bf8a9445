"""Managers and administrators may close statements."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES, CLOSING = ("admin", "manager"), "statement.close"


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the roles the verb."""
    for role in apps.get_model("parties", "Role").objects.filter(key__in=ROLES):
        role.verbs = sorted({*role.verbs, CLOSING})
        role.save(update_fields=["verbs"])


def revoke(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    for role in apps.get_model("parties", "Role").objects.filter(key__in=ROLES):
        role.verbs = sorted({*role.verbs} - {CLOSING})
        role.save(update_fields=["verbs"])


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_afterward")]
    operations = [migrations.RunPython(grant, revoke)]
