"""The messages about one dispute: exact words, to whom, when, and what takes them back."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.notifications import selectors
from makegood.notifications.models import Digest
from makegood.notifications.operations import set_preference
from makegood.notifications.states import Template
from makegood.notifications.tests.world import World, deliver, fold_all, minutes, sentences, waiting, who
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM
from makegood.parties.models import User

SOON = minutes(1)
LATER = minutes(240)
CASE = {"label": "D-10003", "number": 10003, "charge_id": 9, "currency": "USD", "payout_currency": "USD"}
PER_DECISION = {"notify": {"buyer": {"channels": ["email"], "digest": "off", "per_decision": True}}}


def happens(world: World, event: str, dispute: int = 3, at: int = 0, **facts: Any) -> None:
    world.write(f"dispute.{event}", dispute, {**CASE, **facts}, at=minutes(at))


def configure(world: World, settings: dict[str, Any]) -> None:
    parties.change_settings(SYSTEM, program=world.program, settings=settings)


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"credit_micros": 45_000_000}, "The credit on D-10003 was reversed: $45.00 is charged again."),
        (
            {"credit_micros": 45_000_000, "tax_micros": 3_600_000},
            "The credit on D-10003 was reversed: $45.00 and $3.60 tax are charged again.",
        ),
        (
            {"credit_micros": 1_200_000_000, "currency": "JPY"},
            "The credit on D-10003 was reversed: ¥1,200 is charged again.",
        ),
        ({"credit_micros": 4_400}, "The credit on D-10003 was reversed: $0.0044 is charged again."),
    ],
)
def test_a_reversal_says_what_is_charged_again(world: World, buyer: User, facts: dict[str, Any], text: str) -> None:
    happens(world, "reversed", **facts)
    deliver(LATER)
    assert sentences(buyer) == [text]


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"note": ""}, "A reversal fee of $5.00 is charged on D-10003."),
        ({"note": "Claimed in error."}, "A reversal fee of $5.00 is charged on D-10003: Claimed in error."),
        (
            {"note": "Claimed in error.", "tax_micros": 400_000},
            "A reversal fee of $5.00 and $0.40 tax is charged on D-10003: Claimed in error.",
        ),
    ],
)
def test_a_fee_says_its_amount_and_why(world: World, buyer: User, facts: dict[str, Any], text: str) -> None:
    happens(world, "fee_applied", fee_micros=5_000_000, **facts)
    deliver(LATER)
    assert sentences(buyer) == [text]


def test_reversal_and_fee_of_one_dispute_are_one_message(world: World, buyer: User) -> None:
    happens(world, "reversed", credit_micros=45_000_000)
    happens(world, "fee_applied", at=1, fee_micros=5_000_000, note="Why.")
    deliver(LATER)
    assert sentences(buyer) == [
        "The credit on D-10003 was reversed: $45.00 is charged again."
        " A reversal fee of $5.00 is charged on D-10003: Why."
    ]


def test_several_are_counted(world: World, buyer: User) -> None:
    happens(world, "reversed", dispute=3, credit_micros=45_000_000)
    happens(world, "reversed", dispute=4, credit_micros=1)
    deliver(LATER)
    assert sentences(buyer) == ["Money moved on 2 disputes after they were reviewed."]
    [card] = selectors.cards(who(buyer))
    assert selectors.items_of(who(buyer), digest_id=card.id).dispute_ids == (3, 4)


@pytest.mark.parametrize("event", ["reopened", "re_review_requested"])
def test_a_reopened_dispute_is_told_to_managers_and_the_submitter(
    world: World, manager: User, buyer: User, other_buyer: User, event: str
) -> None:
    happens(world, event, cause="New evidence", round=2)
    deliver(LATER)
    text = ["D-10003 was reopened for another look."]
    assert (sentences(manager), sentences(buyer), sentences(other_buyer)) == (text, text, [])


def test_a_correction_is_told_as_its_reversal_alone(world: World, buyer: User, manager: User) -> None:
    happens(world, "reopened", cause="Posted by mistake", round=2, correction=True)
    happens(world, "reversed", credit_micros=45_000_000, correction=True)
    happens(world, "closed", told=True, outcome=None, correction=True)
    deliver(LATER)
    assert sentences(buyer) == ["The credit on D-10003 was reversed: $45.00 is charged again."]
    assert sentences(manager) == []


def test_a_question_is_told_at_once_to_whoever_submitted(world: World, buyer: User, manager: User) -> None:
    colleague = world.person("colleague", "buyer", customer=world.customer)
    happens(world, "info_requested", question="Which number did they dial?", submitted_by=buyer.pk)
    deliver(minutes(0))
    assert sentences(buyer) == ["D-10003 needs an answer from you: Which number did they dial?"]
    assert (sentences(colleague), sentences(manager)) == ([], [])


def test_a_question_to_somebody_who_left_is_told_to_the_customer(world: World, buyer: User) -> None:
    colleague = world.person("colleague", "buyer", customer=world.customer)
    stranger = world.person("stranger", "buyer", customer=world.other_customer)
    User.objects.filter(pk=buyer.pk).update(is_active=False)
    happens(world, "info_requested", question="Which?", submitted_by=buyer.pk)
    deliver(minutes(0))
    assert sentences(colleague) == ["D-10003 needs an answer from you: Which?"]
    assert (sentences(buyer), sentences(stranger)) == ([], [])


def test_a_question_without_a_person_is_told_to_the_customer(world: World, buyer: User) -> None:
    happens(world, "info_requested", question="Which?", submitted_by=None)
    deliver(minutes(0))
    assert sentences(buyer) == ["D-10003 needs an answer from you: Which?"]


def test_an_answer_is_told_at_once_to_the_reviewer_alone(world: World, manager: User, buyer: User) -> None:
    colleague = world.person("colleague", "manager")
    happens(world, "info_provided", reviewer=manager.pk)
    deliver(minutes(0))
    assert sentences(manager) == ["D-10003 was answered."]
    assert (sentences(colleague), sentences(buyer)) == ([], [])


def test_a_question_answered_inside_its_window_vanishes(world: World, buyer: User) -> None:
    set_preference(who(buyer), template="info", window="4h")
    happens(world, "info_requested", question="Which?", submitted_by=buyer.pk)
    fold_all()
    assert waiting(buyer) == ["D-10003 needs an answer from you: Which?"]
    happens(world, "info_provided", at=5, reviewer=None)
    deliver(LATER)
    assert (sentences(buyer), waiting(buyer)) == ([], [])


def test_a_question_told_before_its_answer_stays_told(world: World, buyer: User) -> None:
    happens(world, "info_requested", question="Which?", submitted_by=buyer.pk)
    deliver(minutes(0))
    happens(world, "info_provided", at=5, reviewer=None)
    deliver(LATER)
    assert sentences(buyer) == ["D-10003 needs an answer from you: Which?"]


@pytest.mark.parametrize(
    ("event", "clock", "text"),
    [
        ("sla_warned", "decision", "The decision on D-10003 is due."),
        ("sla_warned", "first_touch", "The first look at D-10003 is due."),
        ("sla_breached", "re_review", "The re-review of D-10003 is overdue."),
        ("sla_breached", "info", "The answer on D-10003 is overdue."),
    ],
)
def test_what_is_late_is_told_at_once(world: World, manager: User, event: str, clock: str, text: str) -> None:
    happens(world, event, clock=clock, assignee=manager.pk)
    deliver(minutes(0))
    assert sentences(manager) == [text]


def test_a_breach_is_told_once_to_everybody_who_leads(world: World, manager: User, csr: User) -> None:
    lead = world.person("lead", "manager")
    happens(world, "sla_warned", clock="decision", assignee=manager.pk)
    happens(world, "sla_breached", at=1, clock="decision", assignee=manager.pk)
    deliver(SOON)
    assert len(sentences(manager)) == 2
    assert sentences(lead) == ["The decision on D-10003 is overdue."]
    assert sentences(csr) == []


@pytest.mark.parametrize(
    ("facts", "texts"),
    [
        ({"told": False, "outcome": None}, ["D-10003 was closed without a decision."]),
        (
            {"told": False, "outcome": None, "resolution": "PAID_ELSEWHERE"},
            ["D-10003 was closed: Paid elsewhere."],
        ),
        ({"told": False, "outcome": "accepted"}, ["D-10003 was closed."]),
        ({"told": True, "outcome": "accepted"}, []),
    ],
)
def test_closing_is_told_to_those_not_told_yet(
    world: World, buyer: User, facts: dict[str, Any], texts: list[str]
) -> None:
    happens(world, "closed", **facts)
    deliver(LATER)
    assert sentences(buyer) == texts


@pytest.mark.parametrize(
    "settings",
    [{"queue": {"team": "quality_assurance"}}, {"notify": {"qa": {"channels": ["in_app"], "digest": "4h"}}}],
)
def test_leads_are_flagged_to_quality_assurance(world: World, manager: User, settings: dict[str, Any]) -> None:
    qa = world.person("qa", "qa")
    configure(world, settings)
    for _ in range(4):
        world.submit()
    gone = world.submit()
    world.withdraw(gone, at=minutes(1))
    deliver(LATER)
    assert sentences(qa) == ["4 leads submitted for review"]
    assert sentences(manager) == ["4 new disputes submitted by Buyers"]


def test_one_lead_is_flagged(world: World) -> None:
    qa = world.person("qa", "qa")
    configure(world, {"queue": {"team": "quality_assurance"}})
    world.submit()
    deliver(LATER)
    assert sentences(qa) == ["1 lead submitted for review"]


def test_nothing_is_flagged_where_managers_review(world: World) -> None:
    qa = world.person("qa", "qa")
    world.submit()
    deliver(LATER)
    assert sentences(qa) == []


@pytest.mark.parametrize(
    ("outcome", "micros", "text"),
    [
        ("accepted", 45_000_000, "D-10003 was accepted: $45.00 is credited."),
        ("accepted_partial", 20_000_000, "D-10003 was accepted in part: $20.00 is credited."),
        ("rejected", 0, "D-10003 was rejected: the charge stands."),
    ],
)
def test_each_decision_is_told_by_itself_where_the_program_says_so(
    world: World, buyer: User, outcome: str, micros: int, text: str
) -> None:
    configure(world, PER_DECISION)
    happens(world, "committed", outcome=outcome, credit_micros=micros, submitted_by=buyer.pk)
    deliver(minutes(0))
    assert sentences(buyer) == [text]


def test_without_that_there_is_no_letter(world: World, buyer: User) -> None:
    happens(world, "committed", outcome="accepted", credit_micros=1, submitted_by=buyer.pk)
    deliver(LATER)
    assert sentences(buyer) == ["1 dispute has been reviewed."]
    assert not Digest.objects.filter(template=Template.LETTER).exists()


def test_what_happens_later_comes_by_itself_too_where_digests_are_off(world: World, buyer: User) -> None:
    configure(world, PER_DECISION)
    happens(world, "reversed", credit_micros=45_000_000)
    happens(world, "reopened", at=1)
    happens(world, "closed", at=2, told=False, outcome=None)
    deliver(minutes(2))
    assert len(sentences(buyer)) == 3


def test_a_failed_proof_is_told_to_admins_alone(world: World, manager: User) -> None:
    admin = world.person("admin", "admin")
    facts = {"laws": 31, "broken": ["a law"], "sentence": 'First: "a law", charge 5.'}
    world.write("system.verified", 0, facts, at=minutes(0))
    deliver(minutes(0))
    assert sentences(admin) == ['The books do not prove: 1 of 31 invariants is broken. First: "a law", charge 5.']
    assert sentences(manager) == []


def test_credit_and_reversal_in_one_window_leave_the_vendor_alone(world: World, vendor: User, buyer: User) -> None:
    happens(world, "committed", outcome="accepted", credit_micros=45, clawback_micros=30)
    happens(world, "reversed", at=5, credit_micros=45, clawback_micros=30)
    deliver(minutes(300))
    assert sentences(vendor) == []
    assert len(sentences(buyer)) == 2


def test_credit_and_reversal_in_two_windows_are_both_told(world: World, vendor: User) -> None:
    happens(world, "committed", outcome="accepted", credit_micros=45, clawback_micros=30)
    happens(world, "reversed", at=241, credit_micros=45, clawback_micros=30)
    deliver(minutes(500))
    assert sentences(vendor) == ["Call revenue for 1 call has been adjusted."] * 2
