"""People of one marketplace; each test runs in one transaction."""

from __future__ import annotations

import pytest

from makegood.notifications.tests.world import World, build_world
from makegood.parties.models import User


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def manager(world: World) -> User:
    return world.person("manager", "manager")


@pytest.fixture
def buyer(world: World) -> User:
    return world.person("buyer", "buyer", customer=world.customer)


@pytest.fixture
def other_buyer(world: World) -> User:
    return world.person("other_buyer", "buyer", customer=world.other_customer)


@pytest.fixture
def vendor(world: World) -> User:
    return world.person("vendor", "vendor", vendor=world.vendor)


@pytest.fixture
def other_vendor(world: World) -> User:
    return world.person("other_vendor", "vendor", vendor=world.other_vendor)


@pytest.fixture
def csr(world: World) -> User:
    return world.person("csr", "csr")
