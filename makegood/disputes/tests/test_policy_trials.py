"""What if: drafts of a policy, rules tried on charges, and what they would have meant in the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import (
    PolicyNotReadable,
    VersionPublished,
    VersionUnknown,
    WholeProgramNeeded,
    WindowTooLong,
)
from makegood.disputes.models import PolicyVersion
from makegood.disputes.selectors.policies import policy_in_force
from makegood.disputes.selectors.policy_trials import (
    check_policy,
    policy_impact,
    policy_program,
    policy_programs,
    tried_policy,
    version_rows,
)
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.money import Money
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.errors import NotFound, NotPermitted
from tests.refusals import unchanged
from tests.world import World

BILLED: dict[str, Any] = {"type": "billed", "severity": "block"}
DAY: dict[str, Any] = {"type": "window", "amount": 24, "severity": "block"}
CALLS: dict[str, Any] = {"type": "kind", "allow": ["call"], "severity": "block"}


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def save(world: World, *rules: dict[str, Any], **facts: Any) -> PolicyVersion:
    return operations.save_policy_draft(SYSTEM, program=world.program, rules=list(rules), **facts)


def in_force(world: World) -> str:
    found = policy_in_force(world.program.pk, clock.now())
    assert not isinstance(found, Refusal)
    return found.label


def test_a_draft_is_kept_changed_published_and_nothing_before_that_counts(world: World, admin: Principal) -> None:
    draft = operations.save_policy_draft(admin, program=world.program, rules=[BILLED], note="first")
    save(world, DAY, number=draft.number, note="second")
    key = world.program.key
    assert in_force(world) == f"{key}@1"
    start = clock.now() + timedelta(days=1)
    done = operations.publish_policy_draft(admin, program=world.program, number=draft.number, effective_from=start)
    assert (done.pk, done.number, done.rules, done.note) == (draft.pk, 2, [DAY], "second")
    assert [(row.number, row.state, row.starts_at, row.author) for row in version_rows(world.program)] == [
        (1, "in_force", datetime(2000, 1, 1, tzinfo=UTC), ""),
        (2, "scheduled", start, "admin"),
    ]
    with clock.shifted(timedelta(days=2)):
        assert in_force(world) == f"{key}@2"
        assert [row.state for row in version_rows(world.program)] == ["ended", "in_force"]
    told = JournalEvent.objects.filter(object_kind="policy_version", object_id=draft.pk).order_by("id")
    assert [event.event for event in told] == ["policy.draft_saved", "policy.draft_saved", "policy.published"]


def test_a_draft_that_was_overtaken_takes_the_next_number(world: World) -> None:
    first, second = save(world, BILLED), save(world, DAY)
    operations.publish_policy(SYSTEM, program=world.program, rules=[CALLS])
    done = operations.publish_policy_draft(SYSTEM, program=world.program, number=first.number)
    assert (second.number, done.pk, done.number) == (3, first.pk, 5)
    operations.discard_policy_draft(SYSTEM, program=world.program, number=3)
    assert [(row.number, row.state) for row in version_rows(world.program)] == [
        (1, "ended"),
        (4, "ended"),
        (5, "in_force"),
    ]


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (9, VersionUnknown, "The policy has no version 9."),
        (1, VersionPublished, "Version 1 is published and stays as it is; save a new draft instead."),
    ],
)
def test_only_a_draft_is_changed_published_or_discarded(
    world: World, number: int, error: type[Refusal], message: str
) -> None:
    for verb in (
        lambda: save(world, BILLED, number=number),
        lambda: operations.publish_policy_draft(SYSTEM, program=world.program, number=number),
        lambda: operations.discard_policy_draft(SYSTEM, program=world.program, number=number),
    ):
        with unchanged(), pytest.raises(error) as raised:
            verb()
        assert raised.value.message == message


def test_a_draft_that_cannot_be_read_and_one_by_who_may_not(world: World, manager: Principal) -> None:
    with unchanged(), pytest.raises(PolicyNotReadable) as raised:
        save(world, {"type": "horoscope", "severity": "block"})
    assert raised.value.message == 'The policy cannot be published: there is no rule type "horoscope".'
    for verb in (
        lambda: operations.save_policy_draft(manager, program=world.program, rules=[BILLED]),
        lambda: operations.discard_policy_draft(manager, program=world.program, number=1),
        lambda: operations.publish_policy_draft(manager, program=world.program, number=1),
        lambda: policy_program(manager, world.program.key),
        lambda: policy_programs(manager),
    ):
        with unchanged(), pytest.raises(NotPermitted):
            verb()


def test_a_program_out_of_scope_is_not_there(world: World, admin: Principal) -> None:
    elsewhere = replace(admin, scope=Scope(programs=(world.program.pk + 1,)))
    assert (policy_program(admin, world.program.key), policy_programs(admin)) == (world.program, [world.program])
    assert policy_programs(elsewhere) == []
    with pytest.raises(NotFound):
        policy_program(elsewhere, world.program.key)


def test_rules_and_drafts_are_tried_on_charges_in_scope(world: World, admin: Principal) -> None:
    fresh, old = world.charge(), world.charge(received_at=clock.now() - timedelta(days=2))
    hidden = world.charge(customer=world.other_customer)
    draft = save(world, DAY)
    scoped = replace(admin, scope=Scope(paths=(world.customer.path,)))
    items = [SubmitItem(charge.pk) for charge in (fresh, old, hidden)]
    found = check_policy(scoped, tried_policy(world.program, number=draft.number), items)
    assert {pk: verdict.result for pk, verdict in found.items()} == {fresh.pk: "ok", old.pk: "blocked"}
    assert found[old.pk].policy == f"{world.program.key}@2 (draft)"
    words: dict[str, Any] = {"type": "explanation", "min_chars": 10, "severity": "block"}
    claim = SubmitItem(fresh.pk, "SPAM", "Beep")
    (verdict,) = check_policy(admin, tried_policy(world.program, rules=[words]), [claim]).values()
    assert [rule.code for rule in verdict.failing] == ["EXPLANATION_REQUIRED"]
    assert tried_policy(world.program, number=1).label == f"{world.program.key}@1"
    with pytest.raises(VersionUnknown):
        tried_policy(world.program, number=9)


def test_the_past_is_judged_day_by_day_by_what_stops_each_charge(world: World, admin: Principal) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=[BILLED])
    now = clock.now()
    for days in (3, 10, 20):
        world.charge(received_at=now - timedelta(days=days, hours=1))
    world.charge(received_at=now - timedelta(days=5, hours=1), subkind="lead", currency="EUR", payout_currency="EUR")
    world.charge(received_at=now - timedelta(days=5, hours=1), billed_at=None)
    world.charge(received_at=now - timedelta(days=40))
    tried = tried_policy(world.program, rules=[BILLED, DAY, CALLS])
    impact = policy_impact(admin, tried, since=now - timedelta(days=30), until=now + timedelta(days=1))
    assert now <= impact.until <= clock.now()
    assert impact.charges == 5
    usd, eur, one = Money(135_000_000, "USD"), Money(45_000_000, "EUR"), Money(45_000_000, "USD")
    assert impact.stopped_by(tried=False) == {"": (4, (eur, usd)), "NOT_BILLED": (1, (one,))}
    # Each was judged within a day of its coming, so none is too old.
    assert impact.stopped_by(tried=True) == {
        "": (3, (usd,)),
        "NOT_BILLED": (1, (one,)),
        "KIND_NOT_DISPUTABLE": (1, (eur,)),
    }
    assert impact.eligible(tried=True) == (3, (usd,))
    assert (impact.diff.would_close, impact.diff.would_open) == (1, 0)


def test_an_impact_that_is_not_told(world: World, admin: Principal, qa: Principal) -> None:
    tried, now = tried_policy(world.program, rules=[BILLED]), clock.now()
    for since, until in ((now - timedelta(days=93), now), (now, now), (now + DAY_AHEAD, now + 2 * DAY_AHEAD)):
        with pytest.raises(WindowTooLong) as raised:
            policy_impact(admin, tried, since=since, until=until)
        assert raised.value.message == "A policy is tried on at least one day and at most 92 days of the past."
    with pytest.raises(WholeProgramNeeded):
        policy_impact(replace(admin, scope=Scope(vendors=(1,))), tried, since=now - DAY_AHEAD, until=now)
    with pytest.raises(NotPermitted):
        policy_impact(qa, tried, since=now - DAY_AHEAD, until=now)


DAY_AHEAD = timedelta(days=1)
