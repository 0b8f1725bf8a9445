"""The notifications page: messages not read first, then the others day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone

from makegood.kernel import clock
from makegood.notifications.selectors import Card

UNREAD = "Unread"


@dataclass(frozen=True)
class Placed:
    """A message and its place on the page, counted over all headings."""

    card: Card
    at: int


@dataclass(frozen=True)
class Day:
    """Messages below one heading."""

    title: str
    cards: tuple[Placed, ...]


def by_day(unread: Sequence[Card], others: Sequence[Card]) -> list[Day]:
    """The headings with their messages, each in the order given; a heading without messages is left out."""
    titled = [(UNREAD, card) for card in unread] + [(_title(card.delivered_at), card) for card in others]
    placed = [(title, Placed(card, at)) for at, (title, card) in enumerate(titled)]
    return [Day(title, tuple(one for _, one in group)) for title, group in groupby(placed, key=lambda found: found[0])]


def _title(at: datetime | None) -> str:
    if at is None:
        return ""
    today, day = timezone.localtime(clock.now()).date(), timezone.localtime(at).date()
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A %-d %B}" if day.year == today.year else f"{day:%A %-d %B %Y}"
