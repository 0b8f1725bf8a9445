"""What people wrote beside a dispute, as far as the principal may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import Comment
from makegood.disputes.states import Visibility
from makegood.parties.entries import Principal
from makegood.parties.states import Verb


@dataclass(frozen=True)
class CommentRow:
    """A note, or a reviewer's question or the answer to it; ``internal`` ones are read by those who decide."""

    id: int
    kind: str
    visibility: str
    body: str
    author: str
    at: datetime


def comments_of(principal: Principal, dispute_id: int) -> list[CommentRow]:
    """The comments on a dispute in scope, the oldest first. The caller has scoped the dispute."""
    found = Comment.objects.filter(dispute=dispute_id).select_related("author")
    if not principal.can(Verb.DISPUTE_DECIDE):
        found = found.filter(visibility=Visibility.PARTIES)
    return [
        CommentRow(row.pk, row.kind, row.visibility, row.body, str(row.author or ""), row.at)
        for row in found.order_by("at", "id")
    ]
