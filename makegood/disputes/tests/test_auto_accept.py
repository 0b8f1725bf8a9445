"""Grants of the system: by a rule within its budget, by another cause within the program's, and never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref, SubmitItem, Together
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Decision, Dispute, UsageCounter
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.states import DecisionState, Outcome, Stage
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Adjustment, ChargeBalance
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

SHORT = {"duration_s": 4, "speech_s": 0}
NOTE = "Accepted by the rule AUTO_SHORT: Under 20 s with no speech."
USED_UP = "What may be granted without a person is used up for this month; somebody decides."


def short_rule(severity: str = "auto_accept", **budget: Any) -> Mapping[str, Any]:
    rule = {"type": "short_call_auto", "max_s": 20, "severity": severity}
    return {**rule, "budget": budget} if budget else rule


def publish(world: World, *rules: Mapping[str, Any]) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=[{"type": "billed", "severity": "block"}, *rules])


def claim(charge_id: int) -> SubmitItem:
    return SubmitItem(charge_id, "SPAM", "Automated voice")


def granted(answers: list[Answer]) -> list[str]:
    return [str(answer.data.get("granted_by", "")) for answer in answers]


def test_rule_accepts_at_once_and_the_money_moves(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, short_rule(count=5))
    short, plain = make_charge(**SHORT), make_charge(duration_s=4, speech_s=3)
    answers = operations.submit(buyer, items=[claim(short.pk), claim(plain.pk)])
    assert granted(answers) == ["AUTO_SHORT", ""]
    first, second = (Dispute.objects.get(pk=answer.id) for answer in answers)
    assert (first.stage, first.outcome, first.decided_micros) == (Stage.CLOSED, Outcome.ACCEPTED, 45_000_000)
    assert (first.decided_by_id, first.decision_note) == (None, NOTE)
    assert (second.stage, second.outcome, second.suggestion) == (Stage.PENDING, None, None)
    assert (Adjustment.objects.get().amount_micros, Decision.objects.get().state) == (
        -45_000_000,
        DecisionState.COMMITTED,
    )
    assert ChargeBalance.objects.get(charge_id=short.pk).credited_micros == 45_000_000
    events = JournalEvent.objects.filter(object_kind="dispute", object_id=first.pk).order_by("id")
    assert [(e.event, e.principal_label) for e in events] == [
        ("dispute.submitted", buyer.label),
        ("dispute.decided", "system"),
        ("dispute.committed", "system"),
    ]
    assert list(broken(LAWS)) == []


def test_used_up_budget_degrades_to_a_recommendation(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, short_rule(count=2))
    answers = operations.submit(buyer, items=[claim(make_charge(**SHORT).pk) for _ in range(3)])
    assert granted(answers) == ["AUTO_SHORT", "AUTO_SHORT", ""]
    left = Dispute.objects.get(pk=answers[2].id)
    assert (left.stage, left.outcome) == (Stage.PENDING, None)
    assert left.suggestion == {
        "policy": f"{world.program.key}@2",
        "rules": [{"code": "AUTO_SHORT", "place": 1, "severity": "auto_accept", "outcome": "accepted"}],
    }
    counter = UsageCounter.objects.get()
    assert (counter.key, counter.customer_id, counter.used) == ("budget:AUTO_SHORT:month", world.customer.pk, 2)
    assert counter.used_micros == 90_000_000
    assert granted(operations.submit(buyer, items=[claim(make_charge(**SHORT).pk)])) == [""]
    with clock.shifted(timedelta(days=32)):
        assert granted(operations.submit(buyer, items=[claim(make_charge(**SHORT).pk)])) == ["AUTO_SHORT"]


def test_budget_of_money_lets_a_smaller_one_in(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, short_rule(micros=60_000_000))
    amounts = [45_000_000, 45_000_000, 15_000_000, 1]
    items = [claim(make_charge(**SHORT, billed_micros=micros, payout_micros=0).pk) for micros in amounts]
    assert granted(operations.submit(buyer, items=items)) == ["AUTO_SHORT", "", "AUTO_SHORT", ""]
    assert UsageCounter.objects.get().used_micros == 60_000_000


def test_budget_of_a_program_is_shared_by_its_customers(make_charge: ChargeMaker, csr: Principal, world: World) -> None:
    publish(world, short_rule(count=1, per="program", period="day"))
    charges = [make_charge(**SHORT), make_charge(**SHORT, customer=world.other_customer)]
    assert granted(operations.submit(csr, items=[claim(c.pk) for c in charges])) == ["AUTO_SHORT", ""]
    assert UsageCounter.objects.get().customer_id is None


def test_budget_of_money_of_a_program_is_kept_by_currency(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    publish(world, short_rule(micros=45_000_000, per="program"))
    charges = [make_charge(**SHORT), make_charge(**SHORT, currency="EUR"), make_charge(**SHORT)]
    answers = operations.submit(buyer, items=[claim(c.pk) for c in charges])
    assert granted(answers) == ["AUTO_SHORT", "AUTO_SHORT", ""]
    keys = set(UsageCounter.objects.values_list("key", flat=True))
    assert keys == {"budget:AUTO_SHORT:month:USD", "budget:AUTO_SHORT:month:EUR"}


def test_second_rule_grants_when_the_first_is_used_up(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    small = {"type": "small_amount_auto", "micros": 50_000_000, "severity": "auto_accept", "budget": {"count": 1}}
    publish(world, short_rule(count=1), small)
    answers = operations.submit(buyer, items=[claim(make_charge(**SHORT).pk) for _ in range(3)])
    assert granted(answers) == ["AUTO_SHORT", "AUTO_SMALL", ""]
    notes = Decision.objects.order_by("id").values_list("note", flat=True)
    assert set(notes) == {NOTE, "Accepted by the rule AUTO_SMALL: Below the write-off threshold of $50.00."}


def test_recommending_rule_grants_nothing(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, short_rule("recommend"))
    answers = operations.submit(buyer, items=[claim(make_charge(**SHORT).pk)])
    assert granted(answers) == [""]
    assert not Decision.objects.exists()
    assert not UsageCounter.objects.exists()


def test_program_that_does_not_accept_leaves_it_to_a_person(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"decisions": ["reject"]})
    publish(world, short_rule(count=5))
    answers = operations.submit(buyer, items=[claim(make_charge(**SHORT).pk)])
    assert (answers[0].ok, granted(answers)) == (True, [""])
    assert (Dispute.objects.get().stage, UsageCounter.objects.get().used) == (Stage.PENDING, 0)


def test_lines_of_a_submission_are_granted_one_by_one(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, short_rule(count=5))
    charges = [make_charge(**SHORT), make_charge()]
    answers = operations.submit(buyer, items=[claim(c.pk) for c in charges], together=Together())
    assert granted(answers) == ["AUTO_SHORT", ""]
    assert list(Dispute.objects.order_by("line").values_list("stage", flat=True)) == [Stage.CLOSED, Stage.PENDING]


def test_repeated_key_grants_once(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, short_rule(count=5))
    items = [claim(make_charge(**SHORT).pk)]
    first = operations.submit(buyer, items=items, key="k")
    with unchanged():
        assert operations.submit(buyer, items=items, key="k") == first
    assert granted(first) == ["AUTO_SHORT"]


def test_system_accepts_for_another_cause(make_dispute: DisputeMaker, world: World) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_budget": {"count": 9}})
    dispute = make_dispute()
    (answer,) = operations.auto_accept([dispute.pk], "not decided in time")
    dispute.refresh_from_db()
    assert (answer.ok, answer.data["number"], answer.data["decided_micros"]) == (True, str(dispute), 45_000_000)
    assert (dispute.stage, dispute.outcome, dispute.decided_by_id) == (Stage.CLOSED, Outcome.ACCEPTED, None)
    assert dispute.decision_note == "Accepted by the system: not decided in time."


def test_nobody_is_told_of_a_grant_that_waits_in_an_undo_window(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"undo_seconds": {"system": 60}})
    publish(world, short_rule(count=5))
    (answer,) = operations.submit(buyer, items=[claim(make_charge(**SHORT).pk)])
    assert sorted(answer.data) == ["amount_micros", "currency", "number"]
    assert Dispute.objects.get(pk=answer.id).stage == Stage.DECIDED


@pytest.mark.parametrize("settings", [{}, {"auto_budget": {}}, {"auto_budget": {"per": "program", "period": "day"}}])
def test_system_grants_nothing_without_a_budget(
    make_dispute: DisputeMaker, world: World, settings: dict[str, Any]
) -> None:
    change_settings(SYSTEM, program=world.program, settings=settings)
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.auto_accept([dispute.pk], "breach")
    refused(answer, "NO_BUDGET", "Nothing is granted without a person in this program.")


def test_system_keeps_to_the_budget_of_the_program(make_dispute: DisputeMaker, world: World) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_budget": {"count": 1}})
    first, second = make_dispute(), make_dispute()
    answers = operations.auto_accept([first.pk, second.pk], "breach")
    assert (answers[0].ok, answers[0].ordinal) == (True, 0)
    refused(answers[1], "BUDGET_USED_UP", USED_UP)
    with unchanged():
        (again,) = operations.auto_accept([second.pk], "breach")
    refused(again, "BUDGET_USED_UP", USED_UP)
    second.refresh_from_db()
    assert (second.stage, UsageCounter.objects.get().used) == (Stage.PENDING, 1)


def test_system_takes_what_waits_and_names_the_rest(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_budget": {"micros": 1_000_000_000}})
    reviewed, withdrawn, good = make_dispute(), make_dispute(), make_dispute()
    operations.claim(manager, items=[Ref(reviewed.pk)])
    operations.withdraw(buyer, items=[Ref(withdrawn.pk)])
    with unchanged():
        nothing = operations.auto_accept([reviewed.pk, withdrawn.pk, 999_999], "breach")
    refused(nothing[0], "WRONG_STAGE", f"{reviewed} is being reviewed, so this step is not possible.")
    refused(nothing[1], "DISPUTE_CLOSED", f"{withdrawn} is withdrawn and cannot be changed.")
    refused(nothing[2], "NOT_FOUND", "Not found, or not yours.")
    answers = operations.auto_accept([good.pk, good.pk], "breach")
    assert answers[0].ok
    refused(answers[1], "ALREADY_DECIDED", f"{good} was already decided.")
    (late,) = operations.auto_accept([reviewed.pk], "breach", step=Step.BREACH)
    assert late.ok
    with unchanged():
        (closed,) = operations.auto_accept([good.pk], "breach")
    refused(closed, "DISPUTE_CLOSED", f"{good} is closed and cannot be changed.")


def test_nothing_to_accept(world: World) -> None:
    assert operations.auto_accept([], "breach") == []
