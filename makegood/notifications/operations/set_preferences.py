"""Chooses for several messages at once how a person gets them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from makegood.notifications.entries import QuietWish, Wish
from makegood.notifications.operations.set_preference import set_wish
from makegood.notifications.operations.set_quiet_hours import set_quiet_hours
from makegood.parties.entries import Principal


@transaction.atomic
def set_preferences(principal: Principal, *, wishes: Iterable[Wish]) -> None:
    """Set windows and channel of each message, None for the program's default; all of them or none.

    Errors: UNKNOWN_TEMPLATE, BAD_WINDOW, NOT_FOUND without a person.
    """
    for wish in wishes:
        set_wish(principal, wish=wish)


@transaction.atomic
def set_everything(principal: Principal, *, wishes: Iterable[Wish], quiet: QuietWish | None) -> None:
    """Set how messages come and when none comes, both or neither.

    Errors: UNKNOWN_TEMPLATE, BAD_WINDOW, QUIET_HOURS_EMPTY, QUIET_DAYS_MISSING, NOT_FOUND without a person.
    """
    set_quiet_hours(principal, wish=quiet)
    set_preferences(principal, wishes=wishes)
