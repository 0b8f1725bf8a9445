"""Relations between models, and foreign keys in the database, point to the same or a lower app."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from tests.architecture.layers import app_of_table, heights, points_up

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, confrelid::regclass::text, conname
FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0
"""


def upward_relations(candidates: Iterable[type[models.Model]]) -> list[str]:
    """Every relation of these models to an app beside or above their own."""
    height = heights()
    return [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in candidates
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and isinstance(field.related_model, type)
        and points_up(model._meta.app_label, field.related_model._meta.app_label, height)
    ]


def test_relations_point_downward() -> None:
    assert upward_relations(apps.get_models(include_auto_created=True)) == []


@isolate_apps("makegood.ledger", "makegood.disputes")
def test_a_planted_relation_is_reported() -> None:
    class Dispute(models.Model):  # noqa: DJ008 - planted
        class Meta:
            app_label = "disputes"

    class Hold(models.Model):  # noqa: DJ008 - planted
        dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE)
        other = models.ForeignKey("self", on_delete=models.CASCADE)

        class Meta:
            app_label = "ledger"

    assert upward_relations([Dispute, Hold]) == ["ledger.Hold.dispute -> disputes.Dispute"]


@pytest.mark.django_db
def test_foreign_keys_in_the_database_point_downward() -> None:
    height = heights()
    with connection.cursor() as cursor:
        cursor.execute(FOREIGN_KEYS)
        keys = cursor.fetchall()
    ours = [(app_of_table(source), app_of_table(target), name) for source, target, name in keys]
    known = [(source, target, name) for source, target, name in ours if source and target]
    assert known
    assert [name for source, target, name in known if points_up(source, target, height)] == []
