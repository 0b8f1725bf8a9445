"""For every test: the network is closed, except to this machine."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from makegood.project.postgres.pytest_scratch import SCRATCH

pytest_plugins = ["tests.world", "tests.api_client"]

HERE = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, never bound


class NetworkClosed(RuntimeError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def _closed_network() -> Iterator[None]:
    """Refuse connections that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(HERE):
            raise NetworkClosed(f"A test tried to reach {address[0]}.")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """What makegood never empties, a test that commits has to: the tables of history forget that law."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_kept'")
        for trigger, table in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """A test database on a server that ends with the run need not be dropped, whoever is still connected to it."""
    return SCRATCH in os.environ or bool(request.config.getvalue("reuse_db"))
