"""What was said last in disputes, as far as the principal may read it, and by which side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import Comment
from makegood.disputes.states import CommentKind, Visibility
from makegood.parties.entries import Principal
from makegood.parties.models import User
from makegood.parties.states import Verb

REVIEW_TEAM = "review team"


@dataclass(frozen=True)
class Message:
    """Words in a dispute; ``reviewer`` says that the deciding side wrote them, ``internal`` that it keeps them."""

    id: int
    kind: CommentKind
    body: str
    author: str
    at: datetime
    reviewer: bool
    own: bool
    internal: bool


def messages_of(principal: Principal, dispute_id: int) -> list[Message]:
    """The messages of a dispute, oldest first. The caller has scoped it."""
    found = Comment.objects.filter(dispute=dispute_id).select_related("author__role").order_by("at", "id")
    return [_message(principal, row) for row in found if _reads(principal, row)]


def last_messages(principal: Principal, dispute_ids: Collection[int]) -> dict[int, Message]:
    """The latest message of each dispute, by dispute. The caller has scoped them."""
    found = Comment.objects.filter(dispute__in=dispute_ids).select_related("author__role")
    if not principal.can(Verb.DISPUTE_DECIDE):
        found = found.filter(visibility=Visibility.PARTIES)
    latest = found.order_by("dispute", "-at", "-id").distinct("dispute")
    return {row.dispute_id: _message(principal, row) for row in latest}


def _reads(principal: Principal, row: Comment) -> bool:
    return row.visibility == Visibility.PARTIES or principal.can(Verb.DISPUTE_DECIDE)


def _message(principal: Principal, row: Comment) -> Message:
    own = row.author_id is not None and row.author_id == principal.id
    reviewer = row.kind == CommentKind.QUESTION or (row.kind == CommentKind.NOTE and _decides(row.author))
    return Message(
        id=row.pk,
        kind=CommentKind(row.kind),
        body=row.body,
        author="you" if own else str(row.author or REVIEW_TEAM),
        at=row.at,
        reviewer=reviewer,
        own=own,
        internal=row.visibility == Visibility.INTERNAL,
    )


def _decides(author: User | None) -> bool:
    return author is None or Verb.DISPUTE_DECIDE.value in author.role.verbs
