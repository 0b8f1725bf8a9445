"""What real verbs after a decision tell: questions, reversal, fee, closing, another round, an adjustment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    FeeItem,
    Ref,
    ReverseItem,
    SubmitItem,
    WordsItem,
)
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.selectors.laws import broken
from makegood.notifications import tasks
from makegood.notifications.operations import mark_read
from makegood.notifications.selectors import cards
from makegood.notifications.selectors.laws import LAWS
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests import world as marketplace

SETTINGS = {
    "auto_close": False,
    "reopen": True,
    "max_rounds": 3,
    "re_review": {"allowed": True},
    "reversal_fee": {"default": "5.00", "max": "25.00"},
    "notify": {side: {"digest": "immediate"} for side in ("manager", "buyer", "vendor")},
}
CREDIT = 45_000_000


@dataclass(frozen=True)
class Case:
    """One dispute, and the people who hear of it as it happens."""

    dispute: int
    label: str
    buyer: Principal
    manager: Principal
    vendor: Principal

    def told(self, *people: Principal) -> list[list[str]]:
        """What each heard since the last time, the first thing first."""
        release_journal()
        with clock.shifted(timedelta(minutes=10)):
            tasks.run()
        assert list(broken(LAWS)) == []
        heard = [[card.text for card in reversed(cards(one, unread=True))] for one in people]
        for one in (self.buyer, self.manager, self.vendor):
            read_everything(one)
        return heard

    def credit(self) -> None:
        item = DecisionItem(self.dispute, DecisionKind.ACCEPT, note="Heard it in full.")
        done(operations.decide(self.manager, items=[item]))
        with clock.shifted(timedelta(minutes=5)):
            operations.commit_due()
        self.told()


def read_everything(principal: Principal) -> None:
    """Read everything."""
    mark_read(principal, digest_ids=[card.id for card in cards(principal)])


def done(answers: Sequence[Answer]) -> None:
    assert all(answer.ok for answer in answers), answers


@pytest.fixture
def case(db: None) -> Case:
    world = marketplace.build_world()
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    vendor = world.person("vendor", vendor_number="V1")
    change_settings(SYSTEM, program=world.program, settings=SETTINGS)
    [answer] = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "Automated voice")])
    assert answer.id is not None
    found = Case(answer.id, str(Dispute.objects.get(pk=answer.id)), buyer, manager, vendor)
    found.told()
    return found


def test_a_question_goes_to_the_submitter_and_its_answer_to_who_asked(case: Case) -> None:
    done(operations.claim(case.manager, items=[Ref(case.dispute)]))
    done(operations.request_info(case.manager, items=[WordsItem(case.dispute, "Which number did they dial?")]))
    asked = f"{case.label} needs an answer from you: Which number did they dial?"
    assert case.told(case.buyer, case.manager) == [[asked], []]
    done(operations.provide_info(case.buyer, items=[WordsItem(case.dispute, "The one on the flyer.")]))
    assert case.told(case.buyer, case.manager) == [[], [f"{case.label} was answered."]]


def test_a_reversal_and_its_fee_are_told_to_both_sides(case: Case) -> None:
    case.credit()
    done(operations.reverse(case.manager, items=[ReverseItem(case.dispute, note="Valid after all.")]))
    assert case.told(case.buyer, case.vendor) == [
        [f"The credit on {case.label} was reversed: $45.00 is charged again."],
        ["Call revenue for 1 call has been adjusted."],
    ]
    done(operations.apply_fee(case.manager, items=[FeeItem(case.dispute, note="Third time.")]))
    fee = f"A reversal fee of $5.00 is charged on {case.label}: Third time."
    assert case.told(case.buyer, case.vendor) == [[fee], []]


def test_closing_after_a_decision_tells_nothing_more(case: Case) -> None:
    case.credit()
    done(operations.close(case.manager, items=[CloseItem(case.dispute)]))
    assert case.told(case.buyer, case.manager, case.vendor) == [[], [], []]


def test_closing_without_a_decision_is_told(case: Case) -> None:
    done(operations.close(case.manager, items=[CloseItem(case.dispute)]))
    assert case.told(case.buyer, case.vendor) == [[f"{case.label} was closed without a decision."], []]


def test_another_round_is_told_to_managers_and_the_submitter(case: Case) -> None:
    case.credit()
    done(operations.close(case.manager, items=[CloseItem(case.dispute)]))
    case.told()
    done(operations.reopen(case.manager, items=[WordsItem(case.dispute, "New evidence.")]))
    text = [f"{case.label} was reopened for another look."]
    assert case.told(case.buyer, case.manager, case.vendor) == [text, text, []]


def test_an_adjustment_is_told_as_a_review(case: Case) -> None:
    done(operations.adjust(case.manager, items=[AdjustItem(case.dispute, CREDIT, note="Agreed by phone.")]))
    assert case.told(case.buyer, case.vendor) == [
        ["1 dispute has been reviewed."],
        ["Call revenue for 1 call has been adjusted."],
    ]


def test_a_correction_is_told_as_the_reversal_alone(case: Case) -> None:
    case.credit()
    done(operations.close(case.manager, items=[CloseItem(case.dispute)]))
    case.told()
    done(operations.correct(case.manager, items=[WordsItem(case.dispute, "Posted by mistake.")]))
    assert case.told(case.buyer, case.manager) == [
        [f"The credit on {case.label} was reversed: $45.00 is charged again."],
        [],
    ]
