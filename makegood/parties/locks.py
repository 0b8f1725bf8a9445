"""Locks of people and tokens, for what one of them may do so many times."""

from __future__ import annotations

from django.db import connection

from makegood.parties.entries import Principal
from makegood.parties.models import Token, User


def hold_actor(principal: Principal) -> None:
    """Let nobody else count what this person, or this token of nobody, did until the transaction ends.

    Rows that name them can be written all the while. Insists on an open transaction; the system counts nothing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
    if principal.id is not None:
        User.objects.select_for_update(no_key=True, of=("self",)).filter(pk=principal.id).first()
    elif principal.token_id is not None:
        Token.objects.select_for_update(no_key=True, of=("self",)).filter(pk=principal.token_id).first()
