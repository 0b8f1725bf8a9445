"""Ends a dispute, with a resolution or without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import CloseItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Comment, Dispute, Resolution
from makegood.disputes.operations.steps import foresee_step, run_step
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.rows import live_credits
from makegood.disputes.states import CommentKind, DecisionKind, Outcome, Visibility
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def close(principal: Principal, *, items: Sequence[CloseItem]) -> list[Answer]:
    """Close; without a decision the outcome stays empty. A resolution is a label, looked up by its code.

    While nothing is decided, a resolution that stands for a refusal is one: it needs a person, a note where the program
    asks for one with a refusal, and no live credit. Refusals per item: NOT_FOUND, WRONG_STAGE, DECISION_PENDING,
    ALREADY_CLOSED, VERSION_MISMATCH, UNKNOWN_RESOLUTION, PERSON_REQUIRED, EXPLANATION_REQUIRED, CREDIT_LIVE.
    Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CLOSE)
    return run_step(principal, Step.CLOSE, items, lambda dispute, item: closing(principal, dispute, item))


def foresee_close(principal: Principal, items: Sequence[CloseItem]) -> list[Answer]:
    """What ``close`` would answer now; writes nothing. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_CLOSE)
    return foresee_step(principal, Step.CLOSE, items, lambda dispute, item: _set(principal, dispute, item)[0])


def closing(principal: Principal, dispute: Dispute, item: CloseItem) -> Mapping[str, Any]:
    """Set what closing sets on a locked dispute, and keep its note; the journal's facts."""
    facts, refuses = _set(principal, dispute, item)
    if note := item.note.strip():
        Comment.objects.create(
            dispute=dispute,
            kind=CommentKind.NOTE,
            visibility=Visibility.PARTIES if refuses else Visibility.INTERNAL,
            body=note,
            author_id=principal.id,
            at=clock.now(),
        )
    return facts


def _set(principal: Principal, dispute: Dispute, item: CloseItem) -> tuple[Mapping[str, Any], bool]:
    """The fields of a closed dispute: the journal's facts, and whether this is a refusal."""
    note = item.note.strip()
    resolution = _resolution(dispute, item.resolution) if item.resolution else dispute.resolution
    given = resolution if item.resolution else None
    refuses = dispute.outcome is None and given is not None and given.maps_to == Outcome.REJECTED
    if refuses:
        _demand_refusal(principal, dispute, note)
        dispute.buyer_explanation = note
    told = dispute.outcome is not None
    dispute.resolution = resolution
    dispute.closed_at = clock.now()
    dispute.assignee_id = None
    dispute.claimed_until = None
    facts = {
        "charge_id": dispute.charge_id,
        "round": dispute.round,
        "outcome": dispute.outcome,
        "resolution": resolution.code if resolution else "",
        "told": told,
        "submitted_by": dispute.submitted_by_id,
    }
    return facts, refuses


def _resolution(dispute: Dispute, code: str) -> Resolution:
    found = Resolution.objects.filter(program_id=dispute.program_id, code=code, is_active=True).first()
    if found is None:
        raise errors.UnknownResolution(resolution=code)
    return found


def _demand_refusal(principal: Principal, dispute: Dispute, note: str) -> None:
    """Refuse as a rejection would be refused."""
    if not principal.is_person:
        raise errors.PersonRequired()
    if DecisionKind.REJECT in DisputeSettings.of(dispute.program.settings).note_required and not note:
        raise errors.ExplanationRequired()
    live = live_credits([dispute.pk]).get(dispute.pk)
    if live is not None and live.credit:
        raise errors.CreditLive(number=str(dispute))
