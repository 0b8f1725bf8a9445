"""Drafts of a policy with two people at once, versions that wait, and versions between others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.range import TimestamptzRange

from makegood.disputes import errors, operations
from makegood.disputes.models import PolicyVersion
from makegood.disputes.selectors.policies import policy_in_force
from makegood.disputes.selectors.policy_pages import last_steps, policy_row, policy_rows, sample_charges, trial_charges
from makegood.disputes.selectors.policy_trials import VersionState, version_rows
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import refused_by, unchanged
from tests.world import DisputeMaker, World

pytestmark = pytest.mark.django_db

BILLED: dict[str, Any] = {"type": "billed", "severity": "block"}
DAY: dict[str, Any] = {"type": "window", "amount": 24, "severity": "block"}
SHUT = [DAY, {"type": "window_opens", "hours": 48, "severity": "block"}]


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def stamp(world: World, number: int) -> str:
    return next(row.stamp for row in version_rows(world.program) if row.number == number)


def in_force(world: World, at: datetime) -> str:
    found = policy_in_force(world.program.pk, at)
    assert not isinstance(found, Refusal)
    return found.label.partition("@")[2]


def test_a_draft_begins_with_the_rules_of_any_version(world: World, admin: Principal) -> None:
    draft = operations.begin_policy_draft(admin, program=world.program, number=1)
    again = operations.begin_policy_draft(admin, program=world.program, number=draft.number)
    assert (draft.number, again.number, draft.published_at) == (2, 3, None)
    assert draft.rules == again.rules == PolicyVersion.objects.get(number=1).rules
    with unchanged(), pytest.raises(errors.VersionUnknown) as raised:
        operations.begin_policy_draft(admin, program=world.program, number=9)
    assert raised.value.message == "The policy has no version 9."


def test_of_two_who_edit_one_draft_the_second_is_told_and_loses_nothing(world: World, admin: Principal) -> None:
    other = world.person("admin", "Mia")
    draft = operations.begin_policy_draft(admin, program=world.program, number=1)
    seen = stamp(world, draft.number)
    facts: dict[str, Any] = {"program": world.program, "number": draft.number, "seen": seen}
    operations.save_policy_draft(other, rules=[BILLED], **facts)
    verbs: tuple[Callable[[], object], ...] = (
        lambda: operations.save_policy_draft(admin, rules=[DAY], **facts),
        lambda: operations.publish_policy_draft(admin, **facts),
        lambda: operations.discard_policy_draft(admin, **facts),
    )
    for verb in verbs:
        with unchanged(), pytest.raises(errors.DraftChanged) as raised:
            verb()
        assert (raised.value.code, raised.value.status) == ("DRAFT_CHANGED", 409)
        said = "Mia changed draft 2 meanwhile, so nothing was changed now; look at it and go on from there."
        assert raised.value.message == said
    operations.save_policy_draft(admin, rules=[BILLED, DAY], **{**facts, "seen": stamp(world, draft.number)})
    assert PolicyVersion.objects.get(number=2).rules == [BILLED, DAY]


def test_rules_that_contradict_each_other_are_kept_but_not_published(world: World, admin: Principal) -> None:
    draft = operations.save_policy_draft(admin, program=world.program, rules=SHUT)
    verbs: tuple[Callable[[], object], ...] = (
        lambda: operations.publish_policy_draft(admin, program=world.program, number=draft.number),
        lambda: operations.publish_policy(admin, program=world.program, rules=SHUT),
    )
    for verb in verbs:
        with unchanged(), pytest.raises(errors.PolicyContradicts) as raised:
            verb()
        assert (raised.value.code, raised.value.status) == ("POLICY_CONTRADICTS", 422)
        assert raised.value.message == (
            "Rule 2 stands in the way: It opens after rule 1 has closed, so that nothing can ever be disputed."
        )


def test_a_version_goes_before_one_that_is_scheduled(world: World, admin: Principal) -> None:
    now = clock.now()
    later, sooner = now + timedelta(days=10), now + timedelta(days=5)
    publish: Callable[..., PolicyVersion] = operations.publish_policy
    publish(admin, program=world.program, rules=[BILLED], effective_from=later)
    publish(admin, program=world.program, rules=[DAY], effective_from=sooner)
    publish(admin, program=world.program, rules=[DAY, BILLED])
    rows = {row.number: (row.starts_at, row.ends_at, row.state) for row in version_rows(world.program)}
    start = rows[4][0]
    assert start is not None
    assert rows == {
        1: (datetime(2000, 1, 1, tzinfo=UTC), start, VersionState.ENDED),
        2: (later, None, VersionState.SCHEDULED),
        3: (sooner, later, VersionState.SCHEDULED),
        4: (start, sooner, VersionState.IN_FORCE),
    }
    assert [in_force(world, now + timedelta(days=day)) for day in (1, 6, 11)] == ["4", "3", "2"]
    for at in (start, start - timedelta(days=1)):
        with unchanged(), pytest.raises(errors.PolicyNotReadable) as raised:
            publish(admin, program=world.program, rules=[DAY], effective_from=at)
        said = f"version 4 started on {start:%-d %b %Y %H:%M:%S} UTC, and a new version has to start after it"
        assert raised.value.message == f"The policy cannot be published: {said}."


def test_a_scheduled_version_is_withdrawn_before_it_begins(world: World, admin: Principal) -> None:
    start = clock.now() + timedelta(days=10)
    operations.publish_policy(admin, program=world.program, rules=[BILLED], effective_from=start)
    operations.publish_policy(admin, program=world.program, rules=[DAY], effective_from=start + timedelta(days=5))
    operations.withdraw_policy(admin, program=world.program, number=2)
    rows = {row.number: row for row in version_rows(world.program)}
    assert [(rows[number].state, rows[number].ends_at) for number in (1, 2, 3)] == [
        (VersionState.IN_FORCE, start + timedelta(days=5)),
        (VersionState.WITHDRAWN, None),
        (VersionState.SCHEDULED, None),
    ]
    assert [in_force(world, start + timedelta(days=day)) for day in (1, 6)] == ["1", "3"]
    step = last_steps(world.program, [2])[2]
    assert (step.event, step.who) == ("policy.withdrawn", "admin")
    operations.withdraw_policy(admin, program=world.program, number=3)
    assert in_force(world, start + timedelta(days=99)) == "1"
    for number in (1, 2):
        with unchanged(), pytest.raises(errors.VersionNotScheduled) as raised:
            operations.withdraw_policy(admin, program=world.program, number=number)
        assert raised.value.code == "VERSION_NOT_SCHEDULED"
        assert raised.value.message == f"Version {number} does not wait for its start, so it cannot be withdrawn."
    with unchanged(), pytest.raises(errors.VersionUnknown):
        operations.withdraw_policy(admin, program=world.program, number=9)


def test_the_database_keeps_what_was_in_force(world: World, admin: Principal) -> None:
    start = clock.now()
    operations.publish_policy(admin, program=world.program, rules=[BILLED], effective_from=start)
    first, second = (PolicyVersion.objects.filter(number=number) for number in (1, 2))
    with refused_by("policy_published"):
        second.update(effective=TimestamptzRange(empty=True))
    with refused_by("policy_published"):
        first.update(effective=TimestamptzRange(datetime(2000, 1, 1, tzinfo=UTC), start - timedelta(days=1)))


def test_who_may_not_edit_changes_nothing(world: World, manager: Principal) -> None:
    verbs: tuple[Callable[[], object], ...] = (
        lambda: operations.begin_policy_draft(manager, program=world.program, number=1),
        lambda: operations.withdraw_policy(manager, program=world.program, number=1),
    )
    for verb in verbs:
        with unchanged(), pytest.raises(NotPermitted):
            verb()
    assert [row.program for row in policy_rows(manager)] == [world.program]
    with pytest.raises(NotPermitted):
        policy_rows(world.person("qa"))


def test_a_program_shows_what_is_in_force_what_waits_and_what_is_written(world: World, admin: Principal) -> None:
    operations.publish_policy(admin, program=world.program, rules=[DAY], effective_from=clock.now() + timedelta(days=9))
    operations.publish_policy(admin, program=world.program, rules=[DAY], effective_from=clock.now() + timedelta(days=3))
    operations.begin_policy_draft(admin, program=world.program, number=1)
    row = policy_row(world.program)
    assert row.in_force is not None
    assert (row.in_force.number, [one.number for one in row.scheduled], [one.number for one in row.drafts]) == (
        1,
        [3, 2],
        [4],
    )
    assert row.in_force.sentences[1] == "Block when it was not billed."


def test_charges_to_try_on_are_found_by_what_people_call_them(
    world: World, admin: Principal, other_buyer: Principal, make_dispute: DisputeMaker
) -> None:
    dispute = make_dispute()
    charge, other = world.charge(external_id="RGB-77"), world.charge(customer=world.other_customer)
    names = [dispute.label.lower(), "RGB-77", str(other.pk), "nothing", "D-999"]
    found, unknown = trial_charges(admin, world.program, names)
    assert [one.charge.pk for one in found] == [dispute.charge_id, charge.pk, other.pk]
    assert unknown == ["nothing", "D-999"]
    assert found[0].frozen is not None
    assert (found[0].label, found[0].frozen.policy, found[1].frozen) == (dispute.label, f"{world.program.key}@1", None)
    seen, hidden = trial_charges(other_buyer, world.program, ["RGB-77", str(other.pk)])
    assert ([one.charge.pk for one in seen], hidden) == ([other.pk], ["RGB-77"])
    assert len(sample_charges(admin, world.program)) == 3


def test_the_first_version_may_wait_and_another_one_go_before_it(world: World) -> None:
    program = operations.install_preset(
        SYSTEM, preset_key="lead_review", key="later", effective_from=clock.now() + timedelta(days=9)
    )
    operations.publish_policy(SYSTEM, program=program, rules=[BILLED])
    assert [row.state for row in version_rows(program)] == [VersionState.SCHEDULED, VersionState.IN_FORCE]
