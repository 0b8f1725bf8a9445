"""Verdicts as people meet them: all failing rules, headline, closing time, overrides, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.eligibility import BLOCKED, OK, OVERRIDABLE, WARNED, Verdict, frozen, thawed, verdict_of
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.policy import parse_rules
from makegood.disputes.selectors.policies import policy_of_version
from makegood.disputes.selectors.verdicts import claim_verdict, verdicts
from makegood.disputes.states import DecisionKind, Origin
from makegood.journal.selectors import history
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import zone_named
from tests.world import ChargeMaker, DisputeMaker, World

NOW = datetime(2026, 11, 20, 15, 2, 11, tzinfo=UTC)


def _publish(world: World, *rules: Mapping[str, Any]) -> None:
    data = [{"severity": "block", **rule} for rule in rules]
    operations.publish_policy(
        SYSTEM, program=world.program, rules=data, effective_from=datetime(2001, 1, 1, tzinfo=UTC)
    )


def _verdict(charge: Charge) -> Verdict:
    return verdicts([charge.pk])[charge.pk]


def test_a_hint_says_nothing_of_what_is_not_known(world: World, buyer: Principal) -> None:
    _publish(world, {"type": "short_call_auto", "severity": "recommend", "on_missing": "warn"})
    (answer,) = operations.submit(buyer, items=[SubmitItem(world.charge(duration_s=4, speech_s=None).pk, "SPAM", "x")])
    kept = Dispute.objects.get(pk=answer.id)
    assert kept.verdict is not None
    assert (kept.verdict["missing_mask"], kept.suggestion) == (1, None)
    verdict = thawed(kept.verdict, policy_of_version(kept.policy_version_id or 0).rules)
    assert (verdict.result, verdict.failing, verdict.advice) == (OK, (), ())


def test_every_failing_rule_is_told_and_the_first_block_is_the_headline(world: World) -> None:
    _publish(
        world,
        {"type": "disposition", "allow": ["ok"], "severity": "warn"},
        {"type": "never_disputed", "max": -1, "severity": "override"},
        {"type": "billed"},
        {"type": "window", "amount": 24},
        {"type": "permission"},
    )
    charge = world.charge(billed_at=None, received_at=clock.now() - timedelta(days=3))
    verdict = _verdict(charge)
    assert [rule.code for rule in verdict.failing] == [
        "DISPOSITION_NOT_DISPUTABLE",
        "DISPUTE_FINAL",
        "NOT_BILLED",
        "WINDOW_EXPIRED",
    ]
    assert verdict.headline is not None
    assert verdict.headline.code == "NOT_BILLED"
    assert verdict.result == BLOCKED
    assert not verdict.can_submit
    assert [rule.passed for rule in verdict.rules] == [False, False, False, False, True]
    assert all(rule.message and rule.would_pass_if for rule in verdict.failing)
    assert [(rule.message, rule.would_pass_if) for rule in verdict.rules if rule.passed] == [("", "")]


RESULTS = [
    ((), OK, None, True),
    (("warn",), WARNED, "warn", True),
    (("warn", "override"), OVERRIDABLE, "override", False),
    (("warn", "override", "block"), BLOCKED, "block", False),
    (("recommend",), OK, None, True),
]


@pytest.mark.parametrize(("failing", "result", "headline", "may"), RESULTS)
def test_the_hardest_failing_severity_makes_the_result(
    failing: tuple[str, ...],
    result: str,
    headline: str | None,
    may: bool,  # noqa: FBT001
) -> None:
    rules = parse_rules([{"type": "billed", "severity": word} for word in ("block", "warn", "override", "recommend")])
    mask = sum(1 << n for n, rule in enumerate(rules) if rule.severity in failing)
    verdict = verdict_of("p@1", rules, mask, {}, NOW)
    assert (verdict.result, verdict.can_submit) == (result, may)
    assert (verdict.headline.severity if verdict.headline else None) == headline


def test_an_unknown_fact_that_only_warns_is_told_as_a_warning() -> None:
    rules = parse_rules(
        [{"type": "window", "severity": "block", "anchor": "billed", "amount": 24, "on_missing": "warn"}]
    )
    verdict = verdict_of("p@1", rules, 0, {"billed_at": None}, NOW, missing_mask=1)
    assert verdict.result == WARNED
    assert verdict.headline is not None
    assert (verdict.headline.severity, verdict.headline.passed) == ("warn", False)
    assert verdict.headline.message == "When it was billed is not known, so its window of 1 day cannot be checked."


@pytest.mark.parametrize(
    ("unit", "amount", "closes"),
    [
        ("hours", 96, "2026-11-24T14:02:11+00:00"),
        ("days", 2, "2026-11-22T18:30:00+00:00"),
        ("business_days", 2, "2026-11-24T18:30:00+00:00"),
    ],
)
def test_a_verdict_says_when_it_closes_in_the_zone_of_the_charge(
    world: World, unit: str, amount: int, closes: str
) -> None:
    _publish(world, {"type": "window", "amount": amount, "unit": unit}, {"type": "window", "amount": 9_999})
    with clock.frozen(NOW):
        charge = world.charge(zone=zone_named("Asia/Kolkata"))
        verdict = _verdict(charge)
    assert verdict.result == OK
    assert verdict.closes_at is not None
    assert verdict.closes_at.isoformat() == closes
    for at, result in ((verdict.closes_at - timedelta(microseconds=1), OK), (verdict.closes_at, BLOCKED)):
        with clock.frozen(at):
            assert _verdict(charge).result == result


def test_an_inclusive_window_accepts_the_last_instant_and_refuses_the_next(world: World) -> None:
    _publish(world, {"type": "window", "amount": 96, "inclusive": True})
    charge = world.charge(received_at=NOW)
    with clock.frozen(NOW + timedelta(hours=96)):
        assert _verdict(charge).result == OK
    with clock.frozen(NOW + timedelta(hours=96, microseconds=1)):
        assert _verdict(charge).result == BLOCKED


def test_the_button_and_the_answer_of_submit_say_the_same(world: World, buyer: Principal) -> None:
    _publish(world, {"type": "window", "amount": 2, "unit": "days"})
    with clock.frozen(NOW):
        charge = world.charge(zone=zone_named("Asia/Kolkata"), received_at=NOW - timedelta(days=5))
        headline = _verdict(charge).headline
        (answer,) = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "a robot")])
    assert headline is not None
    assert (answer.code, answer.message) == (headline.code, headline.message)
    assert answer.message == "Received 5 days ago; the limit is 2 days."
    assert answer.data["would_pass_if"] == headline.would_pass_if == "Submitted before 17 Nov 2026 18:30 UTC."


def test_what_is_kept_with_a_dispute_thaws_to_the_same_verdict(world: World, buyer: Principal) -> None:
    _publish(
        world,
        {"type": "window", "amount": 2, "unit": "business_days"},
        {"type": "disposition", "allow": ["ok"], "severity": "warn"},
        {"type": "amount_full"},
        {"type": "evidence", "min_files": 1, "severity": "warn"},
    )
    with clock.frozen(NOW):
        charge = world.charge(zone=zone_named("Asia/Kolkata"))
        item = SubmitItem(charge.pk, "SPAM", "a robot")
        asked = claim_verdict(item)
        (answer,) = operations.submit(buyer, items=[item])
    dispute = Dispute.objects.get(pk=answer.id or 0)
    assert dispute.verdict is not None
    assert dispute.policy_version_id is not None
    kept = thawed(dispute.verdict, policy_of_version(dispute.policy_version_id).rules)
    assert kept == asked
    assert [rule.code for rule in kept.failing] == ["DISPOSITION_NOT_DISPUTABLE", "EVIDENCE_REQUIRED"]
    assert kept.closes_at == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


def test_a_later_policy_does_not_change_the_verdict_that_was_kept(world: World, make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    operations.publish_policy(
        SYSTEM, program=world.program, rules=[{"type": "window", "severity": "block", "amount": 1}]
    )
    assert dispute.verdict is not None
    assert dispute.policy_version_id is not None
    kept = thawed(dispute.verdict, policy_of_version(dispute.policy_version_id).rules)
    assert kept.policy == f"{world.program.key}@1"
    assert kept.result == OK
    assert _verdict(world.charge()).policy == f"{world.program.key}@2"


def test_freezing_and_thawing_keeps_masks_facts_and_time() -> None:
    rules = parse_rules([{"type": "billed", "severity": "block"}, {"type": "window", "severity": "warn", "amount": 24}])
    facts = {"received_at": "2026-11-12T09:10:00+00:00", "zone": "UTC"}
    kept = frozen("p@7", 0b10, 0b01, facts, NOW)
    assert thawed(kept, rules) == verdict_of("p@7", rules, 0b10, facts, NOW, missing_mask=0b01)


@pytest.fixture
def final(make_dispute: DisputeMaker, manager: Principal) -> Charge:
    """A charge whose dispute was decided in part and is closed; some of it is left."""
    dispute = make_dispute()
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.PARTIAL, 20_000_000, "half of it")])
    with clock.shifted(timedelta(minutes=1)):
        operations.commit_due()
    return dispute.charge


def _file(principal: Principal, charge: Charge, cause: str = "") -> Answer:
    item = SubmitItem(charge.pk, "BOT", "a robot again", override_cause=cause)
    (answer,) = operations.submit(principal, items=[item], origin=Origin.CSR)
    return answer


def test_a_representative_overrides_with_a_written_cause(csr: Principal, final: Charge) -> None:
    assert _verdict(final).result == OVERRIDABLE
    answer = _file(csr, final, "The recording turned up only now.")
    assert answer.ok
    dispute = Dispute.objects.get(pk=answer.id or 0)
    assert dispute.override_cause == "The recording turned up only now."
    assert (dispute.origin, dispute.amount_micros) == (Origin.CSR, 25_000_000)
    assert [event.event for event in history("dispute", dispute.pk)] == ["dispute.submitted"]


@pytest.mark.parametrize("cause", ["", "   "])
def test_a_representative_without_a_cause_is_refused(csr: Principal, final: Charge, cause: str) -> None:
    answer = _file(csr, final, cause)
    assert (answer.ok, answer.code) == (False, "DISPUTE_FINAL")
    assert answer.data["would_pass_if"] == "A representative can file it again with a written cause."
    assert Dispute.objects.count() == 1


def test_a_buyer_cannot_override_whatever_the_cause(buyer: Principal, final: Charge) -> None:
    answer = _file(buyer, final, "I insist.")
    assert (answer.ok, answer.code) == (False, "DISPUTE_FINAL")
    assert Dispute.objects.count() == 1


def test_a_representative_cannot_override_what_blocks(csr: Principal, make_charge: ChargeMaker) -> None:
    answer = _file(csr, make_charge(billed_at=None), "Please.")
    assert (answer.ok, answer.code) == (False, "NOT_BILLED")
    assert answer.message == "Only billed items can be disputed."
    assert not Dispute.objects.exists()


def test_a_policy_that_cannot_be_read_is_not_published(world: World) -> None:
    before = _verdict(world.charge()).policy
    with pytest.raises(Exception, match="POLICY_NOT_READABLE") as raised:
        _publish(world, {"type": "vibes"})
    assert str(raised.value).endswith('The policy cannot be published: there is no rule type "vibes".')
    assert _verdict(world.charge()).policy == before
