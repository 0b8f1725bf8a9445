"""Who works on a dispute: order of arrival, taking over, putting aside, giving away, leads, twins, followers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from makegood.disputes import operations
from makegood.disputes.entries import (
    AssignItem,
    ClaimItem,
    CloseItem,
    DuplicateItem,
    Ref,
    SnoozeItem,
    WordsItem,
)
from makegood.disputes.models import OutOfTurn
from makegood.disputes.selectors.handling import deciders_for, handling_of
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from makegood.parties.states import Dimension, Verb
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World


def test_where_arrival_counts_an_older_one_asks_for_a_cause(
    make_dispute: DisputeMaker, world: World, manager: Principal, other_manager: Principal
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"queue": {"order": "fifo"}})
    first, second, third = (make_dispute() for _ in range(3))
    operations.snooze(manager, items=[SnoozeItem(first.pk, clock.now() + timedelta(hours=1))])
    with unchanged():
        (answer,) = operations.claim(manager, items=[Ref(second.pk)])
    sentence = f"{first} has waited longer than {second}, and this program works in order of arrival."
    refused(answer, "OUT_OF_TURN", f"{sentence} Say why it has to wait.")
    (answer,) = operations.claim(manager, items=[ClaimItem(second.pk, cause=" The buyer is on the phone. ")])
    assert answer.ok, answer
    row = OutOfTurn.objects.get()
    assert (row.dispute_id, row.before_id, row.taken_by_id) == (second.pk, first.pk, manager.id)
    (event,) = JournalEvent.objects.filter(event="dispute.taken_out_of_turn")
    assert (event.changes["before"], event.changes["cause"]) == (str(first), "The buyer is on the phone.")
    operations.assign(manager, items=[AssignItem(first.pk, other_manager.id)])
    assert operations.claim(manager, items=[Ref(third.pk)])[0].ok
    assert OutOfTurn.objects.count() == 1


def test_any_other_order_asks_for_none(make_dispute: DisputeMaker, manager: Principal) -> None:
    make_dispute()
    assert operations.claim(manager, items=[Ref(make_dispute().pk)])[0].ok
    assert not OutOfTurn.objects.exists()


def test_taking_over_moves_the_lease_and_is_told(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    operations.claim(manager, items=[Ref(dispute.pk)])
    (answer,) = operations.take_over(other_manager, items=[Ref(dispute.pk, 1)])
    assert answer.ok, answer
    dispute.refresh_from_db()
    assert (dispute.assignee_id, dispute.lock_version) == (other_manager.id, 1)
    (late,) = operations.extend_lease(manager, items=[Ref(dispute.pk)])
    refused(late, "NOT_YOURS", f"{dispute} is not in your hands.")
    assert JournalEvent.objects.get(event="dispute.taken_over").changes["from"] == manager.id


def test_given_to_somebody_who_sees_and_decides_it_and_to_nobody_else(
    make_dispute: DisputeMaker, world: World, manager: Principal, other_manager: Principal, qa: Principal
) -> None:
    dispute = make_dispute()
    elsewhere = world.person("manager", "elsewhere")
    User.objects.get(pk=elsewhere.id or 0).grants.update(dimension=Dimension.PROGRAM, value="999999")
    with unchanged():
        answers = [operations.assign(manager, items=[AssignItem(dispute.pk, who.id)])[0] for who in (qa, elsewhere)]
    for answer in answers:
        refused(answer, "ASSIGNEE_UNKNOWN", f"That person may not decide {dispute}.")
    assert [one.name for one in deciders_for(manager, dispute.pk)] == ["manager", "other_manager"]
    operations.assign(manager, items=[AssignItem(dispute.pk, other_manager.id)])
    assert handling_of(manager, dispute.pk).assigned_to == "other_manager"
    operations.assign(manager, items=[AssignItem(dispute.pk, None)])
    view = handling_of(manager, dispute.pk)
    assert (view.assigned_to, view.assigned_at) == ("", None)


def test_put_before_the_leads_and_settled(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        (empty,) = operations.escalate(manager, items=[WordsItem(dispute.pk, " ")])
        (early,) = operations.settle_escalation(manager, items=[Ref(dispute.pk)])
    refused(empty, "CAUSE_REQUIRED", "Please say why.")
    refused(early, "NOT_ESCALATED", f"{dispute} is not with the leads.")
    operations.escalate(manager, items=[WordsItem(dispute.pk, "A lawyer wrote.")])
    (again,) = operations.escalate(manager, items=[WordsItem(dispute.pk, "Again.")])
    refused(again, "ALREADY_ESCALATED", f"{dispute} is with the leads already.")
    escalated = handling_of(manager, dispute.pk).escalated
    assert escalated is not None
    assert (escalated.by, escalated.cause) == ("manager", "A lawyer wrote.")
    operations.settle_escalation(manager, items=[Ref(dispute.pk)])
    assert handling_of(manager, dispute.pk).escalated is None


def test_a_twin_is_another_dispute_in_sight(make_dispute: DisputeMaker, manager: Principal) -> None:
    first, second = make_dispute(), make_dispute()
    operations.mark_duplicate(manager, items=[DuplicateItem(second.pk, str(first).lower())])
    view = handling_of(manager, second.pk)
    assert (view.duplicate_of, handling_of(manager, first.pk).duplicates) == (str(first), (str(second),))
    with unchanged():
        answers = operations.mark_duplicate(
            manager, items=[DuplicateItem(first.pk, of) for of in (str(first), str(second), "D-999999")]
        )
    for answer, of in zip(answers, (first, second, "D-999999"), strict=True):
        refused(answer, "DUPLICATE_UNKNOWN", f'"{of}" is not a dispute that {first} could repeat.')
    operations.mark_duplicate(manager, items=[DuplicateItem(second.pk, "")])
    assert handling_of(manager, second.pk).duplicate_of == ""


def test_putting_aside_is_ones_own_and_following_tells_nobody(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, buyer: Principal
) -> None:
    dispute, until = make_dispute(), clock.now() + timedelta(hours=2)
    with unchanged(but=("disputes_snooze", "disputes_follow")):
        operations.snooze(manager, items=[SnoozeItem(dispute.pk, until)])
        for who in (manager, buyer, buyer):
            assert operations.follow(who, items=[Ref(dispute.pk)])[0].ok
    assert [handling_of(who, dispute.pk).snoozed_until for who in (manager, other_manager)] == [until, None]
    assert [handling_of(who, dispute.pk).follows for who in (manager, other_manager, buyer)] == [True, False, True]
    with unchanged():
        answers = [
            operations.snooze(manager, items=[SnoozeItem(dispute.pk, clock.now() + timedelta(days=days))])[0]
            for days in (-1, 31)
        ]
    for answer in answers:
        refused(answer, "SNOOZE_OUT_OF_RANGE", "Choose a time within the next 30 days.")
    operations.unfollow(buyer, items=[Ref(dispute.pk)])
    operations.snooze(manager, items=[SnoozeItem(dispute.pk, None)])
    assert not handling_of(buyer, dispute.pk).follows
    assert handling_of(manager, dispute.pk).snoozed_until is None


def test_what_is_out_of_sight_or_over_is_refused(
    make_dispute: DisputeMaker, manager: Principal, stranger: Principal
) -> None:
    dispute = make_dispute()
    outsider = replace(stranger, verbs=stranger.verbs | {Verb.DISPUTE_DECIDE})
    words, to = [WordsItem(dispute.pk, "why")], [AssignItem(dispute.pk, manager.id)]
    with unchanged():
        answers = [
            *operations.assign(outsider, items=to),
            *operations.escalate(outsider, items=words),
            *operations.mark_duplicate(outsider, items=[DuplicateItem(dispute.pk, "D-1")]),
            *operations.snooze(outsider, items=[SnoozeItem(dispute.pk, None)]),
            *operations.follow(outsider, items=[Ref(dispute.pk)]),
            *operations.take_over(outsider, items=[Ref(dispute.pk)]),
        ]
    assert {(answer.code, answer.message) for answer in answers} == {("NOT_FOUND", "Not found, or not yours.")}
    operations.close(manager, items=[CloseItem(dispute.pk)])
    with unchanged():
        (answer,) = operations.assign(manager, items=to)
    refused(answer, "DISPUTE_CLOSED", f"{dispute} is closed and cannot be changed.")
