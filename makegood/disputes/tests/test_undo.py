"""Taking a decision back: inside the window only, by whom it concerns, and without a trace in the books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.states import DecisionKind, Door, Stage
from makegood.disputes.tests.money import ACCEPT, PARTIAL, REJECT, commit_later, decide, item
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.ledger.models import ChargeBalance, Entry, Hold
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Role, User
from makegood.parties.selectors import principal_of
from makegood.parties.states import Verb
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World


@pytest.mark.parametrize(("kind", "micros"), [(ACCEPT, None), (PARTIAL, 20_000_000), (REJECT, None)])
def test_undo_gives_the_dispute_back_and_frees_the_hold(
    make_dispute: DisputeMaker, manager: Principal, kind: DecisionKind, micros: int | None
) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute, kind, micros))
    (answer,) = operations.undo(manager, items=[Ref(dispute.pk, version=2)])
    assert answer.ok
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome, dispute.decided_micros) == (Stage.IN_REVIEW, None, None)
    assert (dispute.decided_by_id, dispute.commit_after, dispute.decision_note) == (None, None, "")
    assert (dispute.assignee_id, answer.data["version"]) == (manager.id, dispute.lock_version)
    assert (Hold.objects.get().held_micros, ChargeBalance.objects.get().held_micros) == (0, 0)
    assert Decision.objects.get().state == "undone"
    assert JournalEvent.objects.filter(event="dispute.undone").count() == 1
    assert (commit_later(), Entry.objects.count()) == ([], 0)


def test_undone_dispute_may_be_decided_again(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    for _ in range(3):
        assert decide(manager, item(dispute))[0].ok
        assert operations.undo(manager, items=[Ref(dispute.pk)])[0].ok
    assert decide(manager, item(dispute, PARTIAL, 1))[0].ok
    (committed,) = commit_later()
    assert committed.data["credit_micros"] == 1
    assert list(Decision.objects.order_by("id").values_list("state", flat=True)) == ["undone"] * 3 + ["committed"]


def test_many_with_one_bad_undo_the_others(make_dispute: DisputeMaker, manager: Principal) -> None:
    disputes = [make_dispute() for _ in range(3)]
    decide(manager, item(disputes[0]), item(disputes[2]))
    answers = operations.undo(manager, items=[Ref(dispute.pk) for dispute in disputes])
    assert [(a.ordinal, a.ok, a.id) for a in answers] == [(n, n != 1, d.pk) for n, d in enumerate(disputes)]
    refused(answers[1], "WRONG_STAGE", f"{disputes[1]} is waiting for a decision, so this step is not possible.")
    assert JournalEvent.objects.filter(event="dispute.undone").count() == 2
    assert Dispute.objects.get(pk=disputes[1].pk).lock_version == 1


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_undo_when_the_window_has_ended(make_dispute: DisputeMaker, manager: Principal, late: timedelta) -> None:
    dispute = make_dispute()
    now = clock.now()
    with clock.frozen(now):
        decide(manager, item(dispute))
    with unchanged(), clock.frozen(now + timedelta(seconds=10) + late):
        (answer,) = operations.undo(manager, items=[Ref(dispute.pk)])
    refused(answer, "UNDO_EXPIRED", f"The time to undo {dispute} is over; the money has moved.")
    with clock.frozen(now + timedelta(seconds=10) - timedelta(microseconds=1)):
        assert operations.undo(manager, items=[Ref(dispute.pk)])[0].ok


def test_undo_of_a_closed_one(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute), door=Door.API)
    with unchanged():
        (answer,) = operations.undo(manager, items=[Ref(dispute.pk)])
    refused(answer, "DISPUTE_CLOSED", f"{dispute} is closed and cannot be changed.")


def test_undo_at_an_old_version(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute))
    with unchanged():
        (answer,) = operations.undo(manager, items=[Ref(dispute.pk, version=1)])
    sentence = f"{dispute} was changed meanwhile. Look at it again, then repeat the step."
    refused(answer, "VERSION_MISMATCH", sentence)


def test_undo_of_what_somebody_else_decided(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute))
    role = Role.objects.get(key="manager")
    Role.objects.filter(pk=role.pk).update(verbs=[verb for verb in role.verbs if verb != Verb.DISPUTE_DECIDE_ANY])
    colleague = principal_of(User.objects.get(pk=other_manager.id))
    with unchanged():
        (answer,) = operations.undo(colleague, items=[Ref(dispute.pk)])
    refused(answer, "NOT_YOURS", f"{dispute} is not in your hands.")
    assert operations.undo(other_manager, items=[Ref(dispute.pk)])[0].ok


def test_undo_of_what_is_not_there(manager: Principal) -> None:
    with unchanged():
        (answer,) = operations.undo(manager, items=[Ref(999_999)])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_same_dispute_twice_is_undone_once(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute))
    first, second = operations.undo(manager, items=[Ref(dispute.pk), Ref(dispute.pk)])
    assert (first.ok, second.ok) == (True, False)
    assert JournalEvent.objects.filter(event="dispute.undone").count() == 1


def test_who_may_not_undo(make_dispute: DisputeMaker, buyer: Principal, world: World) -> None:
    dispute = make_dispute()
    with unchanged(), pytest.raises(NotPermitted):
        operations.undo(buyer, items=[Ref(dispute.pk)])
