"""What each verb of a bulk plan asks of an operation: to do it, and to say beforehand what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.disputes.entries import (
    AdjustItem,
    AssignItem,
    CloseItem,
    DecisionItem,
    Foreseen,
    PlanParams,
    Prepared,
    ReverseItem,
    Target,
    WordsItem,
)
from makegood.disputes.operations.adjust import adjust, prepared_adjustments
from makegood.disputes.operations.again import foresee_reopen, reopen
from makegood.disputes.operations.assign import assign
from makegood.disputes.operations.close import close, foresee_close
from makegood.disputes.operations.decide import decide, prepared_decisions
from makegood.disputes.operations.plan_assign import foresee_assign
from makegood.disputes.operations.reverse import reverse as reverse_credits
from makegood.disputes.operations.turns import behind_others
from makegood.disputes.selectors.effects import weighed
from makegood.disputes.selectors.reversal_effects import foreseen_reversals
from makegood.disputes.states import DecisionKind, Door, PlanVerb
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

PERMISSION: Mapping[PlanVerb, Verb] = {
    PlanVerb.ACCEPT: Verb.DISPUTE_DECIDE,
    PlanVerb.PARTIAL: Verb.DISPUTE_DECIDE,
    PlanVerb.REJECT: Verb.DISPUTE_DECIDE,
    PlanVerb.ADJUST: Verb.DISPUTE_DECIDE,
    PlanVerb.REVERSE: Verb.DISPUTE_REVERSE,
    PlanVerb.CLOSE: Verb.DISPUTE_CLOSE,
    PlanVerb.REOPEN: Verb.DISPUTE_REOPEN,
    PlanVerb.ASSIGN: Verb.DISPUTE_DECIDE,
}


def foresee(principal: Principal, verb: PlanVerb, params: PlanParams, targets: Sequence[Target]) -> list[Foreseen]:
    """What ``perform`` would do with each target, in their order; writes nothing. The caller has scoped them."""
    if verb is PlanVerb.ADJUST:
        return weighed_adjustments(principal, _adjustments(params, targets))
    if verb is PlanVerb.REVERSE:
        return foreseen_reversals(principal, targets)
    if verb is PlanVerb.CLOSE:
        return [_said(answer) for answer in foresee_close(principal, _closings(params, targets))]
    if verb is PlanVerb.REOPEN:
        return [_said(answer) for answer in foresee_reopen(principal, _words(targets))]
    if verb is PlanVerb.ASSIGN:
        return [_said(answer) for answer in foresee_assign(principal, _given(params, targets))]
    return _weighed(principal, prepared_decisions(principal, _decisions(verb, params, targets), Door.BULK))


def perform(principal: Principal, verb: PlanVerb, params: PlanParams, targets: Sequence[Target]) -> list[Answer]:
    """Do it to each target; one answer each, in their order. Raises NotPermitted."""
    if verb is PlanVerb.ADJUST:
        return adjust(principal, items=_adjustments(params, targets))
    if verb is PlanVerb.REVERSE:
        items = [ReverseItem(one.dispute_id, note=one.note, version=one.version) for one in targets]
        return reverse_credits(principal, items=items)
    if verb is PlanVerb.CLOSE:
        return close(principal, items=_closings(params, targets))
    if verb is PlanVerb.REOPEN:
        return reopen(principal, items=_words(targets))
    if verb is PlanVerb.ASSIGN:
        return assign(principal, items=_given(params, targets))
    return decide(principal, items=_decisions(verb, params, targets), door=Door.BULK)


def _decisions(verb: PlanVerb, params: PlanParams, targets: Sequence[Target]) -> list[DecisionItem]:
    kind = DecisionKind(verb.value)
    return [
        DecisionItem(
            one.dispute_id,
            kind,
            one.micros,
            one.note,
            params.findings,
            one.version,
            one.clawback_micros,
            cause=params.cause,
        )
        for one in targets
    ]


def _adjustments(params: PlanParams, targets: Sequence[Target]) -> list[AdjustItem]:
    return [
        AdjustItem(
            one.dispute_id,
            one.micros or 0,
            one.note,
            one.version,
            clawback_micros=one.clawback_micros,
            resolution=params.resolution,
            cause=params.cause,
        )
        for one in targets
    ]


def _closings(params: PlanParams, targets: Sequence[Target]) -> list[CloseItem]:
    return [CloseItem(one.dispute_id, params.resolution, one.note, one.version) for one in targets]


def _given(params: PlanParams, targets: Sequence[Target]) -> list[AssignItem]:
    return [AssignItem(one.dispute_id, params.to) for one in targets]


def _words(targets: Sequence[Target]) -> list[WordsItem]:
    return [WordsItem(one.dispute_id, one.note, one.version) for one in targets]


def weighed_adjustments(principal: Principal, items: Sequence[AdjustItem]) -> list[Foreseen]:
    """What ``adjust`` would do with each item, in their order; writes nothing. The caller has scoped them."""
    return _weighed(principal, prepared_adjustments(principal, items))


def _weighed(principal: Principal, prepared: Prepared) -> list[Foreseen]:
    found = {ordinal: _said(answer) for ordinal, answer in prepared.refused.items()}
    for line in weighed(principal, prepared.batch):
        found[prepared.going[line.ordinal]] = Foreseen(
            line.code,
            line.message,
            line.credit_micros,
            line.tax_micros,
            line.clawback_micros,
            line.payout_currency,
            line.remaining_micros,
        )
    for place, refusal in behind_others(principal, prepared, {n for n, said in found.items() if said.code}).items():
        found[place] = Foreseen(refusal.code, refusal.message)
    return [found[ordinal] for ordinal in range(len(found))]


def _said(answer: Answer) -> Foreseen:
    return Foreseen(answer.code, answer.message)
