"""Puts disputes before the leads, and settles that again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import AssignItem, Ref, WordsItem
from makegood.disputes.models import Dispute, Handling
from makegood.disputes.operations.assign import assign
from makegood.disputes.operations.handling import handle
from makegood.disputes.selectors.escalation import escalation_of, told_of
from makegood.disputes.selectors.handling import those_who_see
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def escalate(principal: Principal, *, items: Sequence[WordsItem]) -> list[Answer]:
    """Ask those who lead to look at each dispute, for a cause; they are told.

    Answers carry ``number``. Refusals per item: NOT_FOUND, DISPUTE_CLOSED, CAUSE_REQUIRED, ALREADY_ESCALATED. Raises
    NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, handling: Handling, item: WordsItem) -> Mapping[str, Any]:
        if handling.escalated_at is not None:
            raise errors.AlreadyEscalated(number=str(dispute))
        if not item.text.strip():
            raise errors.CauseRequired()
        handling.escalated_at, handling.escalated_by_id = clock.now(), principal.id
        handling.escalation = item.text.strip()
        return {"cause": handling.escalation, "by": principal.id}

    return handle(principal, "escalate", "escalated", items, apply)


def escalate_late(*, items: Sequence[WordsItem]) -> list[Answer]:
    """Put disputes that are late before whom their program names, each for its cause; the system's own verb.

    A person who is named gets the dispute, where they see and decide it; those of a role are told; where nobody is
    named or may, those who lead are. Answers carry ``number``. Refusals per item: NOT_FOUND, DISPUTE_CLOSED,
    ALREADY_ESCALATED.
    """

    def apply(dispute: Dispute, handling: Handling, item: WordsItem) -> Mapping[str, Any]:
        if handling.escalated_at is not None:
            raise errors.AlreadyEscalated(number=str(dispute))
        said = escalation_of(dispute.program)
        told = those_who_see(told_of(said.to), dispute.pk) if said is not None and said.to else []
        handling.escalated_at, handling.escalated_by_id, handling.escalation = clock.now(), None, item.text
        return {"cause": item.text, "by": None, "to": said.to if said else "", "people": [one.pk for one in told]}

    answers = handle(SYSTEM, "escalate_late", "escalated", items, apply)
    _give([answer.id for answer in answers if answer.ok and answer.id is not None])
    return answers


def _give(dispute_ids: Sequence[int]) -> None:
    """Assign what was put before one person by name to them."""
    found = []
    for dispute in Dispute.objects.select_related("program").filter(pk__in=dispute_ids).order_by("pk"):
        said = escalation_of(dispute.program)
        people = [one for one in told_of(said.to) if one.email.casefold() == said.to.casefold()] if said else []
        found += [AssignItem(dispute.pk, one.pk) for one in those_who_see(people, dispute.pk)]
    if found:
        assign(SYSTEM, items=found)


def settle_escalation(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Say that the leads have looked.

    Answers carry ``number``. Refusals per item: NOT_FOUND, DISPUTE_CLOSED, NOT_ESCALATED. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)

    def apply(dispute: Dispute, handling: Handling, item: Ref) -> Mapping[str, Any]:
        if handling.escalated_at is None:
            raise errors.NotEscalated(number=str(dispute))
        handling.escalated_at, handling.escalated_by_id, handling.escalation = None, None, ""
        return {"by": principal.id}

    return handle(principal, "settle_escalation", "escalation_settled", items, apply)
