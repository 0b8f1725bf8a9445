"""How a verb that is not hot runs: lock, ask the table and the guard, write, journal; one answer per item."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.lifecycle import NOT_WHILE_RECOMMENDED, allows, row_of
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.locks import locked_disputes, locked_with_balances
from makegood.disputes.models import Dispute, Recommendation
from makegood.disputes.operations.batch import fetch, run_batch
from makegood.disputes.selectors.refusals import told_stage, wrong_stage
from makegood.disputes.selectors.visible import disputes_visible_to, visible_ids
from makegood.disputes.states import RecommendationState, Stage
from makegood.journal.operations import Change, record_all
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb


class AboutDispute(Protocol):
    """What every item of a verb says: which dispute, and in which version it was seen (None: any)."""

    @property
    def dispute_id(self) -> int: ...
    @property
    def version(self) -> int | None: ...


Item = TypeVar("Item", bound=AboutDispute)
Apply = Callable[[Dispute, Item], Mapping[str, Any]]


@transaction.atomic
def run_step(
    principal: Principal, step: Step, items: Sequence[Item], apply: Apply[Item], *, opens: bool = False
) -> list[Answer]:
    """Take each dispute through one row of the table.

    ``apply`` sets fields on the locked dispute, returns the journal's facts, or raises a Refusal before it writes
    anything; after a lost race it is asked again. ``opens`` says that
    a dispute becomes the open one of its charge: then balances are locked with them, as filing locks them first.
    """
    ids = [item.dispute_id for item in items]
    if opens:
        rows = locked_with_balances(visible_ids(principal, ids))
    else:
        rows = locked_disputes(ids, among=disputes_visible_to(principal))
    answers = run_batch(items, lambda part: _take(principal, step, part, rows, apply))
    return [a if a.id is not None else replace(a, id=items[a.ordinal].dispute_id) for a in answers]


def _take(
    principal: Principal, step: Step, items: Sequence[Item], rows: dict[int, Dispute], apply: Apply[Item]
) -> list[Answer]:
    """Take the items through the step, written in one statement; ``rows`` holds the disputes as they are then."""
    answers: list[Answer] = []
    changes: list[Change] = []
    taken: dict[int, Dispute] = {}
    for ordinal, item in enumerate(items):
        try:
            if item.dispute_id not in rows:
                raise NotFound()
            # A copy, so that what a refused item had set already cannot reach a later item of the same dispute.
            dispute = copy(taken.get(item.dispute_id) or rows[item.dispute_id])
            change = _one(principal, step, dispute, item, apply)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal, id=item.dispute_id))
            continue
        taken[item.dispute_id] = dispute
        changes.append(change)
        data = {"number": str(dispute), "version": dispute.lock_version, "stage": dispute.stage}
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data=data))
    _write(taken.values())
    record_all(principal, changes)
    rows.update(taken)
    return answers


def _write(disputes: Iterable[Dispute]) -> None:
    rows = [{"id": dispute.pk, **{column: getattr(dispute, column) for column in _WRITTEN}} for dispute in disputes]
    if rows:
        fetch(sql.load("disputes.write_disputes"), {"rows": json.dumps(rows, default=str)})


def foresee_step(principal: Principal, step: Step, items: Sequence[Item], apply: Apply[Item]) -> list[Answer]:
    """What ``run_step`` would answer now, looked at without a lock; ``apply`` may set fields, but writes nothing."""
    ids = {item.dispute_id for item in items}
    rows = disputes_visible_to(principal).select_related("program", "charge").defer("charge__raw").in_bulk(ids)
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        try:
            if item.dispute_id not in rows:
                raise NotFound()
            dispute = copy(rows[item.dispute_id])
            _check(principal, step, dispute, item)
            apply(dispute, item)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal, id=item.dispute_id))
        else:
            answers.append(Answer(ordinal, ok=True, id=item.dispute_id))
    return answers


def _check(principal: Principal, step: Step, dispute: Dispute, item: Item) -> None:
    """Raise what the table says, and that somebody changed the dispute meanwhile."""
    if not allows(step, Stage(dispute.stage)):
        raise wrong_stage(str(dispute), told_stage(principal, dispute.stage), step)
    if dispute.waits_for_signature and step in NOT_WHILE_RECOMMENDED and principal.can(Verb.DISPUTE_DECIDE):
        raise errors.Recommended(number=str(dispute))
    if item.version is not None and item.version != dispute.lock_version:
        raise errors.VersionMismatch(number=str(dispute))


def _one(principal: Principal, step: Step, dispute: Dispute, item: Item, apply: Apply[Item]) -> Change:
    row = row_of(step)
    _check(principal, step, dispute, item)
    facts = apply(dispute, item)
    if row.to is not None:
        dispute.stage = row.to
    if dispute.waits_for_signature and dispute.stage != Stage.IN_REVIEW:
        forget_recommendation(dispute)
    if step not in _IN_WHOSE_HANDS:
        dispute.lock_version += 1
    dispute.modified_at = clock.now()
    dispute.modified_by_id = principal.id
    return told(dispute, step.value, row.event, facts)


def told(dispute: Dispute, verb: str, event: str, facts: Mapping[str, Any]) -> Change:
    """What the journal is told of a dispute: its number and label, and the facts."""
    return Change(
        verb=verb,
        event=f"dispute.{event}",
        object_kind="dispute",
        object_id=dispute.pk,
        program_id=dispute.program_id,
        customer_id=dispute.customer_id,
        vendor_id=dispute.charge.vendor_id,
        changes={"number": dispute.number, "label": str(dispute), **facts},
    )


def forget_recommendation(dispute: Dispute) -> None:
    """What waited for a second signature on a locked dispute is taken back by what happens to it."""
    dispute.waits_for_signature = False
    waiting = Recommendation.objects.filter(dispute=dispute, state=RecommendationState.WAITING)
    waiting.update(state=RecommendationState.WITHDRAWN, answered_at=clock.now())


_IN_WHOSE_HANDS = frozenset({Step.CLAIM, Step.RELEASE, Step.TAKE_OVER})
"""Steps that change who reviews, not what is reviewed: whoever has the dispute open may go on."""

_WRITTEN = (
    "stage",
    "amount_micros",
    "reason_id",
    "type",
    "description",
    "outcome",
    "round",
    "round_origin",
    "info_missing",
    "resolution_id",
    "decided_micros",
    "decided_clawback_micros",
    "decided_by_id",
    "decided_at",
    "decision_note",
    "buyer_explanation",
    "finding_ids",
    "commit_after",
    "suggestion",
    "assignee_id",
    "claimed_until",
    "closed_at",
    "withdrawn_at",
    "lock_version",
    "modified_at",
    "modified_by_id",
    "waits_for_signature",
)
"""The columns of ``disputes.write_disputes``."""
