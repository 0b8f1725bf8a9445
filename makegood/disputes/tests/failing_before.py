"""Cases that fail a guard of filing, reviewing or deciding."""

from __future__ import annotations

from dataclasses import replace

from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, DraftItem, EditItem, SubmitItem, WordsItem
from makegood.disputes.lifecycle import Verb
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Stage
from makegood.disputes.tests.desk import ASKED, PART, Case, Desk
from makegood.disputes.tests.failing import Ask, Guarded, again, asked, decision, guards, without
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM
from makegood.parties.states import Verb as Permission

# Filing and changing


@guards(Verb.SAVE_DRAFT)
def a_draft_on_a_charge_out_of_sight(desk: Desk) -> Guarded:
    charge = desk.world.charge(customer=desk.world.other_customer)
    items = [DraftItem(charge.pk, "SPAM", "a robot")]
    ask: Ask = lambda: operations.save_draft(desk.submitter, items=items)  # noqa: E731
    return Guarded(Case(charge), ask, "NOT_FOUND", "Not found, or not yours.")


@guards(Verb.SUBMIT)
def what_is_not_billed(desk: Desk) -> Guarded:
    case = Case(desk.world.charge(billed_at=None))
    return asked(desk, Verb.SUBMIT, case, "NOT_BILLED", "Only billed items can be disputed.")


