"""Takes decisions back inside their undo window. No posting, no message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes.entries import Ref
from makegood.disputes.operations.batch import fetch, run_batch
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.refusals import refusal_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.journal.operations import actor_parameters
from makegood.kernel import sql
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def undo(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Void the hold of each decision and give the dispute back to the reviewer.

    Refusals per item: NOT_FOUND, WRONG_STAGE, UNDO_EXPIRED, NOT_YOURS (needs dispute.decide_any),
    VERSION_MISMATCH, ALREADY_DECIDED, DISPUTE_CLOSED. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    wanted = {item.dispute_id for item in items}
    found = disputes_visible_to(principal).filter(pk__in=wanted).values_list("pk", "program__settings")
    leases = {pk: DisputeSettings.of(settings).lease_seconds for pk, settings in found}
    answers = {
        ordinal: Answer.refused(ordinal, NotFound(), id=item.dispute_id)
        for ordinal, item in enumerate(items)
        if item.dispute_id not in leases
    }
    going = [ordinal for ordinal in range(len(items)) if ordinal not in answers]
    judged = run_batch([items[o] for o in going], lambda part: _statement(principal, part, leases))
    return in_order(answers | at_places(judged, going))


def _statement(principal: Principal, items: Sequence[Ref], leases: Mapping[int, int]) -> list[Answer]:
    rows = fetch(
        sql.load("disputes.undo"),
        {
            "dispute_ids": [item.dispute_id for item in items],
            "versions": [item.version for item in items],
            "any_decision": principal.can(Verb.DISPUTE_DECIDE_ANY),
            "leases": [leases[item.dispute_id] for item in items],
            **actor_parameters(principal),
        },
    )
    return [_answer(row) for row in rows]


def _answer(row: tuple[Any, ...]) -> Answer:
    ordinal, dispute_id, label, code, stage, version = row
    if not code:
        return Answer(ordinal - 1, ok=True, id=dispute_id, data={"number": label, "version": version})
    return Answer.refused(
        ordinal - 1, refusal_of(code, number=label or "This dispute", stage=stage or ""), id=dispute_id
    )
