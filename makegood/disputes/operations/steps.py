"""How a verb that is not hot runs: lock, ask the table and the guard, write, journal; one answer per item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError, transaction

from makegood.disputes import errors
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import allows, row_of
from makegood.disputes.locks import locked_disputes, locked_with_balances
from makegood.disputes.models import Dispute
from makegood.disputes.operations.batch import refusal_for
from makegood.disputes.selectors.refusals import told_stage, wrong_stage
from makegood.disputes.selectors.visible import visible_ids
from makegood.disputes.states import Stage
from makegood.journal.operations import Change, record_all
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


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

    ``apply`` sets fields on the locked dispute, returns the journal's facts, or raises a Refusal. ``opens`` says that
    a dispute becomes the open one of its charge: then balances are locked with them, as filing locks them first.
    """
    lock = locked_with_balances if opens else locked_disputes
    rows = lock(visible_ids(principal, (item.dispute_id for item in items)))
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        try:
            if item.dispute_id not in rows:
                raise NotFound()
            # A copy, so that what a refused item had set already cannot reach a later item of the same dispute.
            dispute = copy(rows[item.dispute_id])
            change = _one(principal, step, dispute, item, apply)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal, id=item.dispute_id))
            continue
        rows[item.dispute_id] = dispute
        changes.append(change)
        data = {"number": str(dispute), "version": dispute.lock_version, "stage": dispute.stage}
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data=data))
    record_all(principal, changes)
    return answers


def _one(principal: Principal, step: Step, dispute: Dispute, item: Item, apply: Apply[Item]) -> Change:
    row = row_of(step)
    if not allows(step, Stage(dispute.stage)):
        raise wrong_stage(str(dispute), told_stage(principal, dispute.stage))
    if item.version is not None and item.version != dispute.lock_version:
        raise errors.VersionMismatch(number=str(dispute))
    try:
        with transaction.atomic():
            facts = apply(dispute, item)
            if row.to is not None:
                dispute.stage = row.to
            if step not in _IN_WHOSE_HANDS:
                dispute.lock_version += 1
            dispute.modified_at = clock.now()
            dispute.modified_by_id = principal.id
            dispute.save(update_fields=_WRITTEN)
    except IntegrityError as error:
        raise refusal_for(error) from error
    return Change(
        verb=step.value,
        event=f"dispute.{row.event}",
        object_kind="dispute",
        object_id=dispute.pk,
        program_id=dispute.program_id,
        customer_id=dispute.customer_id,
        vendor_id=dispute.charge.vendor_id,
        changes={"number": dispute.number, "label": str(dispute), **facts},
    )


_IN_WHOSE_HANDS = frozenset({Step.CLAIM, Step.RELEASE})
"""Steps that change who reviews, not what is reviewed: whoever has the dispute open may go on."""

_WRITTEN = (
    "stage",
    "amount_micros",
    "reason",
    "type",
    "description",
    "outcome",
    "round",
    "round_origin",
    "info_missing",
    "resolution",
    "decided_micros",
    "decided_clawback_micros",
    "decided_by",
    "decided_at",
    "decision_note",
    "buyer_explanation",
    "finding_ids",
    "commit_after",
    "suggestion",
    "assignee",
    "claimed_until",
    "closed_at",
    "withdrawn_at",
    "lock_version",
    "modified_at",
    "modified_by",
)
