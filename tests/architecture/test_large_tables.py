"""Migrations leave large tables in use: no index is built and no rule is checked while nobody can write.

A table is large where an installation has a million rows of it. What a migration creates itself is empty, and may be
built as it likes. Migrations that stood before this rule are named; none is added to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from makegood.kernel.online import AddIndexOnline
from tests.architecture.layers import heights

LARGE = {
    "billing": {"charge", "service", "invoice", "payment"},
    "disputes": {"dispute", "decision", "slaclock", "comment", "review", "handling", "desktime", "bulkplanrow"},
    "evidence": {"recording", "recordingaccess", "file"},
    "journal": {"journalevent", "command"},
    "ledger": {"entry", "posting", "adjustment", "chargebalance"},
    "parties": {"customer"},
}
BEFORE_THE_RULE = frozenset(
    {
        ("billing", "0003_invoice_lines"),
        ("billing", "0004_corrected_once"),
        ("billing", "0005_usage_of_invoice"),
        ("billing", "0006_features_of_customer"),
        ("billing", "0008_log"),
        ("disputes", "0004_wider_cases"),
        ("disputes", "0005_afterward"),
        ("disputes", "0011_desk"),
        ("journal", "0004_command_expired"),
    }
)
"""They are of a time without installations to upgrade."""


def complaints(name: tuple[str, str], migration: migrations.Migration) -> Iterator[str]:
    """What a migration does to large tables that keeps people from using them."""
    app = name[0]
    made = {one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)}
    large = LARGE.get(app, set()) - made
    for one in flat(migration.operations):
        if str(getattr(one, "model_name", "")).lower() in large and (said := blocks(one)):
            yield f"{app}.{name[1]}: {said} on {one.model_name}"  # type: ignore[attr-defined]
    online = [one for one in migration.operations if isinstance(one, ONLINE)]
    if online and len(online) != len(migration.operations):
        yield f"{app}.{name[1]}: stands outside a transaction with what needs one"


ONLINE = (AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint)


def flat(operations: Sequence[Operation]) -> Iterator[Operation]:
    """Operations, those for the database inside of others too."""
    for one in operations:
        if isinstance(one, migrations.SeparateDatabaseAndState):
            yield from flat(one.database_operations)
        else:
            yield one


def blocks(one: Operation) -> str:
    """How an operation keeps others from a table; empty where it does not, or only for a moment."""
    if isinstance(one, AddIndexConcurrently):
        return "" if isinstance(one, AddIndexOnline) else "an index that cannot be built again"
    if isinstance(one, migrations.AddIndex):
        return "an index that is built while nobody can write"
    if isinstance(one, AddConstraintNotValid):
        return ""
    if isinstance(one, migrations.AddConstraint):
        return "a constraint that is checked while nobody can write"
    if isinstance(one, migrations.AddField):
        return _field(one.field)
    if isinstance(one, migrations.AlterField) and (getattr(one.field, "db_index", False) or one.field.unique):
        return "an index that is built while nobody can write"
    return ""


def _field(field: models.Field[object, object]) -> str:
    is_checked = isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True)
    if getattr(field, "db_index", False) or field.unique or is_checked:
        return "a column with an index or a key that is checked while nobody can write"
    return ""


def ours() -> list[tuple[tuple[str, str], migrations.Migration]]:
    """Our migrations after the first of each app."""
    height, loader = heights(), MigrationLoader(None, ignore_no_migrations=True)
    found = [(name, one) for name, one in loader.disk_migrations.items() if name[0] in height]
    return [(name, one) for name, one in found if not name[1].startswith("0001_")]


def test_large_tables_stay_in_use() -> None:
    said = {name: list(complaints(name, migration)) for name, migration in ours()}
    blocking = {name for name, found in said.items() if found}
    assert [one for name in sorted(blocking - BEFORE_THE_RULE) for one in said[name]] == []
    assert blocking >= BEFORE_THE_RULE


def test_the_tables_are_there() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.project_state().models)
    assert {(app, name) for app, names in LARGE.items() for name in names} <= known


@pytest.mark.parametrize(
    "blocking",
    [
        migrations.AddIndex("charge", models.Index(fields=["unit"], name="x")),
        AddIndexConcurrently("charge", models.Index(fields=["unit"], name="x")),
        migrations.AddConstraint("charge", models.CheckConstraint(condition=models.Q(unit=""), name="x")),
        migrations.AddField("charge", "x", models.IntegerField(null=True, db_index=True)),
    ],
)
def test_what_blocks_is_seen(blocking: Operation) -> None:
    made = migrations.Migration("0099_x", "billing")
    made.operations = [blocking]
    assert list(complaints(("billing", "0099_x"), made))
    small = migrations.Migration("0099_x", "billing")
    small.operations = [migrations.CreateModel("Charge", []), blocking]
    assert [one for one in complaints(("billing", "0099_x"), small) if "on charge" in one] == []
