"""Cases that fail a guard of a second signature, or of taking over."""

from __future__ import annotations

from dataclasses import replace

from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, EditItem, Ref, ReverseItem, WordsItem
from makegood.disputes.lifecycle import Verb
from makegood.disputes.states import DecisionKind, Stage
from makegood.disputes.tests.desk import ASKED, Case, Desk, limited, signs
from makegood.disputes.tests.failing import Ask, Guarded, asked, decision, guards

WAITS = "{number} waits for a second signature; go on when somebody answered, or its author took it back."
STALE = "{number} is no longer what was recommended. Decline, so that its author can look at it again."
REVIEWED_BEFORE = "You decided {number} before; somebody else reviews it this time."


def waiting(desk: Desk, verb: Verb = Verb.APPROVE) -> Case:
    """A case that a colleague recommended."""
    return desk.case(Stage.IN_REVIEW, verb)


# Taking over


@guards(Verb.TAKE_OVER)
def what_is_in_your_hands(desk: Desk) -> Guarded:
    case = desk.case(Stage.IN_REVIEW)
    return asked(desk, Verb.TAKE_OVER, case, "ALREADY_YOURS", "{number} is in your hands already.")


@guards(Verb.TAKE_OVER)
def what_waits_for_a_signature(desk: Desk) -> Guarded:
    return asked(desk, Verb.TAKE_OVER, waiting(desk), "RECOMMENDED", WAITS)


# Recommending


@guards(Verb.RECOMMEND)
def what_one_may_decide_alone(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    ask: Ask = lambda: operations.recommend(desk.decider, items=decision(case, DecisionKind.ACCEPT))  # noqa: E731
    return Guarded(case, ask, "WITHIN_LIMIT", "You may decide {number} alone; it needs no second signature.")


@guards(Verb.RECOMMEND)
def a_part_that_is_no_part(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING)
    items = decision(case, DecisionKind.PARTIAL, ASKED)
    sentence = "A part is above zero and below the asked amount of $45.00."
    return Guarded(
        case, lambda: operations.recommend(limited(desk.decider), items=items), "PARTIAL_OUT_OF_RANGE", sentence
    )


@guards(Verb.RECOMMEND)
def a_second_recommendation(desk: Desk) -> Guarded:
    return asked(desk, Verb.RECOMMEND, waiting(desk), "RECOMMENDED", WAITS)


@guards(Verb.RECOMMEND)
def what_a_program_recommends(desk: Desk) -> Guarded:
    case, nobody = desk.case(Stage.PENDING), replace(desk.decider, id=None, token_id=7)
    return asked(desk, Verb.RECOMMEND, case, "PERSON_REQUIRED", "Only a person can refuse a dispute.", nobody)


# Signing


def _answered_by_the_author(desk: Desk, verb: Verb) -> Guarded:
    sentence = "Nobody signs their own decision; somebody else has to answer {number}."
    return asked(desk, verb, waiting(desk), "OWN_RECOMMENDATION", sentence, desk.colleague)


@guards(Verb.APPROVE)
def ones_own(desk: Desk) -> Guarded:
    return _answered_by_the_author(desk, Verb.APPROVE)


@guards(Verb.APPROVE)
def above_the_limit_of_the_second(desk: Desk) -> Guarded:
    who = replace(desk.decider, max_decision_micros={"USD": ASKED - 10_000})
    sentence = "This is above the amount you may decide alone ($44.99 of one charge in all)."
    return asked(desk, Verb.APPROVE, waiting(desk), "OVER_LIMIT", sentence, who)


@guards(Verb.APPROVE)
def what_was_changed_meanwhile(desk: Desk) -> Guarded:
    case = waiting(desk)
    operations.edit(desk.submitter, items=[EditItem(case.pk, {"description": "more words"})])
    return asked(desk, Verb.APPROVE, case, "RECOMMENDATION_STALE", STALE)


@guards(Verb.APPROVE)
def what_was_declined_before(desk: Desk) -> Guarded:
    case = desk.go(waiting(desk), Verb.DECLINE)
    return asked(desk, Verb.APPROVE, case, "ALREADY_ANSWERED", "The decision of {number} was declined meanwhile.")


@guards(Verb.APPROVE)
def what_the_second_decided_in_the_round_before(desk: Desk) -> Guarded:
    case = desk.case(Stage.RESOLVED, re_review={"allowed": True, "other_reviewer": True})
    desk.go(case, Verb.REQUEST_RE_REVIEW)
    desk.go(case, Verb.RECOMMEND, by=desk.colleague)
    return asked(desk, Verb.APPROVE, case, "OTHER_REVIEWER", REVIEWED_BEFORE)


@guards(Verb.APPROVE)
def a_further_round_in_which_more_is_left_now(desk: Desk) -> Guarded:
    case = desk.case(Stage.PENDING, Verb.REVERSE)
    desk.go(case, Verb.RECOMMEND, by=desk.colleague)
    operations.reverse(desk.decider, items=[ReverseItem(case.pk)])
    return asked(desk, Verb.APPROVE, case, "RECOMMENDATION_STALE", STALE)


@guards(Verb.DECLINE)
def declining_ones_own(desk: Desk) -> Guarded:
    return _answered_by_the_author(desk, Verb.DECLINE)


@guards(Verb.DECLINE)
def declining_without_a_cause(desk: Desk) -> Guarded:
    case = waiting(desk)
    ask: Ask = lambda: operations.decline(desk.decider, items=signs(case, " "))  # noqa: E731
    return Guarded(case, ask, "CAUSE_REQUIRED", "Please say why.")


@guards(Verb.WITHDRAW_RECOMMENDATION)
def what_a_colleague_recommended(desk: Desk) -> Guarded:
    sentence = "{number} is not in your hands."
    return asked(desk, Verb.WITHDRAW_RECOMMENDATION, waiting(desk), "NOT_YOURS", sentence)


@guards(Verb.WITHDRAW_RECOMMENDATION)
def taking_back_nothing(desk: Desk) -> Guarded:
    case = desk.go(desk.case(Stage.PENDING), Verb.CLAIM)
    sentence = "{number} does not wait for a second signature."
    return asked(desk, Verb.WITHDRAW_RECOMMENDATION, case, "NOTHING_TO_SIGN", sentence)


# What else stands still meanwhile


@guards(Verb.ACCEPT)
def deciding_what_waits(desk: Desk) -> Guarded:
    return asked(desk, Verb.ACCEPT, waiting(desk), "RECOMMENDED", WAITS)


@guards(Verb.ADJUST)
def crediting_what_waits(desk: Desk) -> Guarded:
    return asked(desk, Verb.ADJUST, waiting(desk), "RECOMMENDED", WAITS)


@guards(Verb.REQUEST_INFO)
def asking_about_what_waits(desk: Desk) -> Guarded:
    case = waiting(desk)
    ask: Ask = lambda: operations.request_info(desk.decider, items=[WordsItem(case.pk, "Who called?")])  # noqa: E731
    return Guarded(case, ask, "RECOMMENDED", WAITS)


@guards(Verb.RELEASE)
def releasing_what_waits(desk: Desk) -> Guarded:
    case = waiting(desk)
    return Guarded(case, lambda: operations.release(desk.colleague, items=[Ref(case.pk)]), "RECOMMENDED", WAITS)


@guards(Verb.CLOSE)
def closing_what_waits(desk: Desk) -> Guarded:
    case = waiting(desk)
    return Guarded(case, lambda: operations.close(desk.decider, items=[CloseItem(case.pk)]), "RECOMMENDED", WAITS)
