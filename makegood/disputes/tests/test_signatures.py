"""Second signatures: what waits, who answers it, what the decision becomes, and who never hears of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import (
    AssignItem,
    CloseItem,
    DecisionItem,
    DuplicateItem,
    HeardItem,
    Ref,
    SignItem,
    WordsItem,
)
from makegood.disputes.models import Decision, Dispute, Handling, Heard, Recommendation
from makegood.disputes.selectors.addressed import record_of
from makegood.disputes.selectors.detail import dispute_detail
from makegood.disputes.selectors.dossiers import dossier_of
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.selectors.recommendations import recommendation_of, to_sign_up_to, waiting
from makegood.disputes.selectors.story import story_of
from makegood.disputes.states import DecisionKind, Stage
from makegood.disputes.tests.test_heard import record
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Adjustment, Hold
from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from tests.refusals import refused, run, unchanged
from tests.world import DisputeMaker

ACCEPT, PARTIAL, REJECT = DecisionKind
LATER = timedelta(seconds=11)


def limited(who: Principal, micros: int = 20_000_000) -> Principal:
    return replace(who, max_decision_micros={"USD": micros})


def decide(who: Principal, *items: DecisionItem) -> list[Answer]:
    return operations.decide_or_recommend(who, items=items)


def signs(answer: Answer, cause: str = "") -> list[SignItem]:
    return [SignItem(answer.data["recommendation"], cause)]


def test_a_batch_decides_what_it_may_and_recommends_the_rest(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    above, below, no = (make_dispute() for _ in range(3))
    answers = decide(
        limited(manager),
        DecisionItem(above.pk, PARTIAL, 20_000_001, "Most of it."),
        DecisionItem(below.pk, PARTIAL, 20_000_000, "Half of it."),
        DecisionItem(no.pk, REJECT, note="A valid call."),
        DecisionItem(999_999, ACCEPT),
    )
    assert [a.data.get("state") for a in answers] == ["recommended", "held", "held", None]
    assert answers[3].code == "NOT_FOUND"
    above.refresh_from_db()
    assert (above.stage, above.waits_for_signature, above.assignee_id) == (Stage.IN_REVIEW, True, manager.id)
    assert Hold.objects.get(dispute_id=above.pk).held_micros == 0
    assert [to_sign_up_to(who, 9).count() for who in (manager, other_manager, limited(other_manager))] == [0, 1, 0]


def test_signed_it_is_its_authors_decision_with_everything_it_rested_on(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    record(dispute)
    heard = (HeardItem("ROBOCALL", 41_000),)
    item = DecisionItem(
        dispute.pk, PARTIAL, 30_000_000, "A robot.", ("ROBOCALL",), clawback_micros=7_000_000, heard=heard
    )
    (asked,) = decide(limited(manager), item)
    (row,) = waiting(other_manager).rows
    assert (row.author, row.why_not, [one.at for one in row.findings]) == ("manager", None, ["0:41"])
    assert row.effect is not None
    assert (row.effect.credit_micros, row.effect.clawback_micros) == (30_000_000, 7_000_000)
    (answer,) = operations.approve(other_manager, items=signs(asked))
    assert answer.ok, answer
    decision = Decision.objects.get()
    assert (decision.by_id, decision.kind, decision.micros) == (manager.id, "partial", 30_000_000)
    assert (decision.clawback_micros, decision.note, decision.state) == (7_000_000, "A robot.", "held")
    assert Heard.objects.get(decision=decision).start_ms == 41_000
    (event,) = JournalEvent.objects.filter(event="dispute.approved")
    assert (event.principal, event.changes["author"], event.changes["micros"]) == (
        other_manager.id,
        manager.id,
        30_000_000,
    )
    answered = recommendation_of(manager, dispute.pk)
    assert answered is not None
    assert (answered.state, answered.answered_by, answered.effect) == ("approved", "other_manager", None)
    assert dossier_of(manager, dispute.public_id).approved_by == "other_manager"
    with clock.shifted(LATER):
        operations.commit_due()
    (credit,) = Adjustment.objects.all()
    assert (credit.amount_micros, credit.clawback_micros) == (-30_000_000, -7_000_000)
    assert [found for law in LAWS.values() for found in run(law)] == []


def test_whoever_signed_can_undo_and_then_nothing_was_posted(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, biller: Principal
) -> None:
    dispute = make_dispute()
    (asked,) = decide(limited(manager), DecisionItem(dispute.pk, ACCEPT))
    second, third = (replace(who, verbs=who.verbs - {Verb.DISPUTE_DECIDE_ANY}) for who in (other_manager, biller))
    operations.approve(second, items=signs(asked))
    (late,) = operations.undo(third, items=[Ref(dispute.pk)])
    refused(late, "NOT_YOURS", f"{dispute} is not in your hands.")
    (answer,) = operations.undo(second, items=[Ref(dispute.pk)])
    assert answer.ok, answer
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.waits_for_signature) == (Stage.IN_REVIEW, False)
    assert not Adjustment.objects.exists()
    assert [found for law in LAWS.values() for found in run(law)] == []


def test_declined_it_goes_back_into_its_authors_hands(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    (asked,) = decide(limited(manager), DecisionItem(dispute.pk, ACCEPT))
    (answer,) = operations.decline(other_manager, items=signs(asked, "Listen again."))
    assert answer.ok, answer
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.waits_for_signature, dispute.assignee_id) == (Stage.IN_REVIEW, False, manager.id)
    assert Handling.objects.get(pk=dispute.pk).assigned_to_id == manager.id
    (again,) = decide(limited(manager), DecisionItem(dispute.pk, PARTIAL, 20_000_000, "Half of it."))
    assert again.data["state"] == "held"


@pytest.mark.parametrize("ends", ["withdrawn", "closed"])
def test_what_ends_it_for_the_others_takes_back_what_waited_and_tells_them_nothing(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal, biller: Principal, ends: str
) -> None:
    dispute = make_dispute()
    decide(limited(manager), DecisionItem(dispute.pk, ACCEPT))
    if ends == "withdrawn":
        (answer,) = operations.withdraw(buyer, items=[Ref(dispute.pk)])
    else:
        closer = replace(biller, verbs=biller.verbs - {Verb.DISPUTE_DECIDE})
        (answer,) = operations.close(closer, items=[CloseItem(dispute.pk)])
    assert answer.ok, answer
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.waits_for_signature) == (ends, False)
    assert Recommendation.objects.get().state == "withdrawn"
    assert [found for law in LAWS.values() for found in run(law)] == []


def test_a_lease_that_ran_out_leaves_what_waits(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(limited(manager), DecisionItem(dispute.pk, ACCEPT))
    operations.extend_lease(manager, items=[Ref(dispute.pk)])
    with clock.shifted(timedelta(hours=1)), unchanged():
        assert operations.release_lapsed() == []


def test_two_items_of_one_call_answer_a_recommendation_once(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    (asked,) = decide(limited(manager), DecisionItem(dispute.pk, ACCEPT))
    first, second = operations.approve(other_manager, items=signs(asked) * 2)
    assert first.ok
    refused(second, "ALREADY_ANSWERED", f"The decision of {dispute} was answered meanwhile.")


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        (
            "UPDATE disputes_dispute SET waits_for_signature = true",
            "a dispute waits for a signature while a recommendation does",
        ),
        (
            "UPDATE disputes_recommendation SET credit_micros = 1",
            "what two people signed was decided by the first",
        ),
        (
            "SET CONSTRAINTS ALL IMMEDIATE;"
            " ALTER TABLE disputes_recommendation DROP CONSTRAINT recommendation_second_person;"
            " UPDATE disputes_recommendation SET answered_by_id = by_id",
            "nobody signed their own decision",
        ),
    ],
)
def test_damage_to_what_was_signed_is_seen(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, damage: str, law: str
) -> None:
    dispute = make_dispute()
    (asked,) = decide(limited(manager), DecisionItem(dispute.pk, ACCEPT))
    operations.approve(other_manager, items=signs(asked))
    operations.undo(manager, items=[Ref(dispute.pk)])
    for statement in damage.split(";"):
        run(statement)
    assert run(LAWS[law]) != []


def all_that_is_read(who: Principal, dispute: Dispute) -> str:
    """Everything somebody reads of a dispute, as text; but for the version and the moment that no page shows them."""
    number = Dispute.objects.get(pk=dispute.pk).number_only
    record = record_of(who, dispute.pk).values
    read = (dispute_detail(who, number), dossier_of(who, dispute.public_id), story_of(who, dispute), record)
    return re.sub(r"version=\d+|modified_at=datetime[^)]*\)", "", repr(read))


def test_the_buyer_learns_nothing_of_what_happens_at_the_desk(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, buyer: Principal
) -> None:
    dispute, twin = make_dispute(), make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    before = all_that_is_read(buyer, dispute)
    for step in steps_at_the_desk(dispute, twin, manager, other_manager):
        answers = step()
        assert answers[0].ok, answers
    told = JournalEvent.objects.filter(object_kind="dispute", object_id=dispute.pk).values_list("event", flat=True)
    assert len({*told}) == 10, set(told)  # filed, claimed, and one of each below
    after = all_that_is_read(buyer, dispute)
    assert after == before
    actions = {action.verb: (action.allowed, action.code) for action in dossier_of(buyer, dispute.public_id).actions}
    assert {actions[verb] for verb in ("recommend", "approve", "decline", "take_over")} == {
        (False, "PERMISSION_DENIED")
    }


def steps_at_the_desk(
    dispute: Dispute, twin: Dispute, manager: Principal, other: Principal
) -> list[Callable[[], list[Answer]]]:
    """One of each, all on one dispute; at the end it is in the same hands as at the beginning."""
    recommend = [DecisionItem(dispute.pk, ACCEPT, None, "secret words")]

    def declined() -> list[Answer]:
        newest = Recommendation.objects.get(dispute=dispute, state="waiting")
        return operations.decline(other, items=[SignItem(newest.public_id, "secret words")])

    return [
        lambda: operations.assign(manager, items=[AssignItem(dispute.pk, other.id)]),
        lambda: operations.escalate(manager, items=[WordsItem(dispute.pk, "secret words")]),
        lambda: operations.settle_escalation(other, items=[Ref(dispute.pk)]),
        lambda: operations.mark_duplicate(manager, items=[DuplicateItem(dispute.pk, str(twin))]),
        lambda: operations.take_over(other, items=[Ref(dispute.pk)]),
        lambda: operations.recommend(limited(manager), items=recommend),
        lambda: operations.withdraw_recommendation(manager, items=[Ref(dispute.pk)]),
        lambda: operations.recommend(limited(manager), items=recommend),
        declined,
    ]
