"""The order of arrival, wherever it could be left: one decision, a credit at once, several together, a bulk plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, DecisionItem, PlanParams, Ref, WordsItem
from makegood.disputes.models import Dispute, OutOfTurn
from makegood.disputes.operations.foresee_case import foresee_adjust
from makegood.disputes.selectors.line import line_of
from makegood.disputes.selectors.plans import plan_rows
from makegood.disputes.selectors.queue import QueueQuery
from makegood.disputes.selectors.turns import decided_out_of_order
from makegood.disputes.states import DecisionKind, Door, PlanVerb
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

WHOLE = 45_000_000
CAUSE = "The buyer is on the phone."
Asked = Callable[[Principal, int, str], Answer]


def accepted(pk: int, cause: str = "") -> DecisionItem:
    return DecisionItem(pk, DecisionKind.ACCEPT, note="As heard.", cause=cause)


def one_decision(who: Principal, pk: int, cause: str) -> Answer:
    return operations.decide(who, items=[accepted(pk, cause)])[0]


def through_the_api(who: Principal, pk: int, cause: str) -> Answer:
    return operations.decide_or_recommend(who, items=[accepted(pk, cause)], door=Door.API)[0]


def credit_at_once(who: Principal, pk: int, cause: str) -> Answer:
    return operations.adjust(who, items=[AdjustItem(pk, WHOLE, "As heard.", cause=cause)])[0]


@pytest.fixture
def waiting(world: World, make_dispute: DisputeMaker) -> list[Dispute]:
    """Three requests in a program that works in order of arrival."""
    change_settings(SYSTEM, program=world.program, settings={"queue": {"order": "fifo"}})
    return [make_dispute() for _ in range(3)]


def say(newer: Dispute, older: Dispute) -> str:
    said = f"{older} has waited longer than {newer}, and this program works in order of arrival."
    return f"{said} Say why it has to wait."


@pytest.mark.parametrize("ask", [one_decision, through_the_api, credit_at_once])
def test_nothing_goes_before_an_older_one_without_a_cause_that_is_kept(
    ask: Asked, waiting: list[Dispute], manager: Principal
) -> None:
    first, second, _ = waiting
    with unchanged():
        answer = ask(manager, second.pk, "  ")
    refused(answer, "OUT_OF_TURN", say(second, first))
    assert ask(manager, second.pk, CAUSE).ok
    row = OutOfTurn.objects.get()
    assert (row.dispute_id, row.before_id, row.taken_by_id, row.cause) == (second.pk, first.pk, manager.id, CAUSE)
    told = JournalEvent.objects.get(event="dispute.taken_out_of_turn")
    assert (told.object_id, told.changes["before"], told.changes["cause"]) == (second.pk, str(first), CAUSE)
    assert ask(manager, first.pk, "").ok
    assert OutOfTurn.objects.count() == 1


def test_a_credit_at_once_is_foreseen_as_refused(waiting: list[Dispute], manager: Principal) -> None:
    first, second, _ = waiting
    said = foresee_adjust(manager, AdjustItem(second.pk, WHOLE, "As heard."))
    assert (said.code, said.message) == ("OUT_OF_TURN", say(second, first))
    assert not foresee_adjust(manager, AdjustItem(second.pk, WHOLE, "As heard.", cause=CAUSE)).code


def test_the_oldest_together_are_in_order_and_one_after_a_gap_is_not(
    waiting: list[Dispute], manager: Principal
) -> None:
    first, second, third = waiting
    answers = operations.decide(manager, items=[accepted(third.pk), accepted(first.pk)])
    refused(answers[0], "OUT_OF_TURN", say(third, second))
    assert answers[1].ok
    assert all(answer.ok for answer in operations.decide(manager, items=[accepted(third.pk), accepted(second.pk)]))
    assert not OutOfTurn.objects.exists()


def test_a_bulk_takes_the_oldest_first_and_leaves_out_what_stands_behind_one_it_cannot_take(
    waiting: list[Dispute], manager: Principal
) -> None:
    params = PlanParams(note="As heard.")
    names = [str(dispute) for dispute in waiting]
    plan = operations.plan_bulk(manager, verb=PlanVerb.REJECT, selection=names[:0:-1], params=params)
    assert (plan.planned, sum(one.count for one in plan.totals.exclusions)) == (0, 2)
    assert {one.code for one in plan.totals.exclusions} == {"OUT_OF_TURN"}
    told = operations.plan_bulk(manager, verb=PlanVerb.REJECT, selection=names[2:], params=replace(params, cause=CAUSE))
    every = operations.plan_bulk(manager, verb=PlanVerb.REJECT, selection=names[::-1], params=params)
    assert [row.number for row in plan_rows(manager, every.id)] == names
    assert (every.planned, told.planned) == (len(waiting), 1)
    assert operations.commit_plan(manager, told.id).done == 1
    assert (OutOfTurn.objects.get().dispute_id, OutOfTurn.objects.get().cause) == (waiting[2].pk, CAUSE)


def test_a_bulk_stops_behind_an_older_one_that_it_leaves_out(
    waiting: list[Dispute], make_dispute: DisputeMaker, manager: Principal
) -> None:
    operations.decide(manager, items=[accepted(dispute.pk) for dispute in waiting])
    large, small = make_dispute(billed_micros=2 * WHOLE), make_dispute()
    limited = replace(manager, max_decision_micros={"USD": WHOLE})
    plan = operations.plan_bulk(
        limited, verb=PlanVerb.ACCEPT, selection=[str(large), str(small)], params=PlanParams(note="As heard.")
    )
    assert plan.planned == 0
    assert [one.code for one in plan.totals.exclusions] == ["OVER_LIMIT", "OUT_OF_TURN"]


def test_what_the_system_grants_asks_nobodys_turn(waiting: list[Dispute], world: World) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_budget": {"count": 5}})
    (answer,) = operations.auto_accept([waiting[2].pk], "test")
    assert answer.ok, answer
    assert not OutOfTurn.objects.exists()


def test_a_re_review_that_is_somebody_elses_holds_up_nobody(
    waiting: list[Dispute], world: World, manager: Principal, other_manager: Principal, csr: Principal
) -> None:
    again = {"re_review": {"allowed": True, "requested_by": "csr", "other_reviewer": True}, "max_rounds": 2}
    change_settings(SYSTEM, program=world.program, settings=again)
    first, second, _ = waiting
    operations.decide(manager, items=[DecisionItem(first.pk, DecisionKind.REJECT, note="An ordinary call.")])
    with clock.shifted(timedelta(seconds=61)):
        operations.commit_due()
        query = QueueQuery("pending", clock.now())
        assert operations.request_re_review(csr, items=[WordsItem(first.pk, "Listen to the end.")])[0].ok
        assert line_of(manager, query).rows[0].id == second.pk
        assert line_of(other_manager, query).rows[0].id == first.pk
        with unchanged():
            (answer,) = operations.claim(manager, items=[Ref(first.pk)])
        refused(answer, "OTHER_REVIEWER", f"You decided {first} before; somebody else reviews it this time.")
        assert one_decision(manager, second.pk, "").ok


def test_decisions_out_of_order_are_counted_once_and_not_when_taken_back(
    waiting: list[Dispute], world: World, manager: Principal, stranger: Principal
) -> None:
    since = clock.now() - timedelta(days=1)
    first, second, third = waiting
    one_decision(manager, third.pk, CAUSE)
    one_decision(manager, second.pk, CAUSE)
    operations.undo(manager, items=[Ref(second.pk)])
    said = decided_out_of_order(manager, program_id=world.program.pk, since=since)
    assert said.count == 1
    (row,) = said.newest
    assert (row.number, row.before, row.by, row.cause) == (str(third), str(first), "manager", CAUSE)
    assert decided_out_of_order(stranger, program_id=world.program.pk, since=since).count == 0
    assert decided_out_of_order(manager, program_id=world.program.pk, since=clock.now()).count == 0
