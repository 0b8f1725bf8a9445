"""What the journal keeps of how people get in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.models import User
from makegood.parties.states import SignInEvent

NOBODY = 0
"""The object of an attempt with an address that nobody has."""


def note(principal: Principal, event: SignInEvent, *, user_id: int, facts: Mapping[str, Any] | None = None) -> None:
    """Write it down as an event of the person. Refuses nothing."""
    journal.record(
        principal,
        verb=event.removeprefix("user."),
        event=event.value,
        object_kind="user",
        object_id=user_id,
        changes=facts,
    )


def note_refused(principal: Principal, event: SignInEvent, *, email: str) -> None:
    """An attempt that failed, as an event of whoever has the address; otherwise it is counted without the address."""
    known = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first() if email else None
    note(principal, event, user_id=known or NOBODY)
