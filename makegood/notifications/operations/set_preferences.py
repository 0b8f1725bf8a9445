"""Chooses for several messages at once how a person gets them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from makegood.notifications.entries import Wish
from makegood.notifications.operations.set_preference import set_channel, set_preference
from makegood.parties.entries import Principal


@transaction.atomic
def set_preferences(principal: Principal, *, wishes: Iterable[Wish]) -> None:
    """Set window and channel of each message, None for the program's default; all of them or none.

    Errors: UNKNOWN_TEMPLATE, BAD_WINDOW, NOT_FOUND without a person.
    """
    for wish in wishes:
        set_preference(principal, template=wish.template, window=wish.window)
        set_channel(principal, template=wish.template, by_email=wish.by_email)
