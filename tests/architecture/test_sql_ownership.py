"""A .sql file writes its own app's tables and reads those of its own and lower apps."""

import pytest
from django.apps import apps

from tests.architecture.layers import PACKAGE, app_of_table, apps_present, heights, points_up
from tests.architecture.sql_files import use_of


def violations(app: str, text: str) -> list[str]:
    """What a .sql file of this app may not do."""
    height, use = heights(), use_of(text)
    found = [f"writes {table}" for table in use.written if app_of_table(table) not in {None, app}]
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    read = use.read | (use.listed & tables)
    found += [f"reads {table}" for table in read if points_up(app, app_of_table(table) or app, height)]
    found += [f"includes a part of {other}" for other in use.included if points_up(app, other, height)]
    return sorted(found)


def test_every_file_keeps_to_its_own_tables() -> None:
    files = sorted(PACKAGE.rglob("*.sql"))
    assert files
    offenders = {
        str(path.relative_to(PACKAGE)): found
        for path in files
        if (found := violations(path.relative_to(PACKAGE).parts[0], path.read_text(encoding="utf-8")))
    }
    assert offenders == {}


def test_every_file_belongs_to_an_app() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.sql")} <= apps_present()


@pytest.mark.parametrize(
    ("app", "text", "expected"),
    [
        ("disputes", "INSERT INTO ledger_hold (a) SELECT 1", ["writes ledger_hold"]),
        ("disputes", "update\n  ledger_hold set a = 1", ["writes ledger_hold"]),
        ("disputes", "DELETE FROM ONLY ledger_hold", ["writes ledger_hold"]),
        ("disputes", "COPY ledger_hold FROM STDIN", ["writes ledger_hold"]),
        ("disputes", 'INSERT INTO "ledger_hold" VALUES (1)', ["writes ledger_hold"]),
        ("ledger", "SELECT 1 FROM disputes_dispute", ["reads disputes_dispute"]),
        ("ledger", "SELECT 1 FROM ledger_hold h JOIN billing_charge c USING (id)", ["reads billing_charge"]),
        ("ledger", "SELECT 1 FROM ledger_hold, billing_charge", ["reads billing_charge"]),
        ("notifications", "SELECT 1 FROM imports_batch", ["reads imports_batch"]),
        ("ledger", "-- include: disputes.judge\nSELECT 1", ["includes a part of disputes"]),
        ("parties", "SELECT number, billing_mode FROM parties_customer", []),
        ("disputes", "SELECT 1 FROM ledger_hold h FOR UPDATE OF h", []),
        ("disputes", "INSERT INTO disputes_plan SELECT 1 ON CONFLICT DO UPDATE SET a = 1", []),
        ("disputes", "-- UPDATE ledger_hold\nSELECT 'DELETE FROM ledger_hold'", []),
        ("disputes", "WITH hold AS (SELECT 1) SELECT * FROM hold", []),
        ("disputes", "-- include: ledger.place_holds\nSELECT 1", []),
    ],
)
def test_planted_statement(app: str, text: str, expected: list[str]) -> None:
    assert violations(app, text) == expected
