"""Following a dispute: what waits for one's answer, what is due, what was said, what else can be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from makegood.disputes import operations
from makegood.disputes.entries import CommentItem, DecisionItem, Ref, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.detail import dispute_detail
from makegood.disputes.selectors.mine import MineQuery, counts_of, every, mine, reasons_met
from makegood.disputes.states import DecisionKind, Visibility
from makegood.journal.models import JournalEpoch
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

SLA = {"sla": {"decision": {"target_hours": 24, "breach_hours": 48}, "info": {"target_hours": 12}}}
AGAIN = {"reopen": True, "max_rounds": 2, "appeal_days": 14}
UNDONE = timedelta(seconds=11)


def ask(manager: Principal, dispute: Dispute, question: str = "Who called?") -> None:
    operations.claim(manager, items=[Ref(dispute.pk)])
    (answer,) = operations.request_info(manager, items=[WordsItem(dispute.pk, question)])
    assert answer.ok, answer


def decide(manager: Principal, dispute: Dispute, kind: DecisionKind = DecisionKind.REJECT) -> None:
    (answer,) = operations.decide(manager, items=[DecisionItem(dispute.pk, kind, None, "As heard.")])
    assert answer.ok, answer


def commit() -> None:
    with clock.shifted(UNDONE):
        operations.commit_due()


def keep_clocks() -> None:
    JournalEpoch.objects.update(epoch=F("epoch") + 1)  # lets the reader of clocks see this test's own events
    operations.keep_clocks()


def numbers(who: Principal, **wanted: Any) -> list[str]:
    return sorted(one.row.number for one in mine(who, MineQuery(**wanted)).page.rows)


def test_needs_your_answer_lists_exactly_those(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal, csr: Principal, other_buyer: Principal
) -> None:
    asked, answered, lapsed, quiet = (make_dispute() for _ in range(4))
    for dispute in (asked, answered, lapsed):
        ask(manager, dispute)
    operations.provide_info(buyer, items=[WordsItem(answered.pk, "The man from Ohio.")])
    operations.lapse([lapsed.pk])
    for who in (buyer, csr):
        assert numbers(who, tab="answer") == [str(asked)]
        assert counts_of(who) == {"answer": 1, "pending": 4, "drafts": 0}
    assert numbers(buyer) == sorted(map(str, (asked, answered, lapsed, quiet)))
    assert (numbers(other_buyer, tab="answer"), counts_of(other_buyer)["answer"]) == ([], 0)


def test_what_is_due_tells_nothing_of_a_decision_that_waits(
    make_dispute: DisputeMaker, world: World, manager: Principal, buyer: Principal
) -> None:
    change_settings(SYSTEM, program=world.program, settings=SLA)
    dispute, asked = make_dispute(), make_dispute()
    ask(manager, asked)
    keep_clocks()

    def dues() -> dict[str, Any]:
        return {one.row.number: one.due for one in mine(buyer, MineQuery()).page.rows}

    before = dues()
    sent = Dispute.objects.get(pk=dispute.pk).submitted_at
    assert sent is not None
    assert before[str(dispute)].at == sent + timedelta(hours=48)
    assert (before[str(dispute)].answer, before[str(asked)].answer) == (False, True)
    decide(manager, dispute)
    keep_clocks()
    assert dues() == before
    assert dispute_detail(buyer, dispute.number_only).due == before[str(dispute)]
    commit()
    assert dispute_detail(buyer, dispute.number_only).due is None


def test_the_last_message_is_one_that_the_reader_may_read(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    words = [("For both", Visibility.PARTIES), ("Ours alone", Visibility.INTERNAL)]
    operations.comment(manager, items=[CommentItem(dispute.pk, text, visibility) for text, visibility in words])
    for who, text in ((buyer, "For both"), (manager, "Ours alone")):
        (one,) = mine(who, MineQuery()).page.rows
        assert one.said is not None
        assert (one.said.body, one.said.reviewer) == (text, True)
    assert [step.quote for step in dispute_detail(buyer, dispute.number_only).story if step.quote] == ["For both"]
    quotes = [(step.quote, step.internal) for step in dispute_detail(manager, dispute.number_only).story if step.quote]
    assert quotes == [("For both", False), ("Ours alone", True)]


def test_the_list_is_narrowed_as_asked(make_dispute: DisputeMaker, world: World, buyer: Principal) -> None:
    one = make_dispute(external_id="call-x", caller_e164="+13125550199")
    other = make_dispute(reason="PRANK", external_id="call-y")
    found = {
        "reason": numbers(buyer, reason="PRANK"),
        "id": numbers(buyer, text=" call-y "),
        "words": numbers(buyer, text="automated VOICE"),
        "caller": numbers(buyer, text="(312) 555-0199"),
        "digits": numbers(buyer, text="0199"),
        "number": numbers(buyer, text=f"d-{one.number}"),
        "since": numbers(buyer, since=clock.now() + timedelta(minutes=1)),
        "until": numbers(buyer, until=clock.now() + timedelta(minutes=1)),
        "program": numbers(buyer, program=world.program.pk + 1),
    }
    both = sorted([str(one), str(other)])
    assert found == {
        "reason": [str(other)], "id": [str(other)], "words": both, "caller": [str(one)], "digits": [str(one)],
        "number": [str(one)], "since": [], "until": both, "program": [],
    }  # fmt: skip
    assert [row.row.number for row in every(buyer, MineQuery())] == [str(other), str(one)]
    assert ("PRANK", "Prank call") in reasons_met(buyer)


@pytest.mark.parametrize(
    ("settings", "later", "code", "message"),
    [
        ({}, 0, "RE_REVIEW_NOT_OFFERED", "In this program a decision is final; {number} is not reviewed again."),
        (
            {**AGAIN, "re_review": {"allowed": True, "requested_by": "csr"}},
            0,
            "RE_REVIEW_NOT_FOR_YOU",
            "A re-review of {number} is asked for by representative.",
        ),
        (
            {**AGAIN, "max_rounds": 1},
            0,
            "ROUNDS_USED_UP",
            "{number} was reviewed 1 times; there is no further review.",
        ),
        (AGAIN, 15, "APPEAL_WINDOW_ENDED", "A re-review of {number} could be asked for until {until}."),
    ],
)
def test_why_no_re_review_is_told_before_and_at_the_operation(
    settings: dict[str, Any],
    later: int,
    code: str,
    message: str,
    make_dispute: DisputeMaker,
    world: World,
    manager: Principal,
    buyer: Principal,
) -> None:
    change_settings(SYSTEM, program=world.program, settings=settings)
    dispute = make_dispute()
    decide(manager, dispute)
    commit()
    decided = Dispute.objects.get(pk=dispute.pk).decided_at
    assert decided is not None
    until = f"{decided + timedelta(days=14):%-d %b %Y %H:%M} UTC"
    sentence = message.format(number=dispute, until=until)
    with clock.shifted(timedelta(days=later)):
        detail = dispute_detail(buyer, dispute.number_only)
        (told,) = [step for step in detail.impossible if step.verb == "request_re_review"]
        assert told.why_not == sentence
        assert detail.again is not None
        assert detail.again.refusal is not None
        assert (detail.again.refusal.code, detail.again.used) == (code, 1)
        with unchanged():
            (answer,) = operations.request_re_review(buyer, items=[WordsItem(dispute.pk, "Please listen again.")])
    refused(answer, code, sentence)


def test_a_re_review_is_offered_with_its_end_and_its_number(
    make_dispute: DisputeMaker, world: World, manager: Principal, buyer: Principal
) -> None:
    change_settings(SYSTEM, program=world.program, settings=AGAIN)
    dispute = make_dispute()
    decide(manager, dispute)
    assert dispute_detail(buyer, dispute.number_only).again is None
    commit()
    detail = dispute_detail(buyer, dispute.number_only)
    assert detail.again is not None
    assert (detail.again.possible, detail.again.used, detail.again.most) == (True, 1, 2)
    decided = Dispute.objects.get(pk=dispute.pk).decided_at
    assert decided is not None
    assert detail.again.until == decided + timedelta(days=14)
    (answer,) = operations.request_re_review(buyer, items=[WordsItem(dispute.pk, "Please listen again.")])
    assert answer.ok
    said = [(step.title, step.quote) for step in dispute_detail(buyer, dispute.number_only).story[-2:]]
    assert said == [("Rejected: the charge stands", "As heard."), ("Another review asked for", "Please listen again.")]
