"""For every test: the network is closed, except to this machine."""

import gc
import os
import socket
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from makegood.project.postgres.pytest_scratch import SCRATCH
from tests.standing import Beginning

pytest_plugins = ["tests.world", "tests.api_client"]

HERE = ("127.", "::1", "localhost", "0.0.0.0")  # noqa: S104 - compared with, never bound


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins every worker's share, so that nobody is waited for at the end; xdist deals out shares.

    The tests of a file stay together, for what they share.
    """
    shares: list[list[pytest.Item]] = [[] for _ in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))]
    long: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow") or item.get_closest_marker("browser"):
            long.setdefault(str(item.path), []).append(item)
    for place, tests in enumerate(long.values()):
        shares[place % len(shares)] += tests
    known = set(chain.from_iterable(shares))
    short = [item for item in items if item not in known]
    for share in shares:
        room = -(-len(items) // len(shares)) - len(share)
        share += short[: max(0, room)]
        short = short[max(0, room) :]
    items[:] = [*chain.from_iterable(shares), *short]


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
