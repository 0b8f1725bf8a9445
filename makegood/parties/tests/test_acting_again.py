"""Who began something goes on with it as far as that person or token may now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Token, User
from makegood.parties.operations import create_token
from makegood.parties.selectors import acting_again, sign_in
from makegood.parties.states import Verb
from tests.world import World


def test_a_person_and_the_system_act_again_and_whoever_left_does_not(manager: Principal) -> None:
    assert acting_again(None, None) == SYSTEM
    assert acting_again(manager.id, None) == manager
    User.objects.filter(pk=manager.id).update(is_active=False)
    assert acting_again(manager.id, None) is None


@pytest.mark.parametrize("ended", [{"revoked_at": clock.now()}, {"expires_at": clock.now() - timedelta(days=1)}])
def test_a_token_acts_again_from_anywhere_until_it_ends(
    world: World, manager: Principal, ended: dict[str, object]
) -> None:
    person = User.objects.get(pk=manager.id)
    scopes = frozenset({Verb.DISPUTE_VIEW, Verb.DISPUTE_DECIDE})
    made = create_token(SYSTEM, name="bulk", acts_for=person, scopes=scopes, networks=["10.0.0.0/8"])
    signed = sign_in(made.secret, ip="10.1.2.3")
    assert signed is not None
    assert acting_again(manager.id, signed.token_id) == replace(signed.principal, ip=None)
    assert acting_again(None, signed.token_id) is None
    Token.objects.filter(pk=signed.token_id).update(**ended)
    assert acting_again(manager.id, signed.token_id) is None
    assert acting_again(manager.id, 0) is None
