"""Writes beside a dispute: a note among those who decide, or words that the submitter side reads too."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import CommentItem
from makegood.disputes.models import Comment, Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import CommentKind, Stage, Visibility
from makegood.journal.operations import Change, record_all
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def comment(principal: Principal, *, items: Sequence[CommentItem]) -> list[Answer]:
    """Keep a comment per item; the dispute itself stays as it is, whatever its stage. A draft takes none.

    A note for those who decide (``INTERNAL``) is written by them alone, one for the parties by whoever files as well.
    Answers carry ``number`` and ``comment_id``. Refusals per item: NOT_FOUND, COMMENT_REQUIRED. Raises NotPermitted.
    """
    for item in items:
        demand(principal, _needed(principal, item.visibility))
    wanted = {item.dispute_id for item in items}
    found = disputes_visible_to(principal).filter(pk__in=wanted).exclude(stage=Stage.DRAFT)
    disputes = found.select_related("charge").defer("charge__raw").in_bulk()
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        dispute = disputes.get(item.dispute_id)
        if dispute is None or not item.text.strip():
            refusal = errors.CommentRequired() if dispute else NotFound()
            answers.append(Answer.refused(ordinal, refusal, id=item.dispute_id))
            continue
        written = Comment.objects.create(
            dispute=dispute,
            kind=CommentKind.NOTE,
            visibility=item.visibility,
            body=item.text.strip(),
            author_id=principal.id,
            at=clock.now(),
        )
        changes.append(_change(dispute, written))
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={"number": str(dispute), "comment_id": written.pk}))
    record_all(principal, changes)
    return answers


def _needed(principal: Principal, visibility: Visibility) -> Verb:
    """The permission a comment needs: whoever decides writes any."""
    if visibility is Visibility.INTERNAL or principal.can(Verb.DISPUTE_DECIDE):
        return Verb.DISPUTE_DECIDE
    return Verb.DISPUTE_CREATE


def _change(dispute: Dispute, written: Comment) -> Change:
    return Change(
        verb="comment",
        event="dispute.commented" if written.visibility == Visibility.PARTIES else "dispute.noted",
        object_kind="dispute",
        object_id=dispute.pk,
        program_id=dispute.program_id,
        customer_id=dispute.customer_id,
        vendor_id=dispute.charge.vendor_id,
        changes={"number": dispute.number, "label": str(dispute), "comment_id": written.pk},
    )
