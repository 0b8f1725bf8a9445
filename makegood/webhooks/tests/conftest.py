"""An administrator with an endpoint, and a receiver behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Role, User
from makegood.parties.operations import grant_verbs
from makegood.parties.selectors import principal_of
from makegood.parties.states import Verb
from makegood.webhooks.models import Endpoint
from makegood.webhooks.operations import MadeEndpoint, create_endpoint
from makegood.webhooks.tests.receiver import Receiver, listening
from tests.world import World

EndpointMaker = Callable[..., MadeEndpoint]


@pytest.fixture
def world(world: World) -> World:
    """The marketplace, whose disputes stay open when they are decided."""
    world.program.settings["auto_close"] = False
    world.program.save()
    return world


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A receiver on this machine, on the operator's list."""
    settings.WEBHOOK_ALLOW = ("127.0.0.1",)
    with listening() as receiver:
        yield receiver


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


@pytest.fixture
def listening_buyer(buyer: Principal) -> Principal:
    """A buyer whose role may manage webhooks."""
    return allowed(buyer)


@pytest.fixture
def endpoint(admin: Principal, receiver: Receiver) -> Endpoint:
    """The administrator's endpoint, for everything."""
    return create_endpoint(admin, url=receiver.url).endpoint


def allowed(principal: Principal) -> Principal:
    """The same person after the role was granted to manage webhooks."""
    role = Role.objects.get(key=principal.role)
    grant_verbs(SYSTEM, role=role, verbs=frozenset({Verb(verb) for verb in role.verbs} | {Verb.WEBHOOK_MANAGE}))
    return principal_of(User.objects.get(pk=principal.id))
