"""The permissions of the web service, and the role that files and settles."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ADDED = {
    "buyer": {"dispute.edit", "customer.view"},
    "csr": {"dispute.edit", "customer.view"},
    "manager": {"dispute.close", "customer.view"},
    "admin": {"dispute.close", "customer.view", "token.manage", "webhook.manage"},
}
BILLING = (
    "charge.view",
    "customer.view",
    "dispute.close",
    "dispute.create",
    "dispute.decide",
    "dispute.edit",
    "dispute.fee",
    "dispute.reopen",
    "dispute.reverse",
    "dispute.view",
    "ledger.view",
    "phone.view",
)


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the roles the verbs; add the billing representative where it is missing."""
    role = apps.get_model("parties", "Role")
    for found in role.objects.filter(key__in=ADDED):
        found.verbs = sorted({*found.verbs} | ADDED[found.key])
        found.save(update_fields=["verbs"])
    role.objects.get_or_create(key="billing", defaults={"name": "Billing representative", "verbs": list(BILLING)})


def revoke(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away again; a role that people have stays."""
    role = apps.get_model("parties", "Role")
    for found in role.objects.filter(key__in=ADDED):
        found.verbs = sorted({*found.verbs} - ADDED[found.key])
        found.save(update_fields=["verbs"])
    role.objects.filter(key="billing", users__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("parties", "0006_tokens")]
    operations = [migrations.RunPython(grant, revoke)]
