"""Cases that fail a guard of what comes after a decision."""

from __future__ import annotations

from datetime import timedelta

from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, FeeItem, ReverseItem, WordsItem
from makegood.disputes.lifecycle import Verb
from makegood.disputes.models import Resolution
from makegood.disputes.states import Stage
from makegood.disputes.tests.desk import Case, Desk
from makegood.disputes.tests.failing import Ask, Guarded, asked, configure, guards
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal

# Afterward


@guards(Verb.REVERSE)
def reversing_where_nothing_was_credited(desk: Desk) -> Guarded:
    sentence = "{number} has no credit that could be reversed."
    return asked(desk, Verb.REVERSE, desk.case(Stage.PENDING), "NOT_ADJUSTED", sentence)


@guards(Verb.REVERSE)
def reversing_twice(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, Verb.APPLY_FEE)
    return asked(desk, Verb.REVERSE, case, "ALREADY_REVERSED", "The credit of {number} was already reversed.")


@guards(Verb.REVERSE)
def reversing_the_credit_of_another_dispute(desk: Desk) -> Guarded:
    other = desk.case(Stage.RESOLVED)
    credit = other.charge.pk  # no credit of this dispute has that number
    case = desk.case(Stage.RESOLVED)
    ask: Ask = lambda: operations.reverse(desk.decider, items=[ReverseItem(case.pk, credit + 10**9)])  # noqa: E731
    return Guarded(case, ask, "NOT_ADJUSTED", "{number} has no credit that could be reversed.")


def charging(desk: Desk, case: Case, micros: int) -> Ask:
    return lambda: operations.apply_fee(desk.decider, items=[FeeItem(case.pk, micros)])


@guards(Verb.APPLY_FEE)
def a_fee_without_a_reversal(desk: Desk) -> Guarded:
    sentence = "{number} has no reversal that a fee could be charged for."
    return asked(desk, Verb.APPLY_FEE, desk.case(Stage.RESOLVED), "NOT_REVERSED", sentence)


@guards(Verb.APPLY_FEE)
def a_second_fee(desk: Desk) -> Guarded:
    case = desk.go(desk.case(Stage.RESOLVED, Verb.APPLY_FEE), Verb.APPLY_FEE)
    sentence = "The fee for the reversal of {number} was already charged."
    return asked(desk, Verb.APPLY_FEE, case, "FEE_ALREADY_APPLIED", sentence)


@guards(Verb.APPLY_FEE)
def a_fee_above_the_programs_maximum(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, Verb.APPLY_FEE)
    sentence = "A fee is above zero and at most $25.00."
    return Guarded(case, charging(desk, case, 25_000_001), "FEE_OUT_OF_RANGE", sentence)


@guards(Verb.APPLY_FEE)
def a_fee_of_nothing(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, Verb.APPLY_FEE)
    return Guarded(case, charging(desk, case, 0), "FEE_OUT_OF_RANGE", "A fee is above zero and at most $25.00.")


@guards(Verb.APPLY_FEE)
def a_fee_where_the_program_charges_none(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, Verb.APPLY_FEE)
    configure(desk, reversal_fee=None)
    return asked(desk, Verb.APPLY_FEE, case, "FEE_NOT_OFFERED", "This program charges no fee for a reversal.")


def closing(desk: Desk, case: Case, code: str, who: Principal | None = None, note: str = "") -> Ask:
    return lambda: operations.close(who or desk.decider, items=[CloseItem(case.pk, code, note)])


def with_resolution(desk: Desk, stage: Stage = Stage.PENDING, verb: Verb | None = None) -> Case:
    case = desk.case(stage, verb)
    program = desk.world.program
    Resolution.objects.get_or_create(program=program, code="NO", label="Denied", maps_to="rejected")
    return case


