"""Claims a dispute for review, and gives it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import Ref
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute
from makegood.disputes.operations.steps import run_step
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.deciders import decided_last_round
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def claim(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Take pending disputes into review for the program's lease.

    Refusals per item: NOT_FOUND, WRONG_STAGE, LEASED, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH,
    OTHER_REVIEWER. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, item: Ref) -> Mapping[str, Any]:
        if decided_last_round(principal, dispute) and Rounds.of(dispute.program.settings).other_reviewer:
            raise errors.OtherReviewer(number=str(dispute))
        dispute.assignee_id = principal.id
        dispute.claimed_until = _lease_end(dispute)
        return {"assignee": principal.label}

    return [_leased_by(answer) for answer in run_step(principal, Step.CLAIM, items, apply)]


def _lease_end(dispute: Dispute) -> datetime:
    return clock.now() + timedelta(seconds=DisputeSettings.of(dispute.program.settings).lease_seconds)


def _leased_by(answer: Answer) -> Answer:
    """Say who reviews it when that is why it cannot be claimed."""
    if answer.ok or answer.code != errors.WrongStage.code or answer.id is None:
        return answer
    dispute = Dispute.objects.select_related("assignee").filter(pk=answer.id).first()
    if dispute is None or dispute.stage != Stage.IN_REVIEW or dispute.assignee is None:
        return answer
    refusal = errors.Leased(number=str(dispute), assignee=str(dispute.assignee))
    return Answer.refused(answer.ordinal, refusal, id=answer.id)


def extend_lease(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Keep disputes in the assignee's hands for another lease; what a page that is open does now and then.

    Nothing else changes and nothing is journaled. Refusals per item: NOT_FOUND, NOT_YOURS. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    wanted = [item.dispute_id for item in items]
    rows = disputes_visible_to(principal).select_related("program").filter(stage=Stage.IN_REVIEW).in_bulk(wanted)
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        dispute = rows.get(item.dispute_id)
        if dispute is None:
            answers.append(Answer.refused(ordinal, NotFound(), id=item.dispute_id))
            continue
        kept = Dispute.objects.filter(pk=dispute.pk, stage=Stage.IN_REVIEW, assignee_id=principal.id)
        if kept.update(claimed_until=_lease_end(dispute)):
            answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={"number": str(dispute)}))
        else:
            answers.append(Answer.refused(ordinal, errors.NotYours(number=str(dispute)), id=dispute.pk))
    return answers


def release(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Give disputes in review back to the queue.

    Refusals per item: NOT_FOUND, WRONG_STAGE, NOT_YOURS, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH.
    Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, item: Ref) -> Mapping[str, Any]:
        mine = dispute.assignee_id == principal.id
        lapsed = dispute.claimed_until is None or dispute.claimed_until <= clock.now()
        if not (mine or lapsed or principal.can(Verb.DISPUTE_DECIDE_ANY)):
            raise errors.NotYours(number=str(dispute))
        dispute.assignee_id = None
        dispute.claimed_until = None
        return {"lapsed": lapsed and not mine}

    return run_step(principal, Step.RELEASE, items, apply)


def release_lapsed(limit: int = 200) -> list[Answer]:
    """What the worker does: put disputes whose lease ran out back into the queue."""
    lapsed = Dispute.objects.filter(stage=Stage.IN_REVIEW, claimed_until__lte=clock.now()).values_list("pk", flat=True)
    ids = list(lapsed[:limit])
    return release(SYSTEM, items=[Ref(pk) for pk in ids]) if ids else []
