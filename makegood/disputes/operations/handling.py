"""How verbs beside the lifecycle run: under lock, with a row of the dispute's handling; one answer per item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from django.db import transaction

from makegood.disputes.locks import locked_disputes
from makegood.disputes.models import Dispute, Handling
from makegood.disputes.operations.steps import told
from makegood.disputes.selectors.refusals import wrong_stage
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import FINISHED, Stage
from makegood.journal.operations import Change, record_all
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


class AboutDispute(Protocol):
    """What every item says: which dispute it is for."""

    @property
    def dispute_id(self) -> int: ...


Item = TypeVar("Item", bound=AboutDispute)
Handle = Callable[[Dispute, Handling, Item], Mapping[str, Any] | None]


@transaction.atomic
def handle(principal: Principal, verb: str, event: str, items: Sequence[Item], apply: Handle[Item]) -> list[Answer]:
    """Set on the handling of each locked dispute what ``apply`` says; the dispute itself and its version stay.

    ``apply`` returns the journal's facts, None where nothing is to be written, or raises a Refusal before it wrote
    anything. A draft is out of sight, and what is closed or withdrawn is refused. Answers carry ``number``.
    """
    rows = locked_disputes({item.dispute_id for item in items}, among=disputes_visible_to(principal))
    handlings = {row.dispute_id: row for row in Handling.objects.filter(dispute__in=rows)}
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        dispute = rows.get(item.dispute_id)
        try:
            if dispute is None or dispute.stage == Stage.DRAFT:
                raise NotFound()
            if dispute.stage in FINISHED:
                raise wrong_stage(str(dispute), dispute.stage)
            handling = handlings.setdefault(dispute.pk, Handling(dispute=dispute))
            facts = apply(dispute, handling, item)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal, id=item.dispute_id))
            continue
        if facts is not None:
            handling.save()
            changes.append(told(dispute, verb, event, facts))
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={"number": str(dispute)}))
    record_all(principal, changes)
    return answers
