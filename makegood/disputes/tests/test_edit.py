"""Editing an open dispute: what may change, when, and what every refusal says."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import EditItem, Ref, SubmitItem
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.policy.presets import preset
from makegood.disputes.states import Door
from makegood.disputes.tests.money import decide, item
from makegood.journal.models import JournalEvent
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker, World

FULL = "This program takes the whole item; the reviewer decides whether part of it is credited."
WHOLE = "An amount is a whole number of millionths of the currency."
MISMATCH = "{} was changed meanwhile. Look at it again, then repeat the step."


def edit(principal: Principal, dispute: Dispute, version: int | None = None, **changes: Any) -> Answer:
    (answer,) = operations.edit(principal, items=[EditItem(dispute.pk, changes, version)])
    return answer


def test_reason_and_words_change_and_the_journal_tells_both(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    answer = edit(buyer, dispute, 1, reason="BOT", description=" A recorded voice ")
    dispute.refresh_from_db()
    assert (dispute.reason and dispute.reason.code, dispute.description) == ("BOT", " A recorded voice ")
    assert (answer.data["version"], dispute.lock_version, dispute.modified_by_id) == (2, 2, buyer.id)
    changes = JournalEvent.objects.get(event="dispute.edited").changes
    assert changes["before"] == {"reason": "SPAM", "description": "Automated voice, hung up when we spoke"}
    assert changes["after"]["reason"] == "BOT"


def test_many_with_one_bad_edit_the_others(make_dispute: DisputeMaker, buyer: Principal) -> None:
    disputes = [make_dispute() for _ in range(3)]
    reasons = ["BOT", "NO_SUCH", "PRANK"]
    items = [EditItem(d.pk, {"reason": reason}) for d, reason in zip(disputes, reasons, strict=True)]
    answers = operations.edit(buyer, items=items)
    assert [answer.ok for answer in answers] == [True, False, True]
    refused(answers[1], "REASON_REQUIRED", "Please choose a reason that this program offers.")
    assert Dispute.objects.get(pk=disputes[1].pk).lock_version == 1
    assert JournalEvent.objects.filter(event="dispute.edited").count() == 2


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"stage": "closed"}, "FIELD_NOT_EDITABLE", '"stage" cannot be changed here.'),
        ({"reason": ""}, "REASON_REQUIRED", "Please choose a reason that this program offers."),
        ({"reason": "NOT_CONNECTED"}, "REASON_REQUIRED", "Please choose a reason that this program offers."),
        ({"amount_micros": True}, "AMOUNT_NOT_WHOLE", WHOLE),
        ({"amount_micros": "45000000"}, "AMOUNT_NOT_WHOLE", WHOLE),
        ({"amount_micros": 45_000_000.0}, "AMOUNT_NOT_WHOLE", WHOLE),
        ({"amount_micros": None}, "AMOUNT_NOT_WHOLE", WHOLE),
        ({"amount_micros": 0}, "AMOUNT_NOT_POSITIVE", "The amount has to be above zero."),
        ({"amount_micros": 45_000_001}, "AMOUNT_EXCEEDS_REMAINING", "Only $45.00 of this charge is left."),
        ({"amount_micros": 44_999_999}, "AMOUNT_NOT_FULL", FULL),
        ({"description": "Better", "amount_micros": 1}, "AMOUNT_NOT_FULL", FULL),
    ],
)
def test_edit_that_is_refused(
    make_dispute: DisputeMaker, buyer: Principal, changes: dict[str, Any], code: str, message: str
) -> None:
    dispute = make_dispute()
    with unchanged():
        answer = edit(buyer, dispute, **changes)
    refused(answer, code, message)


def test_edit_that_explains_too_little(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    Reason.objects.filter(code="BOT").update(min_explanation_chars=500)
    with unchanged():
        answer = edit(buyer, dispute, reason="BOT")
    refused(answer, "EXPLANATION_REQUIRED", "Please add a few words that explain it.")


def test_amount_changes_where_the_policy_takes_parts(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    rules = [rule for rule in preset("call_marketplace").rules if rule["type"] != "amount_full"]
    operations.publish_policy(SYSTEM, program=world.program, rules=rules)
    (filed,) = operations.submit(buyer, items=[SubmitItem(make_charge().pk, "SPAM", "Voice", 1_000_000)])
    dispute = Dispute.objects.get(pk=filed.id)
    assert edit(buyer, dispute, amount_micros=2_000_000).ok
    dispute.refresh_from_db()
    assert dispute.amount_micros == 2_000_000


def test_edit_of_a_decided_or_closed_one(make_dispute: DisputeMaker, buyer: Principal, manager: Principal) -> None:
    decided, closed, withdrawn = make_dispute(), make_dispute(), make_dispute()
    decide(manager, item(closed), door=Door.API)
    decide(manager, item(decided))
    operations.withdraw(buyer, items=[Ref(withdrawn.pk)])
    with unchanged():
        answers = [edit(buyer, dispute, description="Late") for dispute in (decided, closed, withdrawn)]
    refused(answers[0], "WRONG_STAGE", f"{decided} is being reviewed, so this step is not possible.")
    refused(answers[1], "DISPUTE_CLOSED", f"{closed} is closed and cannot be changed.")
    refused(answers[2], "DISPUTE_CLOSED", f"{withdrawn} is withdrawn and cannot be changed.")


def test_resolved_one_takes_words_but_no_reason(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, world: World
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    dispute = make_dispute()
    decide(manager, item(dispute), door=Door.API)
    with unchanged():
        answer = edit(buyer, dispute, reason="BOT")
    refused(answer, "ALREADY_DECIDED", f"{dispute} was already decided.")
    assert edit(buyer, dispute, description="For the record").ok


def test_edit_at_an_old_version(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        answer = edit(buyer, dispute, 7, description="Better")
    refused(answer, "VERSION_MISMATCH", MISMATCH.format(dispute))


def test_refused_item_leaves_nothing_for_a_later_one(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    items = [EditItem(dispute.pk, {"reason": "BOT", "amount_micros": 1}), EditItem(dispute.pk, {"description": "Two"})]
    answers = operations.edit(buyer, items=items)
    dispute.refresh_from_db()
    assert [answer.ok for answer in answers] == [False, True]
    assert (dispute.reason and dispute.reason.code, dispute.description) == ("SPAM", "Two")


def test_edit_out_of_scope(make_dispute: DisputeMaker, other_buyer: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        answer = edit(other_buyer, dispute, description="Mine now")
    refused(answer, "NOT_FOUND", "Not found, or not yours.")


def test_decider_never_edits(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    with unchanged(), pytest.raises(NotPermitted):
        edit(manager, dispute, description="Mine now")
