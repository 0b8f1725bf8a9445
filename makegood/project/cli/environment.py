"""What every command that touches data stands on: an installation, its database, Django set up for both."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.core.files.storage import storages
from django.db import connections

from makegood.project import database_url, installation
from makegood.project.cli.options import data_option
from makegood.project.first_run import ensure_program
from makegood.project.postgres import EmbeddedServer, attach_or_start
from makegood.project.schema import migrate_if_needed
from makegood.project.storage import evidence_storage

__all__ = ["Installation", "data_option", "installed"]


@dataclass(frozen=True)
class Installation:
    """A data directory and the database that belongs to it; `server` where this process runs that
    database."""

    data: Path
    dsn: str
    server: EmbeddedServer | None


@contextmanager
def installed(data: Path, *, migrated: bool = True) -> Iterator[Installation]:
    """Work with an installation: its database runs, Django uses it, and its tables are up to date.

    The embedded server is used if somebody runs it already, else it runs until the block ends; DATABASE_URL
    selects another. Raises OperatorProblem.
    """
    data = data.absolute()
    elsewhere = bool(os.environ.get("DATABASE_URL"))
    with attach_or_start(data) as attachment, _environment(data, attachment.dsn):
        django.setup()
        with _settings(data):
            if not elsewhere:
                _connect_to(attachment.dsn)
            try:
                if migrated:
                    migrate_if_needed()
                    ensure_program()
                yield Installation(data, attachment.dsn, attachment.server)
            finally:
                if not elsewhere:
                    connections.close_all()


@contextmanager
def _environment(data: Path, dsn: str) -> Iterator[None]:
    """Tell child processes which installation this is."""
    wanted = {
        "MAKEGOOD_DATA": str(data),
        "DATABASE_URL": dsn,
        "SECRET_KEY": installation.ensure_secret_key(data),
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _settings(data: Path) -> Iterator[None]:
    """Tell ourselves: Django may have read its settings before the data directory was known."""
    wanted = {"SECRET_KEY": os.environ["SECRET_KEY"], "DATA_DIR": data, "STATIC_ROOT": data / "static"}
    before, files = {name: getattr(settings, name) for name in wanted}, storages.backends["evidence"]
    for name, value in wanted.items():
        setattr(settings, name, value)
    storages.backends["evidence"] = evidence_storage(os.environ, data)  # type: ignore[assignment]  # stubs: the instance
    try:
        yield
    finally:
        storages.backends["evidence"] = files
        for name, value in before.items():
            setattr(settings, name, value)


def _connect_to(dsn: str) -> None:
    """Let Django's connections, not opened yet, lead to this database."""
    connections.close_all()
    connections.settings["default"].update(database_url.parse(dsn))