@guards(Verb.CLOSE)
def a_resolution_nobody_knows(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    sentence = '"NO" is no resolution of this program.'
    return Guarded(case, closing(desk, case, "NO"), "UNKNOWN_RESOLUTION", sentence)


@guards(Verb.CLOSE)
def a_resolution_that_refuses_without_a_person(desk: Desk) -> Guarded:
    case = with_resolution(desk)
    sentence = "Only a person can refuse a dispute."
    return Guarded(case, closing(desk, case, "NO", SYSTEM), "PERSON_REQUIRED", sentence)


@guards(Verb.CLOSE)
def a_resolution_that_refuses_without_words(desk: Desk) -> Guarded:
    case = with_resolution(desk)
    sentence = "Please add a few words that explain it."
    return Guarded(case, closing(desk, case, "NO"), "EXPLANATION_REQUIRED", sentence)


@guards(Verb.CLOSE)
def a_resolution_that_refuses_while_a_credit_is_live(desk: Desk) -> Guarded:
    case = with_resolution(desk, verb=Verb.REVERSE)
    sentence = "A credit of {number} is live; reverse it before refusing."
    return Guarded(case, closing(desk, case, "NO", note="No."), "CREDIT_LIVE", sentence)


@guards(Verb.REOPEN)
def reopening_a_final_decision(desk: Desk) -> Guarded:
    case = desk.case(Stage.CLOSED, reopen=False)
    sentence = "In this program a decision is final; {number} cannot be reopened."
    return asked(desk, Verb.REOPEN, case, "DECISION_FINAL", sentence)


@guards(Verb.REOPEN)
def reopening_too_late(desk: Desk) -> Guarded:
    case = desk.case(Stage.CLOSED, reopen_days=30)
    assert case.dispute is not None
    assert case.dispute.closed_at is not None
    until = case.dispute.closed_at + timedelta(days=30)

    def ask() -> list[Answer]:
        with clock.frozen(until + timedelta(microseconds=1)):
            return desk.ask(Verb.REOPEN, case)

    return Guarded(
        case, ask, "REOPEN_WINDOW_EXPIRED", f"{{number}} could be reopened until {until:%-d %b %Y %H:%M} UTC."
    )


@guards(Verb.REOPEN)
def reopening_beside_another_dispute(desk: Desk) -> Guarded:
    case = desk.case(Stage.WITHDRAWN)
    desk.go(Case(case.charge), Verb.SUBMIT)
    sentence = "A dispute on this item is already open."
    return asked(desk, Verb.REOPEN, case, "ALREADY_DISPUTED", sentence)


@guards(Verb.REOPEN)
def reopening_without_a_cause(desk: Desk) -> Guarded:
    case = desk.case(Stage.CLOSED)
    ask: Ask = lambda: operations.reopen(desk.decider, items=[WordsItem(case.pk, " ")])  # noqa: E731
    return Guarded(case, ask, "CAUSE_REQUIRED", "Please say why.")


@guards(Verb.REQUEST_RE_REVIEW)
def a_re_review_of_a_final_decision(desk: Desk) -> Guarded:
    case = desk.case(Stage.CLOSED, reopen=False)
    sentence = "In this program a decision is final; {number} is not reviewed again."
    return asked(desk, Verb.REQUEST_RE_REVIEW, case, "RE_REVIEW_NOT_OFFERED", sentence)


@guards(Verb.REQUEST_RE_REVIEW)
def a_re_review_that_representatives_ask_for(desk: Desk) -> Guarded:
    case = desk.case(Stage.CLOSED, re_review={"allowed": True, "requested_by": "csr"})
    sentence = "A re-review of {number} is asked for by representative."
    return asked(desk, Verb.REQUEST_RE_REVIEW, case, "RE_REVIEW_NOT_FOR_YOU", sentence)


@guards(Verb.REQUEST_RE_REVIEW)
def a_re_review_after_the_last_round(desk: Desk) -> Guarded:
    case = desk.case(Stage.CLOSED, max_rounds=1)
    sentence = "{number} was reviewed 1 times; there is no further review."
    return asked(desk, Verb.REQUEST_RE_REVIEW, case, "ROUNDS_USED_UP", sentence)


@guards(Verb.REQUEST_RE_REVIEW)
def a_re_review_after_the_appeal_window(desk: Desk) -> Guarded:
    """The window runs from the first decision; a further round does not restart it."""
    case = desk.case(Stage.CLOSED, max_rounds=9, re_review={"allowed": True, "appeal_days": 14})
    assert case.dispute is not None
    assert case.dispute.decided_at is not None
    until = case.dispute.decided_at + timedelta(days=14)
    with clock.frozen(until):
        desk.go(case, Verb.REQUEST_RE_REVIEW, Verb.CLOSE)

    def ask() -> list[Answer]:
        with clock.frozen(until + timedelta(microseconds=1)):
            return desk.ask(Verb.REQUEST_RE_REVIEW, case)

    sentence = f"A re-review of {{number}} could be asked for until {until:%-d %b %Y %H:%M} UTC."
    return Guarded(case, ask, "APPEAL_WINDOW_ENDED", sentence)


@guards(Verb.BREACH)
def a_clock_that_is_not_due(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING, Verb.BREACH)
    return Guarded(case, lambda: operations.breach([case.pk]), "NO_CLOCK_DUE", "No clock of {number} is due.")
