"""Every way to claw back that the ledger knows; managers may reverse, charge a fee and reopen."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AFTERWARD = ("dispute.fee", "dispute.reopen", "dispute.reverse")
MODES = ["none", "proportional", "full_on_accept", "capped_at_credit"]


def _managers(apps: Apps, change: set[str], *, grant: bool) -> None:
    for role in apps.get_model("parties", "Role").objects.filter(key="manager"):
        verbs = set(role.verbs)
        role.verbs = sorted(verbs | change if grant else verbs - change)
        role.save(update_fields=["verbs"])


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give managers the verbs that come after a decision."""
    _managers(apps, set(AFTERWARD), grant=True)


def revoke(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away again."""
    _managers(apps, set(AFTERWARD), grant=False)


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_clawback_mode")]
    operations = [
        migrations.RemoveConstraint(model_name="vendor", name="vendor_clawback_mode"),
        migrations.AddConstraint(
            model_name="vendor",
            constraint=models.CheckConstraint(
                condition=models.Q(("clawback_mode__in", MODES)), name="vendor_clawback_mode"
            ),
        ),
        migrations.RunPython(grant, revoke),
    ]
