"""What tests of the native service share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from makegood.parties.entries import SYSTEM
from makegood.parties.models import Role
from makegood.parties.operations import grant_verbs
from makegood.parties.states import Verb
from tests.world import World


@pytest.fixture
def grant(world: World) -> Callable[..., None]:
    """Grants a role more verbs."""

    def give(role_key: str, *verbs: Verb) -> None:
        role = Role.objects.get(key=role_key)
        grant_verbs(SYSTEM, role=role, verbs=frozenset({*(Verb(verb) for verb in role.verbs), *verbs}))

    return give
