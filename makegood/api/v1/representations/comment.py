"""What people write beside a dispute."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from makegood.disputes.selectors.comments import CommentRow


class Comment(Struct, frozen=True):
    """A note, or a reviewer's question or the answer to it; an internal one is read by those who decide."""

    id: str
    kind: str
    visibility: str
    text: str
    by: str
    at: datetime


class Comments(Struct):
    """Everything the caller may read, the oldest first."""

    items: list[Comment]


def comment(row: CommentRow) -> Comment:
    """A comment as the service writes it."""
    return Comment(f"cmt_{row.id}", row.kind, row.visibility, row.body, row.author, row.at)
