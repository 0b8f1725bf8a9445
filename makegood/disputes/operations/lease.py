"""Claims a dispute for review, and gives it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import ClaimItem, Ref, Skip
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute
from makegood.disputes.operations.steps import run_step
from makegood.disputes.operations.turns import keep_skips
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.deciders import somebody_else_reviews
from makegood.disputes.selectors.turns import older_in_turn
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def claim(principal: Principal, *, items: Sequence[Ref | ClaimItem]) -> list[Answer]:
    """Take pending disputes into review for the program's lease.

    Where the program works in order of arrival, an older one that waits makes it refuse unless a cause is given, which
    is kept and journaled; those of the same call do not count, nor what was given to somebody else.
    Refusals per item: NOT_FOUND, WRONG_STAGE, LEASED, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH,
    OTHER_REVIEWER, OUT_OF_TURN. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    together = [item.dispute_id for item in items]
    skips: dict[int, Skip] = {}

    def apply(dispute: Dispute, item: Ref | ClaimItem) -> Mapping[str, Any]:
        if somebody_else_reviews(principal, dispute):
            raise errors.OtherReviewer(number=str(dispute))
        older = older_in_turn(principal, dispute, but=together)
        cause = item.cause.strip() if isinstance(item, ClaimItem) else ""
        if older is not None and not cause:
            raise errors.OutOfTurn(number=str(dispute), oldest=str(older))
        if older is not None:
            skips[dispute.pk] = Skip(dispute.pk, older.pk, str(older), cause, clock.now())
        dispute.assignee_id = principal.id
        dispute.claimed_until = lease_end(dispute)
        return {"assignee": principal.label}

    answers = [_leased_by(answer) for answer in run_step(principal, Step.CLAIM, items, apply)]
    keep_skips(principal, skips, answers, "claim")
    return answers


def take_over(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Take disputes that somebody else reviews into one's own hands, for the program's lease; they lose theirs.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_YOURS, RECOMMENDED, OTHER_REVIEWER, ALREADY_DECIDED,
    DISPUTE_CLOSED, VERSION_MISMATCH. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, item: Ref) -> Mapping[str, Any]:
        if dispute.assignee_id == principal.id:
            raise errors.AlreadyYours(number=str(dispute))
        if somebody_else_reviews(principal, dispute):
            raise errors.OtherReviewer(number=str(dispute))
        facts = {"assignee": principal.label, "from": dispute.assignee_id}
        dispute.assignee_id = principal.id
        dispute.claimed_until = lease_end(dispute)
        return facts

    return run_step(principal, Step.TAKE_OVER, items, apply)


def lease_end(dispute: Dispute) -> datetime:
    """When a lease that begins now ends."""
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

    Nothing else changes and nothing is journaled; what waits for a second signature needs no lease. Refusals per item:
    NOT_FOUND, NOT_YOURS. Raises NotPermitted.
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
        if kept.update(claimed_until=_next_end(dispute)):
            answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={"number": str(dispute)}))
        else:
            answers.append(Answer.refused(ordinal, errors.NotYours(number=str(dispute)), id=dispute.pk))
    return answers


def _next_end(dispute: Dispute) -> datetime | None:
    return None if dispute.waits_for_signature else lease_end(dispute)


def release(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Give disputes in review back to the queue.

    Refusals per item: NOT_FOUND, WRONG_STAGE, NOT_YOURS, RECOMMENDED, ALREADY_DECIDED, DISPUTE_CLOSED,
    VERSION_MISMATCH. Raises NotPermitted.
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
    lapsed = Dispute.objects.filter(stage=Stage.IN_REVIEW, claimed_until__lte=clock.now(), waits_for_signature=False)
    ids = list(lapsed.values_list("pk", flat=True)[:limit])
    return release(SYSTEM, items=[Ref(pk) for pk in ids]) if ids else []
