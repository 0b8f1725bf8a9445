"""Reads of notifications: the bell, cards and their items, preferences, and who is told."""

from makegood.notifications.selectors.digests import (
    Bell,
    Card,
    Items,
    bell,
    cards,
    digests_visible_to,
    items_of,
    unread_count,
)
from makegood.notifications.selectors.preferences import CHOICES, Choice, preferences

__all__ = [
    "CHOICES",
    "Bell",
    "Card",
    "Choice",
    "Items",
    "bell",
    "cards",
    "digests_visible_to",
    "items_of",
    "preferences",
    "unread_count",
]
