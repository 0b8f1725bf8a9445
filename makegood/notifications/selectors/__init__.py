"""Reads of notifications: the bell, cards and their items, preferences, and who is told."""

from makegood.notifications.selectors.digests import (
    Bell,
    Card,
    Items,
    bell,
    cards,
    digests_visible_to,
    items_of,
    letters_waiting,
    unread,
    unread_count,
)
from makegood.notifications.selectors.letters import Letter, letters_of
from makegood.notifications.selectors.preferences import CHOICES, Choice, preferences, quiet_hours, zone_of_day

__all__ = [
    "CHOICES",
    "Bell",
    "Card",
    "Choice",
    "Items",
    "Letter",
    "bell",
    "cards",
    "digests_visible_to",
    "items_of",
    "letters_of",
    "letters_waiting",
    "preferences",
    "quiet_hours",
    "unread",
    "unread_count",
    "zone_of_day",
]
