"""For every test: the network is closed, except to this machine."""

import gc
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from makegood.project.postgres.pytest_scratch import SCRATCH
from tests.standing import Beginning

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
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Beginning]:
    """A test that commits leaves the database as it was migrated, by a shorter way than truncating every table.

    The value is that way, for what commits outside a test.
    """
    with django_db_blocker.unblock():
        beginning = Beginning()
    # What is there by now, thousands of tests among it, stays to the end: no collection looks at it again.
    gc.enable()
    gc.collect()
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: beginning.return_to())
        yield beginning


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """While the tables are made hardly anything is garbage, and looking for it is a quarter of that work."""
    gc.disable()


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """A test database on a server that ends with the run need not be dropped, whoever is still connected to it."""
    return SCRATCH in os.environ or bool(request.config.getvalue("reuse_db"))
