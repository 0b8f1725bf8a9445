"""Comments: who writes for whom, whatever the stage, and that nothing else of the dispute changes."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import CloseItem, CommentItem, DraftItem
from makegood.disputes.models import Comment, Dispute
from makegood.disputes.selectors.comments import comments_of
from makegood.disputes.states import Visibility
from makegood.journal.models import JournalEvent
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, DisputeMaker

PARTIES, INTERNAL = Visibility.PARTIES, Visibility.INTERNAL


def test_a_comment_leaves_the_dispute_as_it_is(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    operations.close(manager, items=[CloseItem(dispute.pk)])
    with unchanged(but=("disputes_comment", "journal_event")):
        (answer,) = operations.comment(manager, items=[CommentItem(dispute.pk, "  A known bot. ")])
    kept = Comment.objects.get(pk=answer.data["comment_id"])
    assert (kept.body, kept.kind, kept.visibility, kept.author_id) == ("A known bot.", "note", "internal", manager.id)
    assert JournalEvent.objects.get(event="dispute.noted").changes["comment_id"] == kept.pk


def test_many_with_bad_ones_keep_the_others(
    make_dispute: DisputeMaker, make_charge: ChargeMaker, manager: Principal, buyer: Principal
) -> None:
    fine, empty = make_dispute(), make_dispute()
    (draft,) = operations.save_draft(buyer, items=[DraftItem(make_charge().pk)])
    texts = {fine.pk: "Looked at.", empty.pk: " ", 0: "Nobody's.", draft.id or 0: "A draft's."}
    answers = operations.comment(manager, items=[CommentItem(pk, text) for pk, text in texts.items()])
    assert answers[0].ok
    refused(answers[1], "COMMENT_REQUIRED", "Please write something.")
    refused(answers[2], "NOT_FOUND", "Not found, or not yours.")
    refused(answers[3], "NOT_FOUND", "Not found, or not yours.")
    assert [row.body for row in Comment.objects.all()] == ["Looked at."]


def test_notes_are_read_by_those_who_decide(make_dispute: DisputeMaker, manager: Principal, buyer: Principal) -> None:
    dispute = make_dispute()
    items = [CommentItem(dispute.pk, "Ours", INTERNAL), CommentItem(dispute.pk, "Yours too", PARTIES)]
    operations.comment(manager, items=items)
    assert [row.body for row in comments_of(manager, dispute.pk)] == ["Ours", "Yours too"]
    assert [row.body for row in comments_of(buyer, dispute.pk)] == ["Yours too"]


@pytest.mark.parametrize("visibility", [INTERNAL, PARTIES])
def test_who_may_not_write_is_told_so(
    make_dispute: DisputeMaker, buyer: Principal, qa: Principal, visibility: Visibility
) -> None:
    dispute = make_dispute()
    writer = buyer if visibility is INTERNAL else qa
    with unchanged(), pytest.raises(NotPermitted):
        operations.comment(writer, items=[CommentItem(dispute.pk, "Hello", visibility)])


def test_others_do_not_see_it_at_all(make_dispute: DisputeMaker, other_buyer: Principal) -> None:
    dispute = make_dispute()
    with unchanged():
        (answer,) = operations.comment(other_buyer, items=[CommentItem(dispute.pk, "Hello", PARTIES)])
    refused(answer, "NOT_FOUND", "Not found, or not yours.")
    assert Dispute.objects.count() == 1
