"""Claiming and releasing: one reviewer at a time, and back to the queue when the lease runs out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref
from makegood.disputes.models import Dispute
from makegood.disputes.states import Door, Stage
from makegood.disputes.tests.money import decide, item
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Role, User
from makegood.parties.selectors import principal_of
from makegood.parties.states import Verb
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker


def claim(principal: Principal, dispute: Dispute, version: int | None = None) -> Answer:
    return operations.claim(principal, items=[Ref(dispute.pk, version)])[0]


def test_claimed_one_is_in_review_for_the_lease(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    now = clock.now()
    with clock.frozen(now):
        answer = claim(manager, dispute, 1)
    dispute.refresh_from_db()
    assert (answer.data["stage"], dispute.stage, dispute.assignee_id) == ("in_review", Stage.IN_REVIEW, manager.id)
    assert dispute.claimed_until == now + timedelta(seconds=120)
    assert JournalEvent.objects.get(event="dispute.claimed").changes["assignee"] == manager.label


def test_many_with_bad_ones_claim_the_others(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    fine, leased, decided, closed = (make_dispute() for _ in range(4))
    claim(other_manager, leased)
    decide(manager, item(decided))
    decide(manager, item(closed), door=Door.API)
    refs = [Ref(leased.pk), Ref(decided.pk), Ref(closed.pk), Ref(fine.pk, 9), Ref(fine.pk), Ref(999_999)]
    answers = operations.claim(manager, items=refs)
    refused(answers[0], "LEASED", f"{leased} is being reviewed by other_manager.")
    refused(answers[1], "ALREADY_DECIDED", f"{decided} was already decided.")
    refused(answers[2], "DISPUTE_CLOSED", f"{closed} is closed and cannot be changed.")
    sentence = f"{fine} was changed meanwhile. Look at it again, then repeat the step."
    refused(answers[3], "VERSION_MISMATCH", sentence)
    assert answers[4].ok
    refused(answers[5], "NOT_FOUND", "Not found, or not yours.")
    assert JournalEvent.objects.filter(event="dispute.claimed").count() == 2


def test_withdrawn_one_is_not_claimed(make_dispute: DisputeMaker, buyer: Principal, manager: Principal) -> None:
    dispute = make_dispute()
    operations.withdraw(buyer, items=[Ref(dispute.pk)])
    with unchanged():
        answer = claim(manager, dispute)
    refused(answer, "DISPUTE_CLOSED", f"{dispute} is withdrawn and cannot be changed.")


def test_released_one_waits_again(make_dispute: DisputeMaker, manager: Principal, other_manager: Principal) -> None:
    dispute = make_dispute()
    claim(manager, dispute)
    assert operations.release(manager, items=[Ref(dispute.pk)])[0].ok
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.assignee_id, dispute.claimed_until) == (Stage.PENDING, None, None)
    assert claim(other_manager, dispute).ok


def without_decide_any(person: Principal) -> Principal:
    role = Role.objects.get(key="manager")
    Role.objects.filter(pk=role.pk).update(verbs=[verb for verb in role.verbs if verb != Verb.DISPUTE_DECIDE_ANY])
    return principal_of(User.objects.get(pk=person.id))


def test_release_of_what_another_reviews(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    claim(manager, dispute)
    colleague = without_decide_any(other_manager)
    with unchanged():
        (answer,) = operations.release(colleague, items=[Ref(dispute.pk)])
    refused(answer, "NOT_YOURS", f"{dispute} is not in your hands.")
    with clock.shifted(timedelta(seconds=121)):
        assert operations.release(colleague, items=[Ref(dispute.pk)])[0].ok


def test_release_of_what_nobody_reviews(make_dispute: DisputeMaker, manager: Principal) -> None:
    waiting, decided, closed = (make_dispute() for _ in range(3))
    decide(manager, item(decided))
    decide(manager, item(closed), door=Door.API)
    with unchanged():
        answers = operations.release(manager, items=[Ref(d.pk) for d in (waiting, decided, closed)] + [Ref(999_999)])
    refused(answers[0], "WRONG_STAGE", f"{waiting} is waiting for a decision, so this step is not possible.")
    refused(answers[1], "ALREADY_DECIDED", f"{decided} was already decided.")
    refused(answers[2], "DISPUTE_CLOSED", f"{closed} is closed and cannot be changed.")
    refused(answers[3], "NOT_FOUND", "Not found, or not yours.")


def test_release_at_an_old_version(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    claim(manager, dispute)
    with unchanged():
        (answer,) = operations.release(manager, items=[Ref(dispute.pk, 9)])
    sentence = f"{dispute} was changed meanwhile. Look at it again, then repeat the step."
    refused(answer, "VERSION_MISMATCH", sentence)


def test_lapsed_leases_go_back_to_the_queue(make_dispute: DisputeMaker, manager: Principal) -> None:
    lapsed, fresh = make_dispute(), make_dispute()
    now = clock.now()
    with clock.frozen(now - timedelta(seconds=120)):
        claim(manager, lapsed)
    with clock.frozen(now):
        claim(manager, fresh)
        assert [answer.id for answer in operations.release_lapsed()] == [lapsed.pk]
        with unchanged():
            assert operations.release_lapsed() == []
    assert Dispute.objects.get(pk=fresh.pk).stage == Stage.IN_REVIEW
    changes = JournalEvent.objects.get(event="dispute.released").changes
    assert changes["lapsed"] is True


@pytest.mark.parametrize("who", ["buyer", "csr", "qa"])
def test_who_may_not_claim(make_dispute: DisputeMaker, who: str, request: pytest.FixtureRequest) -> None:
    dispute = make_dispute()
    principal: Principal = request.getfixturevalue(who)
    for verb in (operations.claim, operations.release):
        with unchanged(), pytest.raises(NotPermitted):
            verb(principal, items=[Ref(dispute.pk)])


def test_a_lease_is_extended_by_its_holder_alone_and_leaves_no_trace(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute, waiting = make_dispute(), make_dispute()
    claim(manager, dispute)
    version, told = Dispute.objects.get(pk=dispute.pk).lock_version, JournalEvent.objects.count()
    refs = [Ref(dispute.pk), Ref(waiting.pk)]
    with clock.shifted(timedelta(seconds=100)):
        mine, absent = operations.extend_lease(manager, items=refs)
        (theirs, _) = operations.extend_lease(other_manager, items=refs)
        until = clock.now() + timedelta(seconds=120)
    assert mine.ok
    refused(absent, "NOT_FOUND", "Not found, or not yours.")
    refused(theirs, "NOT_YOURS", f"{dispute} is not in your hands.")
    after = Dispute.objects.get(pk=dispute.pk)
    assert abs(after.claimed_until - until) < timedelta(seconds=1) if after.claimed_until else False
    assert (after.lock_version, JournalEvent.objects.count()) == (version, told)
