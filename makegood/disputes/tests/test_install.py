"""Setting a program up from a preset, and publishing versions of its policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.errors import PolicyNotReadable, UnknownClawback
from makegood.disputes.models import Finding, PolicyVersion, Reason, Resolution
from makegood.disputes.policy.presets import preset
from makegood.disputes.selectors.policies import PolicyInForce, policy_in_force
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NumberTaken, UnknownZone
from makegood.parties.models import Program
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

RULES = preset("call_marketplace").rules


def in_force(world: World, at: datetime) -> str:
    found = policy_in_force(world.program.pk, at)
    return found.label if isinstance(found, PolicyInForce) else found.code


def test_preset_becomes_program_reasons_findings_and_policy(world: World) -> None:
    program = operations.install_preset(
        SYSTEM,
        preset_key="call_marketplace",
        key="leads",
        currency="EUR",
        zone="Europe/Berlin",
        overrides={"auto_close": False},
    )
    found = preset("call_marketplace")
    program.refresh_from_db()
    assert (program.name, program.preset, program.currency) == (found.name, found.key, "EUR")
    assert program.zone is not None
    assert (program.zone.name, program.settings["auto_close"]) == ("Europe/Berlin", False)
    reasons = Reason.objects.filter(program=program).order_by("sort")
    assert [reason.code for reason in reasons] == [reason["code"] for reason in found.reasons]
    assert [reason.is_active for reason in reasons] == [reason.get("active", True) for reason in found.reasons]
    assert Finding.objects.filter(program=program).count() == len(found.findings)
    version = PolicyVersion.objects.get(policy__program=program)
    assert (version.number, version.rules) == (1, [dict(rule) for rule in found.rules])
    assert version.effective is not None
    assert version.effective.lower == datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({}, NumberTaken, 'The number "taken" is already used by another program.'),
        (
            {"key": "other", "zone": "Mars/Olympus"},
            UnknownZone,
            '"Mars/Olympus" is not a time zone of the IANA list, such as America/New_York.',
        ),
    ],
)
def test_program_that_cannot_be_installed(
    world: World, facts: dict[str, Any], error: type[Refusal], message: str
) -> None:
    Program.objects.filter(pk=world.program.pk).update(key="taken")
    with unchanged(), pytest.raises(error) as raised:
        operations.install_preset(SYSTEM, **{"preset_key": "call_marketplace", "key": "taken", **facts})
    assert raised.value.message == message


def test_resolutions_have_the_numbers_that_other_systems_know(world: World) -> None:
    high = 4_000_303
    install = partial(operations.install_preset, SYSTEM, preset_key="telecom_billing")
    program = install(key="bills", resolution_numbers={"UNDER_REVIEW": high - 302, "APPROVED": high})
    found = dict(Resolution.objects.filter(program=program).values_list("code", "pk"))
    assert (found.pop("UNDER_REVIEW"), found.pop("APPROVED")) == (high - 302, high)
    assert min(found.values()) > high
    with unchanged(), pytest.raises(NumberTaken) as raised:
        install(key="more", resolution_numbers={"DENIED": high})
    assert raised.value.message == f'The number "{high}" is already used by another resolution.'


def test_new_version_takes_over_where_the_old_one_ends(world: World) -> None:
    start = clock.now()
    version = operations.publish_policy(SYSTEM, program=world.program, rules=RULES[:3], effective_from=start)
    first = PolicyVersion.objects.get(number=1)
    assert first.effective is not None
    assert (version.number, first.effective.upper) == (2, start)
    key = world.program.key
    moments = (start - timedelta(microseconds=1), start, start + timedelta(days=3650))
    assert [in_force(world, at) for at in moments] == [f"{key}@1", f"{key}@2", f"{key}@2"]
    assert JournalEvent.objects.filter(event="policy.published").count() == 2


@pytest.mark.parametrize(
    ("rules", "cause"),
    [
        ([{"type": "horoscope", "severity": "block"}], 'there is no rule type "horoscope"'),
        ([{"type": "billed", "severity": "block", "moon": 1}], 'rule "billed" has no parameter "moon"'),
        (
            [{"type": "window", "severity": "block", "amount": "9"}],
            'parameter "amount" of rule "window" cannot be \'9\'',
        ),
        (
            [{"type": "window", "severity": "block", "anchor": "born"}],
            'parameter "anchor" of rule "window" cannot be \'born\'; it is one of received, billed, invoiced, due,'
            " period_end",
        ),
    ],
)
def test_policy_that_cannot_be_read(world: World, rules: list[dict[str, Any]], cause: str) -> None:
    with unchanged(), pytest.raises(PolicyNotReadable) as raised:
        operations.publish_policy(SYSTEM, program=world.program, rules=rules)
    assert raised.value.message == f"The policy cannot be published: {cause}."


def test_version_that_would_start_before_the_last_one(world: World) -> None:
    publish = partial(operations.publish_policy, SYSTEM, program=world.program, rules=RULES)
    with unchanged(), pytest.raises(PolicyNotReadable) as raised:
        publish(effective_from=datetime(2000, 1, 1, tzinfo=UTC))
    cause = "version 1 started on 1 Jan 2000 00:00:00 UTC, and a new version has to start after it"
    assert raised.value.message == f"The policy cannot be published: {cause}."
    publish(effective_from=datetime(2100, 1, 1, 5, tzinfo=UTC))
    with unchanged(), pytest.raises(PolicyNotReadable) as raised:
        publish(effective_from=datetime(2100, 1, 1, 5, tzinfo=UTC))
    cause = "version 2 starts on 1 Jan 2100 05:00:00 UTC, and two cannot start at the same instant"
    assert raised.value.message == f"The policy cannot be published: {cause}."


def test_dispute_keeps_the_version_it_was_judged_by(make_dispute: DisputeMaker, world: World) -> None:
    admin = world.person("admin")
    before = make_dispute()
    version = operations.publish_policy(admin, program=world.program, rules=RULES)
    after = make_dispute()
    assert before.policy_version_id is not None
    assert (before.policy_version_id < version.pk, after.policy_version_id) == (True, version.pk)
    assert before.verdict is not None
    assert before.verdict["policy"] == f"{world.program.key}@1"
    assert version.author_id == admin.id


@pytest.mark.django_db
def test_a_program_with_an_unknown_way_to_claw_back_is_refused() -> None:
    with unchanged(), pytest.raises(UnknownClawback) as refusal:
        operations.install_preset(
            SYSTEM, preset_key="call_marketplace", key="odd", overrides={"clawback": "propotional"}
        )
    assert (
        refusal.value.message
        == '"propotional" is not a way to claw back; it is none, proportional, full_on_accept or capped_at_credit.'
    )
