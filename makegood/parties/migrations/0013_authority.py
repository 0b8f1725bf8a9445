"""What was implied is said: an empty map of limits was no limit and is nothing from now on.

Nobody's authority changes: what was empty for people who decide or review says "no limit" afterward. Quality assurance
of an installation where nobody holds that role starts with nothing, as a new one does. A token that acts for nobody had
no limit at all, and says so now with the permission ``dispute.decide_over_limit``.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NO_LIMIT = {"*": 9_223_372_036_854_775_807}
NOTHING = {"USD": 0}
"""How an empty map said it before."""
DECIDES, REVIEWS, OVER = "dispute.decide", "review.proactive", "dispute.decide_over_limit"
QUALITY_ASSURANCE = "qa"


def say_it(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write "no limit" where an empty map meant it."""
    role, user, token = (apps.get_model("parties", name) for name in ("Role", "User", "Token"))
    for found in role.objects.filter(max_decision_micros={}, verbs__overlap=[DECIDES, REVIEWS]):
        if found.key == QUALITY_ASSURANCE and not user.objects.filter(role=found).exists():
            continue
        found.max_decision_micros = NO_LIMIT
        found.save(update_fields=["max_decision_micros"])
    people = user.objects.filter(role__verbs__overlap=[DECIDES, REVIEWS])
    people.filter(max_decision_micros={}).update(max_decision_micros=NO_LIMIT)
    for alone in token.objects.filter(acts_for=None, scopes__contains=[DECIDES]):
        alone.scopes = sorted({*alone.scopes, OVER})
        alone.save(update_fields=["scopes"])


def imply_it(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The way back: nothing is an amount of nothing, and no limit is an empty map."""
    role, user = (apps.get_model("parties", name) for name in ("Role", "User"))
    role.objects.filter(max_decision_micros={}, verbs__overlap=[DECIDES, REVIEWS]).update(max_decision_micros=NOTHING)
    user.objects.filter(max_decision_micros={}).update(max_decision_micros=NOTHING)
    for model in (role, user):
        model.objects.filter(max_decision_micros=NO_LIMIT).update(max_decision_micros={})


class Migration(migrations.Migration):
    dependencies = [("parties", "0012_contacts")]
    operations = [migrations.RunPython(say_it, imply_it)]
