"""Takes a dispute back before it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import Ref
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Dispute
from makegood.disputes.operations.steps import run_step
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def withdraw(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Withdraw undecided disputes of the first round; the charge may be disputed again.

    Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, LATER_ROUND.
    Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    return run_step(principal, Step.WITHDRAW, items, _apply)


def _apply(dispute: Dispute, item: Ref) -> Mapping[str, Any]:
    if dispute.round > 1:
        raise errors.LaterRound(number=str(dispute))
    was_claimed = dispute.stage == Stage.IN_REVIEW
    dispute.withdrawn_at = clock.now()
    dispute.assignee_id = None
    dispute.claimed_until = None
    return {"charge_id": dispute.charge_id, "origin": dispute.origin, "was_claimed": was_claimed}
