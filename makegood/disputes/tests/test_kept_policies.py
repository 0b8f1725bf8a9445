"""What is made of a policy once: its text follows no moment, and its parameters follow every one of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, DecisionItem, SubmitItem
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.policy import Phase, compile_policy, keep_policy, parse_rules, presets
from makegood.disputes.policy.base import Moment, OpenDays
from makegood.disputes.selectors import deciding
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import DecisionKind, Door
from makegood.disputes.tests.policy_world import NOWS
from makegood.disputes.tests.test_policy_differential import drawn_rules
from makegood.ledger.models import Account
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

DAYS = OpenDays(frozenset(range(5)), frozenset({date(2026, 1, 1)}))
HERE = Moment(NOWS[0], {1: "America/New_York"}, "America/Chicago", {"federal": DAYS}, user_id=4)
THERE = Moment(
    NOWS[0] + timedelta(days=40, hours=3),
    {1: "America/New_York", 2: "Asia/Kolkata"},
    "Asia/Kolkata",
    {"federal": OpenDays(frozenset(range(6)))},
    user_id=5,
)


@pytest.mark.parametrize("phases", [None, frozenset({Phase.CHARGE})])
def test_a_policy_that_was_kept_is_the_policy_compiled_for_the_moment(phases: frozenset[Phase] | None) -> None:
    known = [rule for rule in drawn_rules() if rule.get("calendar") in (None, "", "federal")]
    policies = [known[start : start + 50] for start in range(0, len(known), 50)]
    moved = 0
    for raw in [*policies, *(presets.preset(key).rules for key in presets.keys())]:
        rules = parse_rules(raw)
        kept = keep_policy(rules, HERE, phases)
        for moment in (HERE, THERE):
            assert kept.at(moment) == compile_policy(rules, moment, phases)
        moved += bool(kept.moving)
    assert moved


def test_a_new_version_and_a_reason_that_was_taken_off_count_from_the_next_claim(
    world: World, buyer: Principal
) -> None:
    def filed() -> str:
        (answer,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "Beep")])
        return answer.code

    assert filed() == ""
    words = {"type": "explanation", "min_chars": 10, "severity": "block"}
    operations.publish_policy(SYSTEM, program=world.program, rules=[{"type": "billed", "severity": "block"}, words])
    assert filed() == "EXPLANATION_REQUIRED"
    assert not verdicts([charge := world.charge(billed_at=None).pk])[charge].can_submit
    operations.publish_policy(SYSTEM, program=world.program, rules=[{**words, "min_chars": 1}])
    assert filed() == ""
    Reason.objects.filter(program=world.program, code="SPAM").update(is_active=False)
    assert filed() == "REASON_REQUIRED"
    Reason.objects.filter(program=world.program, code="SPAM").update(is_active=True, min_explanation_chars=5)
    assert filed() == "EXPLANATION_REQUIRED"


def test_new_settings_count_from_the_next_decision(
    world: World, manager: Principal, make_dispute: DisputeMaker
) -> None:
    def decided() -> tuple[str, str]:
        dispute = make_dispute()
        item = DecisionItem(dispute.pk, DecisionKind.ACCEPT)
        (answer,) = operations.decide(manager, items=[item], door=Door.DESK)
        dispute.refresh_from_db()
        return answer.code, dispute.stage

    def say(**settings: object) -> None:
        Program.objects.filter(pk=world.program.pk).update(settings={**world.program.settings, **settings})

    assert decided() == ("", "decided")
    say(undo_seconds={"desk": 0}, auto_close=False)
    assert decided() == ("", "resolved")
    say(decisions=["reject"])
    assert decided() == ("DECISION_NOT_OFFERED", "pending")


@pytest.mark.django_db(transaction=True)
def test_a_credit_that_cannot_be_posted_takes_its_decision_back(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging and committing are one transaction, without anybody having begun one."""
    world = committed_world
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    (filed,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "Beep")])
    assert not Account.objects.exists()
    monkeypatch.setattr(deciding.Case, "accounts_missing", False)
    item = AdjustItem(filed.id or 0, 45_000_000, "as agreed")
    with unchanged():
        (answer,) = operations.adjust(manager, items=[item])
    assert (answer.ok, answer.code) == (False, "CONFLICT")
    monkeypatch.undo()
    for n in range(2):
        (again,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "Beep")])
        (answer,) = operations.adjust(manager, items=[AdjustItem(again.id or 0, 45_000_000, f"as agreed {n}")])
        assert (answer.ok, answer.data["stage"], answer.data["credit_micros"]) == (True, "resolved", 45_000_000)
    assert Dispute.objects.filter(stage="resolved").count() == 2
