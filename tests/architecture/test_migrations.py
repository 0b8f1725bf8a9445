"""Migrations depend on lower apps only, and say everything the models say."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.architecture.layers import heights, points_up


def test_dependencies_point_downward() -> None:
    height = heights()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    links = [
        (app, name, target)
        for (app, name), migration in loader.disk_migrations.items()
        for target, _ in [*migration.dependencies, *migration.run_before]
    ]
    assert any(app in height for app, _, _ in links)
    assert [f"{app}.{name} -> {target}" for app, name, target in links if points_up(app, target, height)] == []


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    assert capsys.readouterr().out == "No changes detected\n"
