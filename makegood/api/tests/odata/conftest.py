"""Fixtures of the OData tests."""

from __future__ import annotations

import pytest

from makegood.api.tests.odata.scene import Scene, build_scene, fill
from makegood.parties.entries import Principal
from tests.world import World


@pytest.fixture
def bills(world: World, buyer: Principal, other_buyer: Principal, manager: Principal) -> Scene:
    """Bills without lines."""
    return build_scene(world, buyer, other_buyer, manager)


@pytest.fixture
def scene(bills: Scene) -> Scene:
    """Bills, usage, lines and disputes in many states."""
    fill(bills)
    return bills
