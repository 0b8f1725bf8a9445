"""The roles every installation starts with."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from makegood.parties.states import ROLES


def add_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One row per role, with its name and verbs."""
    role = apps.get_model("parties", "Role")
    role.objects.bulk_create(
        [role(key=key.value, name=name, verbs=sorted(v.value for v in verbs)) for key, (name, verbs) in ROLES.items()]
    )


def remove_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the starting roles out again."""
    apps.get_model("parties", "Role").objects.filter(key__in=[key.value for key in ROLES]).delete()


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [migrations.RunPython(add_roles, remove_roles)]
