"""What a step of one case would do, judged by the step's own rules before anything is written.

Amounts of ``Foreseen``: what the buyer gets back (negative: is charged), tax with it, what is taken from the vendor.
The caller has scoped the dispute.
"""

from __future__ import annotations

from makegood.disputes import errors
from makegood.disputes.entries import AdjustItem, CloseItem, FeeItem, Foreseen, PlanParams, Target, WordsItem
from makegood.disputes.operations.again import foresee_reopen
from makegood.disputes.operations.close import foresee_close
from makegood.disputes.operations.plan_verbs import foresee
from makegood.disputes.operations.plan_verbs import weighed_adjustments as weighed
from makegood.disputes.selectors.fee_effects import foreseen_fee
from makegood.disputes.selectors.reversal_effects import foreseen_reversals
from makegood.disputes.selectors.standing import standing_sums
from makegood.disputes.states import PlanVerb
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def foresee_adjust(principal: Principal, item: AdjustItem) -> Foreseen:
    """What ``adjust`` would do now. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_DECIDE)
    (said,) = weighed(principal, [item])
    return said


def foresee_reverse(principal: Principal, target: Target) -> Foreseen:
    """What ``reverse`` would do now to the newest credit that stands. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_REVERSE)
    (said,) = foreseen_reversals(principal, [target])
    return said


def foresee_fee(principal: Principal, item: FeeItem) -> Foreseen:
    """What ``apply_fee`` would do now. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_FEE)
    return foreseen_fee(principal, item)


def foresee_closing(principal: Principal, item: CloseItem) -> Foreseen:
    """Whether ``close`` would go through now; it moves no money. Raises NotPermitted."""
    return _said(foresee_close(principal, [item])[0])


def foresee_reopening(principal: Principal, item: WordsItem) -> Foreseen:
    """Whether ``reopen`` would go through now; it moves no money. Raises NotPermitted."""
    return _said(foresee_reopen(principal, [item])[0])


def foresee_reopen_and_reverse(principal: Principal, item: WordsItem) -> Foreseen:
    """What ``reopen_and_reverse`` would do now. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_REVERSE)
    said = foresee_reopening(principal, item)
    return said if said.code else _inverse(item.dispute_id)


def foresee_reverse_and_reject(principal: Principal, target: Target, cause: str = "") -> Foreseen:
    """What the reversals of ``reverse_and_reject`` would do now; the rejection moves no money. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_REVERSE)
    note = target.note or "-"
    rejected = [Target(target.dispute_id, target.version, None, note)]
    (said,) = foresee(principal, PlanVerb.REJECT, PlanParams(cause=cause), rejected)
    # That a credit stands is what the first of the two steps is for.
    if said.code and said.code != errors.CreditLive.code:
        return said
    (turned,) = foreseen_reversals(principal, [target])
    return turned if turned.code else _inverse(target.dispute_id)


def foresee_correct(principal: Principal, item: WordsItem, number: str, stage: str) -> Foreseen:
    """What ``correct`` would do now to a closed dispute that reads ``number`` and stands at ``stage``."""
    demand(principal, Verb.DISPUTE_REVERSE)
    if stage != "closed":
        refusal = errors.NotClosed(number=number)
        return Foreseen(refusal.code, refusal.message)
    found = _inverse(item.dispute_id)
    if not found.credit_micros:
        missing = errors.NotAdjusted(number=number)
        return Foreseen(missing.code, missing.message)
    return found


def _inverse(dispute_id: int) -> Foreseen:
    """The inverse of every credit that stands."""
    sums = standing_sums(dispute_id)
    if sums is None:
        return Foreseen()
    credit, tax, clawback, payout_currency = sums
    return Foreseen(credit_micros=-credit, tax_micros=-tax, clawback_micros=-clawback, payout_currency=payout_currency)


def _said(answer: Answer) -> Foreseen:
    return Foreseen(answer.code, answer.message)
