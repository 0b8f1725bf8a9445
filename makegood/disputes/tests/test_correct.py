"""Reopen, reverse, close: one confirmation for money that was posted by mistake on a closed dispute."""

from __future__ import annotations

from dataclasses import replace

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref, SubmitItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.states import Door, Stage
from makegood.disputes.tests.money import PARTIAL, REJECT, decide, item, posted
from makegood.journal.models import JournalEvent
from makegood.ledger.models import Adjustment
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.operations import change_settings
from makegood.parties.states import Verb
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

CAUSE = "The wrong call was credited"


@pytest.fixture
def closed(make_dispute: DisputeMaker, manager: Principal) -> Dispute:
    """A closed dispute with a credit, in a program whose decision is final."""
    dispute = make_dispute()
    decide(manager, item(dispute), door=Door.API)
    return Dispute.objects.get(pk=dispute.pk)


def correct(who: Principal, *disputes: Dispute) -> list[tuple[str, str]]:
    answers = operations.correct(who, items=[WordsItem(dispute.pk, CAUSE) for dispute in disputes])
    return [(answer.code, answer.message) for answer in answers]


def test_a_closed_dispute_is_reversed_and_closed_again_in_a_program_that_never_reopens(
    closed: Dispute, manager: Principal
) -> None:
    told = JournalEvent.objects.count()
    (answer,) = operations.correct(manager, items=[WordsItem(closed.pk, CAUSE)])
    after = Dispute.objects.get(pk=closed.pk)
    assert (after.stage, after.outcome, after.round, after.resolution) == (Stage.CLOSED, None, 2, None)
    assert answer.data["credit_micros"] == 45_000_000
    assert (answer.data["stage"], answer.data["version"]) == (Stage.CLOSED, after.lock_version)
    events = JournalEvent.objects.order_by("id")[told:]
    assert [event.event for event in events] == ["dispute.reopened", "dispute.reversed", "dispute.closed"]
    assert [event.changes["correction"] for event in events] == [True] * 3
    assert (events[0].changes["cause"], events[1].changes["note"]) == (CAUSE, CAUSE)
    assert events[2].changes["told"] is True
    assert set(posted().values()) == {0}
    assert proof().holds
    assert list(broken(LAWS)) == []


def test_every_credit_of_every_round_is_reversed(make_dispute: DisputeMaker, manager: Principal, world: World) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reopen": True})
    dispute = make_dispute()
    decide(manager, item(dispute, PARTIAL, 10_000_000), door=Door.API)
    operations.reopen(manager, items=[WordsItem(dispute.pk, "More of it")])
    decide(manager, item(dispute, PARTIAL, 5_000_000), door=Door.API)
    assert correct(manager, dispute) == [("", "")]
    assert Adjustment.objects.filter(kind="reversal").count() == 2
    assert set(posted().values()) == {0}
    assert list(broken(LAWS)) == []


def test_a_key_that_comes_again_corrects_once(closed: Dispute, manager: Principal) -> None:
    items = [WordsItem(closed.pk, CAUSE)]
    first = operations.correct(manager, items=items, key="c")
    with unchanged():
        assert operations.correct(manager, items=items, key="c") == first


def test_what_cannot_be_corrected_stays_as_it_is_beside_what_can(
    closed: Dispute, make_dispute: DisputeMaker, manager: Principal, buyer: Principal, world: World
) -> None:
    waiting, denied, taken_back, again = (make_dispute() for _ in range(4))
    decide(manager, item(denied, REJECT), item(again, PARTIAL, 10_000_000), door=Door.API)
    operations.withdraw(buyer, items=[Ref(taken_back.pk)])
    rules = [{"type": "no_open_dispute", "severity": "block"}]
    operations.publish_policy(SYSTEM, program=world.program, rules=rules)
    (other,) = operations.submit(buyer, items=[SubmitItem(again.charge_id, "SPAM", "a robot")])
    assert other.ok, other
    with unchanged():
        answers = operations.correct(
            manager, items=[WordsItem(d.pk, CAUSE) for d in (waiting, denied, taken_back, again)]
        )
        answers += operations.correct(manager, items=[WordsItem(closed.pk, " "), WordsItem(closed.pk, CAUSE, 99)])
    refused(answers[0], "NOT_CLOSED", f"{waiting} is still open.")
    refused(answers[1], "NOT_ADJUSTED", f"{denied} has no credit that could be reversed.")
    refused(answers[2], "NOT_ADJUSTED", f"{taken_back} has no credit that could be reversed.")
    refused(answers[3], "ALREADY_DISPUTED", "A dispute on this item is already open.")
    refused(answers[4], "CAUSE_REQUIRED", "Please say why.")
    refused(answers[5], "VERSION_MISMATCH", f"{closed} was changed meanwhile. Look at it again, then repeat the step.")
    assert [code for code, _ in correct(manager, denied, closed)] == ["NOT_ADJUSTED", ""]


def test_who_may_not_reverse_may_not_correct(closed: Dispute, manager: Principal) -> None:
    bound = replace(manager, verbs=manager.verbs - {Verb.DISPUTE_REVERSE})
    with unchanged(), pytest.raises(NotPermitted) as raised:
        correct(bound, closed)
    assert raised.value.message == 'This needs the permission "dispute.reverse"; an administrator can grant it.'
