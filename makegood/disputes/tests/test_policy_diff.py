"""What another policy would change, and which version is in force when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyNotReadable, VersionUnknown
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.policies import policy_numbered, policy_of_rules
from makegood.disputes.selectors.policy_diff import PolicyDiff, policy_diff
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.tests.test_corrected_charges import corrected
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import unchanged
from tests.world import World

WEEK: list[dict[str, Any]] = [
    {"type": "billed", "severity": "block"},
    {"type": "window", "amount": 168, "severity": "block"},
]
DAY: list[dict[str, Any]] = [
    {"type": "kind", "allow": ["call"], "severity": "override"},
    {"type": "window", "amount": 24, "severity": "block"},
    {"type": "billed", "severity": "warn"},
]


def _diff(world: World, a: list[dict[str, Any]], b: list[dict[str, Any]]) -> PolicyDiff:
    pk = world.program.pk
    return policy_diff(pk, policy_of_rules(pk, "a", a), policy_of_rules(pk, "b", b))


def _charge(world: World, days: int, **facts: Any) -> int:
    return world.charge(received_at=clock.now() - timedelta(days=days, hours=1), **facts).pk


def test_a_difference_counts_what_closes_and_what_opens_with_samples(world: World) -> None:
    fresh, _ = _charge(world, 0), _charge(world, 0)
    old = [_charge(world, days) for days in (2, 3, 4)]
    unbilled = _charge(world, 0, billed_at=None)
    lead = _charge(world, 0, subkind="lead", billed_micros=1_000_000)
    _charge(world, 9)  # closed by both
    found = _diff(world, WEEK, DAY)
    assert (found.open_now, found.would_close, found.would_open) == (6, 4, 1)
    shifts = {(shift.before, shift.after): shift for shift in found.shifts}
    assert {key: shift.charges for key, shift in shifts.items()} == {
        ("", ""): 2,
        ("", "WINDOW_EXPIRED"): 3,
        ("", "KIND_NOT_DISPUTABLE"): 1,
        ("NOT_BILLED", ""): 1,
    }
    assert not shifts["", ""].samples
    expired = shifts["", "WINDOW_EXPIRED"]
    assert expired.billed == (Money(135_000_000, "USD"),)
    assert [(sample.charge_id, sample.sentence) for sample in expired.samples] == [
        (old[0], "Received 2 days 1 hour ago; the limit is 1 day."),
        (old[2], "Received 4 days 1 hour ago; the limit is 1 day."),
    ]
    assert [(s.charge_id, s.sentence) for s in shifts["", "KIND_NOT_DISPUTABLE"].samples] == [
        (lead, "Lead charges are handled elsewhere.")
    ]
    assert [(s.charge_id, s.sentence) for s in shifts["NOT_BILLED", ""].samples] == [
        (unbilled, "Only billed items can be disputed.")
    ]
    assert fresh


def test_a_policy_does_not_differ_from_itself(world: World) -> None:
    _charge(world, 0)
    found = _diff(world, DAY, DAY)
    assert (found.open_now, found.would_close, found.would_open) == (1, 0, 0)
    assert not any(shift.changes for shift in found.shifts)


def test_a_program_without_charges_has_no_difference(world: World) -> None:
    assert _diff(world, WEEK, DAY).shifts == ()


def test_the_difference_agrees_with_the_verdicts(world: World) -> None:
    ids = [_charge(world, days, billed_at=clock.now() if days % 2 else None) for days in range(9)]
    operations.publish_policy(SYSTEM, program=world.program, rules=WEEK)
    before = {pk for pk, verdict in verdicts(ids).items() if verdict.can_submit}
    found = _diff(world, WEEK, DAY)
    operations.publish_policy(SYSTEM, program=world.program, rules=DAY)
    after = {pk for pk, verdict in verdicts(ids).items() if verdict.can_submit}
    assert (found.open_now, found.would_close, found.would_open) == (
        len(before),
        len(before - after),
        len(after - before),
    )


@pytest.mark.parametrize("rules", [[{"type": "vibes"}], [{"type": "billed", "severity": "block"}] * 61])
def test_rules_that_cannot_be_read_are_refused(world: World, rules: list[Mapping[str, Any]]) -> None:
    with unchanged(), pytest.raises(PolicyNotReadable):
        policy_of_rules(world.program.pk, "a", rules)
    with unchanged(), pytest.raises(PolicyNotReadable):
        operations.publish_policy(SYSTEM, program=world.program, rules=rules)


def test_a_calendar_that_does_not_exist_is_refused_and_one_that_does_counts(world: World) -> None:
    rule = {"type": "window", "amount": 1, "unit": "business_days", "calendar": "desk", "severity": "block"}
    with unchanged(), pytest.raises(PolicyNotReadable) as raised:
        operations.publish_policy(SYSTEM, program=world.program, rules=[rule])
    assert raised.value.message == 'The policy cannot be published: there is no calendar "desk".'
    friday = datetime(2026, 11, 20, 15, tzinfo=UTC)
    monday = friday.date() + timedelta(days=3)
    operations.set_calendar(
        SYSTEM, key="desk", name="Desk", zone="America/New_York", holidays={monday: "Founders' day"}
    )
    operations.publish_policy(SYSTEM, program=world.program, rules=[rule], effective_from=friday)
    charge = world.charge(received_at=friday)
    end = datetime(2026, 11, 25, 5, tzinfo=UTC)  # Tuesday night in New York, as Monday is closed
    for at, may in ((end - timedelta(microseconds=1), True), (end, False)):
        with clock.frozen(at):
            verdict = verdicts([charge.pk])[charge.pk]
            assert (verdict.can_submit, verdict.closes_at) == (may, end)


def test_a_version_that_does_not_exist_is_refused(world: World) -> None:
    assert policy_numbered(world.program.pk, 1).label == f"{world.program.key}@1"
    with pytest.raises(VersionUnknown) as raised:
        policy_numbered(world.program.pk, 2)
    assert raised.value.message == "The policy has no version 2."


def test_a_version_ahead_is_in_force_from_its_instant_on(world: World, buyer: Principal) -> None:
    start = clock.now() + timedelta(days=1)
    operations.publish_policy(SYSTEM, program=world.program, rules=DAY, effective_from=start, note="Shorter.")
    charges = [world.charge(received_at=start - timedelta(days=2)) for _ in range(2)]
    last, first = start - timedelta(microseconds=1), start
    for charge, at, code in ((charges[0], last, ""), (charges[1], first, "WINDOW_EXPIRED")):
        with clock.frozen(at):
            verdict = verdicts([charge.pk])[charge.pk]
            (answer,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "a robot")])
        assert verdict.can_submit == answer.ok == (not code)
        assert (answer.code or "") == code
    assert Dispute.objects.get().policy_version == policy_version(world, 1)


def policy_version(world: World, number: int) -> object:
    return world.program.policy.versions.get(number=number)


def test_who_may_not_edit_policies_does_not_publish(world: World, manager: Principal) -> None:
    with unchanged(), pytest.raises(NotPermitted):
        operations.publish_policy(manager, program=world.program, rules=DAY)


def test_a_difference_leaves_out_charges_that_were_corrected(world: World) -> None:
    old = world.charge()
    corrected(old)
    found = _diff(world, WEEK, DAY)
    assert (found.open_now, found.would_close, found.would_open) == (1, 0, 0)


def test_a_version_by_its_number_is_judged_in_the_zone_of_the_program(world: World) -> None:
    kolkata = operations.install_preset(
        SYSTEM, preset_key="lead_credit", key="east", currency="INR", zone="Asia/Kolkata"
    )
    assert (policy_numbered(kolkata.pk, 1).zone, policy_numbered(world.program.pk, 1).zone) == ("Asia/Kolkata", "UTC")
