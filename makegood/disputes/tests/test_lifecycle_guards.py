"""Every guard of the table: what fails it is refused in words and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, CloseItem, DecisionItem, EditItem, FeeItem, Ref, ReverseItem
from makegood.disputes.lifecycle import TABLE, Verb
from makegood.disputes.selectors.clocks import due_infos
from makegood.disputes.states import DecisionKind, Door, Stage
from makegood.disputes.tests import failing_afterward, failing_before, failing_signing
from makegood.disputes.tests.desk import PART, Desk, everything
from makegood.disputes.tests.failing import GUARDS, Guarded, decision
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.world import World

WHERE = (failing_before, failing_afterward, failing_signing)
"""The cases stand here; they register themselves."""


@pytest.fixture
def desk(world: World, buyer: Principal, manager: Principal, other_manager: Principal, csr: Principal) -> Desk:
    return Desk(world, buyer, manager, other_manager, {"csr": csr})


@pytest.mark.parametrize(("verb", "arrange"), GUARDS, ids=lambda part: getattr(part, "__name__", str(part)))
def test_what_fails_a_guard_is_refused_in_words_and_changes_nothing(
    desk: Desk, verb: Verb, arrange: Callable[[Desk], Guarded]
) -> None:
    guarded = arrange(desk)
    before = everything()
    (answer,) = guarded.ask()
    number = guarded.case.dispute.label if guarded.case.dispute else ""
    assert (answer.ok, answer.code, answer.message) == (False, guarded.code, guarded.sentence.format(number=number))
    assert everything() == before


def test_every_guard_of_the_table_was_failed() -> None:
    """Commit has no refusal: what is not due is left alone (see the lifecycle tests and the next one)."""
    assert {row.verb for row in TABLE if row.guard} == {verb for verb, _ in GUARDS} | {Verb.COMMIT}


def test_commit_leaves_a_decision_inside_its_undo_window(desk: Desk) -> None:
    case = desk.case(Stage.DECIDED)
    before = everything()
    assert operations.commit([case.pk]) == operations.commit_due() == []
    assert everything() == before


def test_a_question_lapses_when_its_clock_ended_and_not_before(desk: Desk) -> None:
    case = desk.case(Stage.INFO_NEEDED, Verb.BREACH, sla={"info": {"hours": 72}})
    asked_at = clock.now()
    assert due_infos(asked_at + timedelta(hours=71)) == []
    assert due_infos(asked_at + timedelta(hours=72)) == [case.pk]


VERSIONED: dict[str, Callable[[int], object]] = {
    "edit": lambda pk: EditItem(pk, {"description": "more"}, version=9),
    "withdraw": lambda pk: Ref(pk, 9),
    "claim": lambda pk: Ref(pk, 9),
    "decide": lambda pk: DecisionItem(pk, DecisionKind.REJECT, note="no", version=9),
    "adjust": lambda pk: AdjustItem(pk, PART, "heard", version=9),
    "reverse": lambda pk: ReverseItem(pk, version=9),
    "apply_fee": lambda pk: FeeItem(pk, version=9),
    "close": lambda pk: CloseItem(pk, version=9),
}


@pytest.mark.parametrize("name", sorted(VERSIONED))
def test_a_dispute_that_changed_meanwhile_is_looked_at_again(desk: Desk, name: str) -> None:
    case = desk.case(Stage.PENDING)
    who = desk.submitter if name in {"edit", "withdraw"} else desk.decider
    before = everything()
    (answer,) = getattr(operations, name)(who, items=[VERSIONED[name](case.pk)])
    sentence = f"{case.dispute} was changed meanwhile. Look at it again, then repeat the step."
    assert (answer.code, answer.message) == ("VERSION_MISMATCH", sentence)
    assert everything() == before


def test_undo_goes_through_a_microsecond_before_the_window_ends(desk: Desk) -> None:
    case = desk.case(Stage.DECIDED)
    assert case.dispute is not None
    assert case.dispute.commit_after is not None
    with clock.frozen(case.dispute.commit_after - timedelta(microseconds=1)):
        (answer,) = desk.ask(Verb.UNDO, case)
    assert answer.ok


@pytest.mark.parametrize("clawback", [-1, 30_000_001])
def test_a_claw_back_beyond_the_payout_is_refused(desk: Desk, clawback: int) -> None:
    case = desk.case(Stage.PENDING)
    grant = replace(decision(case, DecisionKind.ACCEPT)[0], clawback_micros=clawback)
    before = everything()
    answers = operations.decide(desk.decider, items=[grant], door=Door.API)
    answers += operations.adjust(desk.decider, items=[AdjustItem(case.pk, PART, "heard", clawback_micros=clawback)])
    for answer in answers:
        said = (answer.code, answer.message)
        assert said == ("CLAWBACK_OUT_OF_RANGE", "At most $30.00 can be taken back from the vendor.")
    assert everything() == before
