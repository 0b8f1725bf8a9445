"""Verbs of people and roles: what they change, what they refuse with nothing changed, and who remains to manage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties import errors
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Role, User
from makegood.parties.operations import (
    accept_invitation,
    change_person,
    create_token,
    delete_role,
    invite,
    invite_again,
    limit_person,
    reset_second_step,
    revoke_invitation,
    set_grants,
    set_role,
    switch_person,
)
from makegood.parties.selectors import person_called, principal_of, sign_in
from makegood.parties.selectors.invitations import invitation_of
from makegood.parties.selectors.people_list import people, person
from makegood.parties.states import Dimension, PersonState, RoleKey, Verb
from tests.refusals import unchanged
from tests.world import PASSWORD, World

Deed = Callable[[], object]
NEW: dict[str, Any] = {"email": "mia@test.example", "role_key": "buyer", "customer_number": "B1"}


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def assert_refused(deed: Deed, error: type[Refusal], message: str) -> None:
    with unchanged(), pytest.raises(error) as raised:
        deed()
    assert raised.value.message == message


def facts(user_id: int | None, **changed: Any) -> dict[str, Any]:
    user = User.objects.select_related("role").get(pk=user_id)
    return {"user_id": user.pk, "name": user.name, "role_key": user.role.key, **changed}


def of(principal: Principal) -> int:
    assert principal.id is not None
    return principal.id


def test_an_invitation_is_accepted_once(admin: Principal) -> None:
    made = invite(admin, **NEW)
    row = person(admin, made.user.pk)
    assert (row.state, row.sees, row.user.is_active) == (
        PersonState.INVITED,
        "Sees customers under Acme Plumbing.",
        False,
    )
    assert len(made.secret) == 43
    assert invitation_of(made.secret).user == made.user
    user = accept_invitation(made.secret, name=" Mia  Ray ", password=PASSWORD, zone="Europe/Berlin")
    assert (user.name, user.is_active, user.check_password(PASSWORD)) == ("Mia Ray", True, True)
    assert person(admin, user.pk).state is PersonState.ACTIVE
    ended = "This invitation was used already. Sign in with the password that was chosen."
    again = lambda: accept_invitation(made.secret, name="Eve", password="another good one")  # noqa: E731
    assert_refused(again, errors.InvitationEnded, ended)
    assert_refused(lambda: invitation_of(made.secret), errors.InvitationEnded, ended)
    events = JournalEvent.objects.filter(object_kind="user", object_id=user.pk).order_by("id")
    assert list(events.values_list("event", flat=True)) == ["user.created", "user.invited", "user.invitation_accepted"]


def test_an_invitation_ends_by_time_by_hand_and_by_another_one(admin: Principal) -> None:
    first = invite(admin, **NEW)
    second = invite_again(admin, user_id=first.user.pk)
    taken_back = "This invitation was taken back. Ask your administrator for another one."
    assert_refused(lambda: invitation_of(first.secret), errors.InvitationEnded, taken_back)
    with clock.shifted(timedelta(days=7, seconds=1)):
        late = "This invitation is older than seven days. Ask your administrator for another one."
        assert_refused(
            lambda: accept_invitation(second.secret, name="", password=PASSWORD), errors.InvitationEnded, late
        )
        assert person(admin, first.user.pk).state is PersonState.LAPSED
    assert revoke_invitation(admin, user_id=first.user.pk)
    assert not revoke_invitation(admin, user_id=first.user.pk)
    assert_refused(lambda: invitation_of(second.secret), errors.InvitationEnded, taken_back)
    assert_refused(lambda: invitation_of("x" * 43), errors.NotFound, "Not found, or not yours.")


def test_an_invitation_asks_for_a_password_that_is_not_easily_guessed(admin: Principal) -> None:
    made = invite(admin, **NEW)
    deed = lambda: accept_invitation(made.secret, name="Mia", password="short")  # noqa: E731
    why = "This password is too short. It must contain at least 10 characters."
    assert_refused(deed, errors.WeakPassword, why)
    weak = lambda: accept_invitation(made.secret, name="x" * 201, password=PASSWORD)  # noqa: E731
    assert_refused(weak, errors.NameTooLong, "A name has at most 200 characters.")


def test_whoever_forgot_the_password_gets_a_link_that_ends_with_them(admin: Principal, buyer: Principal) -> None:
    first = invite_again(admin, user_id=of(buyer))
    switch_person(admin, user_id=of(buyer), on=False)
    taken_back = "This invitation was taken back. Ask your administrator for another one."
    assert_refused(lambda: invitation_of(first.secret), errors.InvitationEnded, taken_back)
    switch_person(admin, user_id=of(buyer), on=True)
    again = invite_again(admin, user_id=of(buyer))
    assert User.objects.get(pk=buyer.id).check_password(PASSWORD)
    user = accept_invitation(again.secret, name="Bea", password="another good one")
    assert (user.check_password("another good one"), user.is_active) == (True, True)


def test_who_is_off_is_not_invited_and_who_never_was_in_is_not_switched_on(admin: Principal, buyer: Principal) -> None:
    switch_person(admin, user_id=of(buyer), on=False)
    assert_refused(
        lambda: invite_again(admin, user_id=of(buyer)),
        errors.SwitchedOff,
        f"{buyer.label} is switched off. Switch them on first.",
    )
    made = invite(admin, **NEW)
    assert_refused(
        lambda: switch_person(admin, user_id=made.user.pk, on=True),
        errors.NoPasswordYet,
        "mia@test.example never chose a password. Send the invitation again.",
    )
    taken = "Somebody with the e-mail mia@test.example exists already."
    assert_refused(lambda: invite(admin, **NEW), errors.EmailTaken, taken)


def test_without_the_permission_nobody_is_looked_after(manager: Principal, buyer: Principal) -> None:
    told = 'This needs the permission "user.edit"; an administrator can grant it.'
    for deed in (
        lambda: invite(manager, **NEW),
        lambda: switch_person(manager, user_id=of(buyer), on=False),
        lambda: limit_person(manager, user_id=of(buyer), grants=[]),
        lambda: reset_second_step(manager, user_id=of(buyer)),
        lambda: change_person(manager, **facts(buyer.id)),
        lambda: set_role(manager, name="Mine", verbs=[], max_decision_micros={}),
    ):
        assert_refused(deed, errors.NotPermitted, told)
    with unchanged(), pytest.raises(errors.NotPermitted):
        people(manager)


def test_switched_off_a_person_and_their_tokens_end(admin: Principal, buyer: Principal) -> None:
    token = create_token(SYSTEM, name="Feed", scopes=["dispute.view"], acts_for=person_called("buyer@test.example"))
    assert sign_in(token.secret) is not None
    switch_person(admin, user_id=of(buyer), on=False)
    assert sign_in(token.secret) is None
    assert principal_of(User.objects.get(pk=buyer.id)).verbs == frozenset()
    switch_person(admin, user_id=of(buyer), on=True)
    assert sign_in(token.secret) is not None


def test_nobody_does_it_to_themselves_and_an_administrator_remains(world: World, admin: Principal) -> None:
    other = world.person("admin", "second-admin")
    yourself = "Nobody does this to themselves. Ask another administrator."
    for deed in (
        lambda: switch_person(admin, user_id=of(admin), on=False),
        lambda: limit_person(admin, user_id=of(admin), grants=[]),
        lambda: reset_second_step(admin, user_id=of(admin)),
        lambda: change_person(admin, **facts(admin.id, role_key="manager")),
        lambda: set_role(
            admin,
            role_id=Role.objects.get(key="admin").pk,
            name="Administrator",
            verbs=["user.view"],
            max_decision_micros={},
        ),
    ):
        assert_refused(deed, errors.NotYourself, yourself)
    switch_person(other, user_id=of(admin), on=False)
    last = (
        f"{other.label} is the last who can manage people and sees everything. "
        "Make somebody else an administrator first."
    )
    for deed in (
        lambda: switch_person(SYSTEM, user_id=of(other), on=False),
        lambda: limit_person(SYSTEM, user_id=of(other), grants=[(Dimension.PROGRAM, str(world.program.pk))]),
        lambda: change_person(SYSTEM, **facts(other.id, role_key="manager")),
    ):
        assert_refused(deed, errors.LastAdministrator, last)


def test_a_person_who_moves_sees_the_new_party_alone(world: World, admin: Principal, buyer: Principal) -> None:
    grants = [(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk)), (Dimension.PROGRAM, str(world.program.pk))]
    limit_person(admin, user_id=of(buyer), grants=grants)
    change_person(admin, **facts(buyer.id, customer_number="B1", name="Bea"))
    assert User.objects.get(pk=buyer.id).grants.count() == 2
    change_person(admin, **facts(buyer.id, customer_number="B2"))
    assert person(admin, of(buyer)).sees == "Sees customers under Bolt Roofing."
    change_person(admin, **facts(buyer.id, role_key="manager", max_decision_micros={"USD": 5_000_000}))
    row = person(admin, of(buyer))
    assert (row.sees, row.user.max_decision_micros) == ("Sees everything.", {"USD": 5_000_000})
    assert principal_of(row.user).max_decision_micros == {"USD": 5_000_000}


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        (
            {"customer_number": None},
            errors.PartyRequired,
            "A buyer belongs to a customer; name it by its number.",
        ),
        ({"role_key": "pope"}, errors.UnknownRole, f'There is no role "pope". The roles are: {", ".join(RoleKey)}.'),
        (
            {"customer_number": "B1", "max_decision_micros": {"USD": -1}},
            errors.BadDecisionLimit,
            "The largest amount in USD must be zero or more.",
        ),
    ],
)  # fmt: skip
def test_a_person_is_not_changed_into_nonsense(
    admin: Principal, buyer: Principal, changed: dict[str, Any], error: type[Refusal], message: str
) -> None:
    assert_refused(lambda: change_person(admin, **facts(buyer.id, **changed)), error, message)


def test_nobody_hands_on_more_than_they_see(world: World, admin: Principal, buyer: Principal) -> None:
    small = world.person("admin", "regional")
    set_grants(
        SYSTEM, user=User.objects.get(pk=small.id), grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))]
    )
    regional = principal_of(User.objects.get(pk=small.id))
    assert [row.user.email for row in people(regional).rows] == ["buyer@test.example"]
    more = 'You can let others see only what you see yourself; "{}" is more.'
    for grant, named in (
        ((Dimension.ALL, ""), "all"),
        ((Dimension.CUSTOMER_SUBTREE, str(world.other_customer.pk)), str(world.other_customer.pk)),
        ((Dimension.AGENT, "7"), "7"),
    ):
        assert_refused(
            lambda grant=grant: limit_person(regional, user_id=of(buyer), grants=[grant]),
            errors.BeyondYourLimits,
            more.format(named),
        )
    everything = {"email": "x@test.example", "role_key": "manager"}
    assert_refused(lambda: invite(regional, **everything), errors.BeyondYourLimits, more.format("everything"))
    other = {**NEW, "customer_number": "B2"}
    assert_refused(lambda: invite(regional, **other), errors.BeyondYourLimits, more.format("B2"))
    gone = "Not found, or not yours."
    assert_refused(lambda: switch_person(regional, user_id=of(admin), on=False), errors.NotFound, gone)
    assert_refused(
        lambda: set_role(regional, name="Mine", verbs=[], max_decision_micros={}),
        errors.BeyondYourLimits,
        more.format("a role of everybody"),
    )


def test_who_is_limited_looks_after_nobody_who_may_or_sees_more(
    world: World, admin: Principal, buyer: Principal
) -> None:
    under = (Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))
    desk = set_role(admin, name="Desk", verbs=["dispute.view", "dispute.decide"], max_decision_micros={})
    helper = set_role(admin, name="Helper", verbs=["user.view", "user.edit"], max_decision_micros={})
    small = world.person("admin", "regional")
    user = User.objects.get(pk=small.id)
    set_grants(SYSTEM, user=user, grants=[under])
    regional = principal_of(user)
    User.objects.filter(pk=small.id).update(role=helper)
    lesser = principal_of(User.objects.get(pk=small.id))
    more = 'You can let others see only what you see yourself; "{}" is more.'
    raised = {**NEW, "role_key": "manager"}
    moved = facts(buyer.id, role_key="admin", customer_number="B1")
    assert_refused(lambda: invite(regional, **raised), errors.BeyondYourLimits, more.format("all"))
    assert_refused(lambda: change_person(regional, **moved), errors.BeyondYourLimits, more.format("all"))
    assert_refused(
        lambda: invite(lesser, **{**NEW, "role_key": desk.key}), errors.BeyondYourLimits, more.format("Desk")
    )
    invite(regional, **{**NEW, "role_key": desk.key, "email": "desk@test.example"})
    theirs = User.objects.get(email="desk@test.example").pk
    invite(lesser, **NEW)
    set_grants(SYSTEM, user=User.objects.get(pk=buyer.id), grants=[(Dimension.ALL, "")])
    for deed in (invite_again, reset_second_step, revoke_invitation):
        assert_refused(lambda deed=deed: deed(regional, user_id=of(buyer)), errors.BeyondYourLimits, more.format("all"))
        assert_refused(lambda deed=deed: deed(lesser, user_id=theirs), errors.BeyondYourLimits, more.format("Desk"))


def test_who_is_limited_makes_no_token_that_reaches_further(world: World, admin: Principal) -> None:
    user = User.objects.get(pk=world.person("admin", "regional").id)
    set_grants(SYSTEM, user=user, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))])
    regional, more = principal_of(user), 'You can let others see only what you see yourself; "{}" is more.'
    reads: dict[str, Any] = {"name": "Mine", "scopes": ["dispute.view"]}
    beyond: tuple[tuple[dict[str, Any], str], ...] = (
        ({"acts_for": User.objects.get(pk=of(admin))}, "admin"),
        ({"grants": [(Dimension.ALL, "")]}, "all"),
        ({"scopes": ["dispute.view", "dispute.create"], "grants": [(Dimension.PROGRAM, "1")]}, "dispute.create"),
    )
    for terms, named in beyond:
        assert_refused(
            lambda terms=terms: create_token(regional, **{**reads, **terms}),
            errors.BeyondYourLimits,
            more.format(named),
        )
    create_token(regional, **reads, acts_for=user)
    create_token(regional, **reads, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))])


def test_switched_off_before_they_came_an_invited_person_stays_out(admin: Principal) -> None:
    made = invite(admin, **NEW)
    switch_person(admin, user_id=made.user.pk, on=False)
    assert_refused(
        lambda: accept_invitation(made.secret, name="Mia", password=PASSWORD),
        errors.InvitationEnded,
        "This invitation was taken back. Ask your administrator for another one.",
    )


def test_a_lost_device_is_forgotten(admin: Principal, buyer: Principal) -> None:
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user_id=of(buyer), type=kind, data={})
    assert person(admin, of(buyer)).totp
    assert reset_second_step(admin, user_id=of(buyer))
    assert not person(admin, of(buyer)).totp
    assert not reset_second_step(admin, user_id=of(buyer))
    assert JournalEvent.objects.filter(event="user.totp_reset", object_id=of(buyer), principal=admin.id).count() == 1


def test_a_role_of_ones_own(world: World, admin: Principal) -> None:
    role = set_role(
        admin, name="Night desk", verbs=["dispute.view", "dispute.decide"], max_decision_micros={"USD": 25_000_000},
        requires_totp=True,
    )  # fmt: skip
    made = invite(admin, email="night@test.example", role_key=role.key, vendor_number="V1")
    assert (role.key, person(admin, made.user.pk).sees) == ("night-desk", "Sees vendor North Ads only.")
    assert_refused(
        lambda: delete_role(admin, role_id=role.pk),
        errors.RoleInUse,
        '1 person has the role "Night desk". Give them another one first.',
    )
    change_person(admin, user_id=made.user.pk, name="", role_key="qa", vendor_number="V1")
    delete_role(admin, role_id=role.pk)
    assert not Role.objects.filter(pk=role.pk).exists()


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ({"name": " "}, errors.BadRoleName, "A role needs a name of 1 to 100 characters."),
        ({"name": "manager"}, errors.RoleTaken, 'There is a role called "manager" already.'),
        (
            {"verbs": ["dispute.decide"]}, errors.PermissionNeeded,
            '"dispute.decide" cannot be granted without "dispute.view".',
        ),
        (
            {"max_decision_micros": {"USD": -5}}, errors.BadDecisionLimit,
            "The largest amount in USD must be zero or more.",
        ),
        ({"role_id": 999_999}, errors.NotFound, "Not found, or not yours."),
    ],
)  # fmt: skip
def test_a_role_that_cannot_be_kept(admin: Principal, said: dict[str, Any], error: type[Refusal], message: str) -> None:
    terms: dict[str, Any] = {"name": "Night desk", "verbs": [], "max_decision_micros": {}}
    assert_refused(lambda: set_role(admin, **{**terms, **said}), error, message)


def test_a_role_that_came_with_makegood_stays(admin: Principal) -> None:
    role = Role.objects.get(key="qa")
    assert_refused(
        lambda: delete_role(admin, role_id=role.pk),
        errors.RoleStays,
        'The role "Quality assurance" came with makegood and stays. Change what it may do instead.',
    )
    set_role(admin, role_id=role.pk, name="Ears", verbs=[*role.verbs, Verb.PHONE_VIEW], max_decision_micros={})
    assert Role.objects.get(key="qa").name == "Ears"