@guards(Verb.SUBMIT)
def a_second_dispute(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    item = SubmitItem(case.charge.pk, "SPAM", "a robot")
    sentence = "Dispute {number} is already open."
    return Guarded(case, lambda: operations.submit(desk.submitter, items=[item]), "ALREADY_DISPUTED", sentence)


@guards(Verb.AUTO_ACCEPT)
def a_grant_above_the_budget(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING, auto_budget={"micros": ASKED - 1, "period": "day"})
    sentence = "What may be granted without a person is used up for this day; somebody decides."
    return asked(desk, Verb.AUTO_ACCEPT, case, "BUDGET_USED_UP", sentence)


@guards(Verb.AUTO_ACCEPT)
def a_grant_without_a_budget(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING, auto_budget=None)
    return asked(desk, Verb.AUTO_ACCEPT, case, "NO_BUDGET", "Nothing is granted without a person in this program.")


@guards(Verb.EDIT)
def the_amount_after_the_decision(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED)
    items = [EditItem(case.pk, {"amount_micros": 1})]
    sentence = "{number} was already decided."
    return Guarded(case, lambda: operations.edit(desk.submitter, items=items), "ALREADY_DECIDED", sentence)


@guards(Verb.WITHDRAW)
def withdrawing_a_later_round(desk: Desk) -> Guarded:
    sentence = "{number} is in a later round; close it instead of withdrawing it."
    return asked(desk, Verb.WITHDRAW, again(desk), "LATER_ROUND", sentence)


# Reviewing


@guards(Verb.CLAIM)
def a_re_review_of_your_own_decision(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, re_review={"allowed": True, "other_reviewer": True})
    desk.go(case, Verb.REQUEST_RE_REVIEW)
    sentence = "You decided {number} before; somebody else reviews it this time."
    return asked(desk, Verb.CLAIM, case, "OTHER_REVIEWER", sentence)


@guards(Verb.RELEASE)
def what_somebody_else_reviews(desk: Desk) -> Guarded:
    who = without(desk.colleague, Permission.DISPUTE_DECIDE_ANY)
    sentence = "{number} is not in your hands."
    return asked(desk, Verb.RELEASE, desk.case(Stage.IN_REVIEW), "NOT_YOURS", sentence, who)


@guards(Verb.REQUEST_INFO)
def a_question_without_words(desk: Desk) -> Guarded:
    case = desk.case(Stage.IN_REVIEW)
    ask: Ask = lambda: operations.request_info(desk.decider, items=[WordsItem(case.pk, " ")])  # noqa: E731
    return Guarded(case, ask, "QUESTION_REQUIRED", "Please say what you need to know.")


@guards(Verb.PROVIDE_INFO)
def an_answer_without_words(desk: Desk) -> Guarded:
    case = desk.case(Stage.INFO_NEEDED)
    ask: Ask = lambda: operations.provide_info(desk.submitter, items=[WordsItem(case.pk, " ")])  # noqa: E731
    return Guarded(case, ask, "ANSWER_REQUIRED", "Please answer the question.")


@guards(Verb.LAPSE)
def a_question_that_was_answered(desk: Desk) -> Guarded:
    case = desk.case(Stage.INFO_NEEDED)
    desk.go(case, Verb.PROVIDE_INFO)
    sentence = "{number} is being reviewed, so this step is not possible."
    return asked(desk, Verb.LAPSE, case, "WRONG_STAGE", sentence)


# Deciding


@guards(Verb.ACCEPT)
def more_than_one_may_grant(desk: Desk) -> Guarded:
    who = replace(desk.decider, max_decision_micros={"USD": ASKED - 10_000})
    sentence = "This is above the amount you may decide alone ($44.99 of one charge in all)."
    return asked(desk, Verb.ACCEPT, desk.case(Stage.PENDING), "OVER_LIMIT", sentence, who)


@guards(Verb.ACCEPT)
def a_further_round_with_nothing_left(desk: Desk) -> Guarded:
    case = desk.go(desk.case(Stage.PENDING), Verb.ACCEPT, Verb.COMMIT, Verb.CLOSE, Verb.REOPEN)
    return asked(desk, Verb.ACCEPT, case, "AMOUNT_EXCEEDS_REMAINING", "Only $0.00 of this charge is left.")


@guards(Verb.ACCEPT)
def accepting_your_own_decision_again(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, re_review={"allowed": True, "other_reviewer": True})
    desk.go(case, Verb.REQUEST_RE_REVIEW)
    sentence = "You decided {number} before; somebody else reviews it this time."
    return asked(desk, Verb.ACCEPT, case, "OTHER_REVIEWER", sentence)


@guards(Verb.ACCEPT_PARTIAL)
def a_part_that_is_the_whole(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    items = decision(case, DecisionKind.PARTIAL, ASKED)
    sentence = "A part is above zero and below the asked amount of $45.00."
    return Guarded(case, lambda: operations.decide(desk.decider, items=items), "PARTIAL_OUT_OF_RANGE", sentence)


@guards(Verb.REJECT)
def a_refusal_without_words(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    items = decision(case, DecisionKind.REJECT, note="")
    sentence = "Please add a few words that explain it."
    return Guarded(case, lambda: operations.decide(desk.decider, items=items), "EXPLANATION_REQUIRED", sentence)


@guards(Verb.REJECT)
def a_refusal_while_a_credit_is_live(desk: Desk) -> Guarded:
    sentence = "A credit of {number} is live; reverse it before refusing."
    return asked(desk, Verb.REJECT, again(desk), "CREDIT_LIVE", sentence)


@guards(Verb.REJECT)
def a_refusal_by_nobody(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    return asked(desk, Verb.REJECT, case, "PERSON_REQUIRED", "Only a person can refuse a dispute.", SYSTEM)


@guards(Verb.UNDO)
def what_somebody_else_decided(desk: Desk) -> Guarded:
    who = without(desk.colleague, Permission.DISPUTE_DECIDE_ANY)
    return asked(desk, Verb.UNDO, desk.case(Stage.DECIDED), "NOT_YOURS", "{number} is not in your hands.", who)


@guards(Verb.UNDO)
def a_window_that_ended(desk: Desk) -> Guarded:
    case = desk.case(Stage.DECIDED)
    assert case.dispute is not None
    ended = case.dispute.commit_after
    assert ended is not None

    def ask() -> list[Answer]:
        with clock.frozen(ended):
            return desk.ask(Verb.UNDO, case)

    return Guarded(case, ask, "UNDO_EXPIRED", "The time to undo {number} is over; the money has moved.")


def adjusting(desk: Desk, case: Case, micros: int) -> Ask:
    return lambda: operations.adjust(desk.decider, items=[AdjustItem(case.pk, micros, "heard")])


@guards(Verb.ADJUST)
def an_adjustment_of_nothing(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    return Guarded(case, adjusting(desk, case, 0), "AMOUNT_NOT_POSITIVE", "The amount has to be above zero.")


@guards(Verb.ADJUST)
def an_adjustment_above_what_was_asked(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    sentence = "At most the asked amount of $45.00 can be credited."
    return Guarded(case, adjusting(desk, case, ASKED + 1), "AMOUNT_EXCEEDS_ASKED", sentence)


@guards(Verb.ADJUST)
def an_adjustment_above_what_is_left(desk: Desk) -> Guarded:
    case = again(desk)
    sentence = "Only $25.00 of this charge is left."
    return Guarded(case, adjusting(desk, case, ASKED - PART + 1), "AMOUNT_EXCEEDS_REMAINING", sentence)


@guards(Verb.ADJUST)
def a_part_where_the_program_offers_none(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING, decisions=["accept", "reject"])
    sentence = "This program does not offer that decision."
    return Guarded(case, adjusting(desk, case, PART), "DECISION_NOT_OFFERED", sentence)


@guards(Verb.ADJUST)
def a_second_credit_in_a_round(desk: Desk) -> Guarded:
    """No verb leads here; the law of the database answers."""
    case = desk.case(Stage.RESOLVED)
    forced = {"stage": Stage.PENDING, "outcome": None, "commit_after": None, "decided_micros": None}
    Dispute.objects.filter(pk=case.pk).update(**forced)
    return Guarded(case, adjusting(desk, case, 1), "ALREADY_DECIDED", "This dispute was already decided.")
