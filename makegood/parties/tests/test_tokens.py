"""Tokens: whom they let in, what they may and see, how they are made and ended; and that the secret is kept nowhere."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties import errors
from makegood.parties.entries import SYSTEM, TOKEN_PREFIX, Principal, Scope, token_digest
from makegood.parties.models import Token, User
from makegood.parties.operations import MadeToken, create_token, grant_verbs, revoke_token, set_grants, touch_token
from makegood.parties.selectors import limits_named, sign_in, tokens
from makegood.parties.states import Dimension, TokenState, Verb
from tests.refusals import run, snapshot, unchanged
from tests.world import World

EVERYTHING = ((Dimension.ALL, ""),)
SEES = [Verb.DISPUTE_VIEW, Verb.CHARGE_VIEW]


def made(acts_for: Principal | None = None, **terms: Any) -> MadeToken:
    """A token that views disputes and charges; for nobody it sees everything."""
    person = User.objects.get(pk=acts_for.id) if acts_for else None
    grants = () if person else EVERYTHING
    return create_token(SYSTEM, **{"name": "Feed", "scopes": SEES, "acts_for": person, "grants": grants, **terms})


def let_in(secret: str, ip: str | None = None) -> Principal:
    """The principal that the token lets in."""
    signed = sign_in(secret, ip=ip)
    assert signed is not None
    return signed.principal


def test_nobody_behind_it_may_and_sees_what_the_token_says(world: World) -> None:
    new = made(per_minute=90, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk)), (Dimension.AGENT, "ann")])
    signed = sign_in(new.secret, request_id="req-1", ip="192.0.2.9")
    assert signed is not None
    assert (signed.token_id, signed.per_minute, signed.last_used_at) == (new.token.pk, 90, None)
    assert signed.principal == Principal(
        id=None,
        label="Feed",
        role="service",
        verbs=frozenset(SEES),
        scope=Scope(paths=(world.customer.path,), agents=("ann",)),
        token_id=new.token.pk,
        request_id="req-1",
        ip="192.0.2.9",
    )
    assert not signed.principal.is_person


def test_a_person_behind_it_is_who_acts(buyer: Principal, world: World) -> None:
    principal = let_in(made(buyer).secret)
    assert (principal.id, principal.acting_for, principal.label) == (buyer.id, buyer.id, buyer.label)
    assert (principal.role, principal.customer_id, principal.is_person) == ("buyer", world.customer.pk, True)
    assert principal.scope == buyer.scope
    assert principal.verbs == frozenset(SEES)


def test_it_may_what_its_scopes_and_the_role_both_name(manager: Principal) -> None:
    secret = made(manager, scopes=[*SEES, Verb.DISPUTE_DECIDE]).secret
    role = User.objects.get(pk=manager.id).role
    grant_verbs(
        SYSTEM, role=role, verbs=frozenset({Verb.DISPUTE_VIEW, Verb.DISPUTE_DECIDE}), max_decision_micros={"USD": 7}
    )
    principal = let_in(secret)
    assert principal.verbs == {Verb.DISPUTE_VIEW, Verb.DISPUTE_DECIDE}
    assert principal.max_decision_micros == {"USD": 7}


def test_its_own_limits_narrow_those_of_the_person(manager: Principal, world: World) -> None:
    limits = [(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))]
    secret = made(manager, grants=limits).secret
    assert let_in(secret).scope == Scope(paths=(world.customer.path,))
    set_grants(SYSTEM, user=User.objects.get(pk=manager.id), grants=[(Dimension.AGENT, "ann")])
    assert let_in(secret).scope == Scope(paths=(world.customer.path,), agents=("ann",))
    set_grants(SYSTEM, user=User.objects.get(pk=manager.id), grants=[])
    assert let_in(secret).scope.nothing


def test_limits_to_everything_widen_nobody(buyer: Principal) -> None:
    assert let_in(made(buyer, grants=EVERYTHING).secret).scope == buyer.scope


def test_a_limit_to_a_customer_that_is_gone_shows_nothing(manager: Principal) -> None:
    secret = made(manager, grants=[(Dimension.CUSTOMER_SUBTREE, "987654321")]).secret
    assert let_in(secret).scope == Scope(paths=())
    assert not let_in(secret).scope.nothing


@pytest.mark.parametrize("secret", ["", "mg_", "mg_" + "A" * 43, "\x00", "\ud800", "é" * 9_000])
def test_a_token_that_was_never_made_lets_nobody_in(secret: str, world: World) -> None:
    made()
    assert sign_in(secret) is None


def test_only_the_very_text_lets_in(world: World) -> None:
    secret = made().secret
    for text in (secret.lower(), secret.upper(), f"{secret} ", secret[:-1], secret.removeprefix(TOKEN_PREFIX)):
        assert sign_in(text) is None, text


def test_an_ended_token_lets_nobody_in(world: World) -> None:
    new = made()
    revoke_token(SYSTEM, token_id=new.token.pk)
    assert sign_in(new.secret) is None


def test_it_ends_at_its_time_and_not_before(world: World) -> None:
    at = clock.now() + timedelta(days=90)
    secret = made(expires_at=at).secret
    with clock.frozen(at - timedelta(microseconds=1)):
        assert sign_in(secret) is not None
    with clock.frozen(at):
        assert sign_in(secret) is None


def test_a_person_who_was_switched_off_is_no_more_let_in(manager: Principal) -> None:
    secret = made(manager).secret
    User.objects.filter(pk=manager.id).update(is_active=False)
    assert sign_in(secret) is None


@pytest.mark.parametrize(
    ("networks", "ip", "lets_in"),
    [
        ([], None, True),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.0/24"], "::ffff:192.0.2.7", True),
        (["192.0.2.0/24"], "::ffff:192.0.3.7", False),
        (["::ffff:192.0.2.0/120"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["2001:db8:5::/48"], "2001:db8:5:ffff::1", True),
        (["2001:db8:5::/48"], "2001:0DB8:0005:0000::0001", True),
        (["2001:db8:5::/48"], "2001:db8:6::1", False),
        (["2001:db8:5::/48"], "192.0.2.7", False),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::5", True),
        (["192.0.2.0/24"], None, False),
        (["192.0.2.0/24"], "unknown", False),
        (["0.0.0.0/0"], "2001:db8::5", False),
    ],
)
def test_where_it_may_come_from(world: World, networks: list[str], ip: str | None, *, lets_in: bool) -> None:
    assert (sign_in(made(networks=networks).secret, ip=ip) is not None) is lets_in


def test_networks_are_kept_once_and_as_they_are_usually_written(world: World) -> None:
    given = [" 192.0.2.7", "192.0.2.7/32", "2001:0DB8::/32", "::ffff:192.0.2.0/120", "::/64"]
    assert made(networks=given).token.networks == ["192.0.2.7/32", "2001:db8::/32", "192.0.2.0/24", "::/64"]


REFUSED: list[tuple[dict[str, Any], type[Refusal], str]] = [
    ({"scopes": ["dispute.eat"]}, errors.UnknownScope, '"dispute.eat" is no scope. The scopes are: charge.view, '),
    (
        {"scopes": ["dispute.decide"]},
        errors.PermissionNeeded,
        '"dispute.decide" cannot be granted without "dispute.view".',
    ),
    ({"scopes": []}, errors.BadTokenTerms, "The token cannot be made: it needs at least one scope."),
    (
        {"grants": ()},
        errors.BadTokenTerms,
        "The token cannot be made: it acts for nobody, so it needs limits that say what it sees.",
    ),
    ({"name": "  "}, errors.BadTokenTerms, "The token cannot be made: its name needs 1 to 100 characters."),
    ({"name": "x" * 101}, errors.BadTokenTerms, "The token cannot be made: its name needs 1 to 100 characters."),
    (
        {"per_minute": 0},
        errors.BadTokenTerms,
        "The token cannot be made: it may make 1 to 1,000,000 requests a minute.",
    ),
    (
        {"per_minute": 1_000_001},
        errors.BadTokenTerms,
        "The token cannot be made: it may make 1 to 1,000,000 requests a minute.",
    ),
    *(
        ({"networks": [text]}, errors.BadNetwork, f'"{text}" is not an address or a network such as 192.0.2.0/24.')
        for text in ("office", "192.0.2.5/24", "192.0.2.0/33", "1.2.3", "0x7f.1", "fe80::1%eth0", "", "\uff11.2.3.4")
    ),
]


@pytest.mark.parametrize(("terms", "error", "message"), REFUSED)
def test_token_that_cannot_be_made(world: World, terms: dict[str, Any], error: type[Refusal], message: str) -> None:
    with unchanged(), pytest.raises(error) as raised:
        made(**terms)
    assert raised.value.message.startswith(message)


def test_token_that_would_have_ended_already(world: World) -> None:
    now = clock.now()
    with clock.frozen(now), unchanged(), pytest.raises(errors.BadTokenTerms) as raised:
        made(expires_at=now)
    assert raised.value.message == "The token cannot be made: it would have ended already."


def test_nobody_gets_more_by_a_token_than_by_their_role(buyer: Principal) -> None:
    with unchanged(), pytest.raises(errors.ScopeNotHeld) as raised:
        made(buyer, scopes=[*SEES, Verb.DISPUTE_DECIDE])
    assert raised.value.message == ('buyer may not "dispute.decide", so a token that acts for them cannot either.')


def test_no_token_for_a_person_who_was_switched_off(buyer: Principal) -> None:
    User.objects.filter(pk=buyer.id).update(is_active=False)
    with unchanged(), pytest.raises(errors.BadTokenTerms) as raised:
        made(buyer)
    assert raised.value.message == "The token cannot be made: buyer may not sign in any more."


@pytest.mark.parametrize("who", ["buyer", "manager", "csr", "qa", "vendor"])
def test_only_those_who_manage_tokens_make_and_end_them(who: str, request: pytest.FixtureRequest) -> None:
    principal = request.getfixturevalue(who)
    token = made().token
    for act in (
        lambda: create_token(principal, name="Mine", scopes=SEES, grants=EVERYTHING),
        lambda: revoke_token(principal, token_id=token.pk),
    ):
        with unchanged(), pytest.raises(errors.NotPermitted) as raised:
            act()
        assert raised.value.message == 'This needs the permission "token.manage"; an administrator can grant it.'


def test_a_token_that_is_not_there_cannot_be_ended(world: World) -> None:
    with unchanged(), pytest.raises(errors.NotFound):
        revoke_token(SYSTEM, token_id=987_654)


def test_making_and_ending_are_journaled_once(world: World, buyer: Principal) -> None:
    admin = world.person("admin")
    person = User.objects.get(pk=buyer.id)
    limits = [(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))] * 2
    new = create_token(admin, name=" Nightly ", scopes=SEES, acts_for=person, grants=limits, networks=["192.0.2.0/24"])
    ended = revoke_token(admin, token_id=new.token.pk)
    with unchanged():
        assert revoke_token(admin, token_id=new.token.pk).revoked_at == ended.revoked_at
    events = JournalEvent.objects.filter(object_kind="token", object_id=new.token.pk).order_by("id")
    assert [(row.event, row.principal, row.customer_id, row.changes) for row in events] == [
        (
            "token.created",
            admin.id,
            world.customer.pk,
            {
                "name": "Nightly",
                "acts_for": buyer.id,
                "scopes": ["charge.view", "dispute.view"],
                "limits": [["customer_subtree", str(world.customer.pk)]],
                "networks": ["192.0.2.0/24"],
            },
        ),
        ("token.revoked", admin.id, None, {"name": "Nightly"}),
    ]
    assert new.token.created_by_id == admin.id


def test_the_secret_is_kept_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    new = made()
    sign_in(new.secret, ip="192.0.2.1")
    revoke_token(SYSTEM, token_id=new.token.pk)
    rest = new.secret.removeprefix(new.token.hint)
    assert (len(new.secret), len(rest), new.token.hint[:3]) == (46, 37, TOKEN_PREFIX)
    assert bytes(Token.objects.get().digest) == token_digest(new.secret)
    written = [text for table in snapshot() for (text,) in run(f'SELECT t::text FROM "{table}" t')]  # noqa: S608
    told = [caplog.text, str(new), repr(new), str(new.token), repr(new.token), json.dumps(new.token.scopes)]
    assert [text for text in (*written, *told) if rest in text] == []


def test_two_tokens_share_nothing(world: World) -> None:
    one, two = made(), made()
    assert one.secret != two.secret
    assert [(row.id, row.name) for row in tokens()] == [(two.token.pk, "Feed"), (one.token.pk, "Feed")]


def test_the_list_says_who_is_let_in_and_why_not(manager: Principal, buyer: Principal) -> None:
    made(name="runs")
    revoke_token(SYSTEM, token_id=made(name="revoked").token.pk)
    made(manager, name="expired", expires_at=clock.now() + timedelta(days=1))
    made(buyer, name="off")
    User.objects.filter(pk=buyer.id).update(is_active=False)
    with clock.shifted(timedelta(days=2)):
        found = {row.name: (row.state, row.acts_for, row.sees) for row in tokens()}
    assert found == {
        "runs": (TokenState.ACTIVE, "", ("everything",)),
        "revoked": (TokenState.REVOKED, "", ("everything",)),
        "expired": (TokenState.EXPIRED, "manager@test.example", ()),
        "off": (TokenState.PERSON_OFF, "buyer@test.example", ()),
    }


def test_limits_are_named_in_words(world: World, manager: Principal) -> None:
    limits = limits_named(SYSTEM, customers=["B1"], programs=[world.program.key])
    made(manager, grants=[*limits, (Dimension.VENDOR, str(world.vendor.pk)), (Dimension.CUSTOMER_TAG, "gold")])
    (row,) = tokens()
    assert set(row.sees) == {
        "Acme Plumbing (B1) and below", "program Calls", "vendor North Ads (V1)", "customer tag gold",
    }  # fmt: skip


def test_nobody_names_limits_that_they_do_not_see(buyer: Principal) -> None:
    with pytest.raises(errors.UnknownCustomer):
        limits_named(buyer, customers=["B2"])


def test_the_last_use_is_noted_once_a_minute(world: World) -> None:
    new, first = made(), clock.now()
    with clock.frozen(first):
        touch_token(new.token.pk)
    for later, noted in ((timedelta(seconds=59), first), (timedelta(seconds=61), first + timedelta(seconds=61))):
        with clock.frozen(first + later):
            touch_token(new.token.pk)
            signed = sign_in(new.secret)
        assert signed is not None
        assert signed.last_used_at == noted
