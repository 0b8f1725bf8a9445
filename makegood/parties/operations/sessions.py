"""Browsers in which people are signed in: when they were last seen, and how they end."""

from __future__ import annotations

from collections.abc import Collection

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.operations.sign_ins import note
from makegood.parties.states import SignInEvent

_LONGEST_AGENT = 200


def note_presence(*, user_id: int, session_key: str, ip: str, user_agent: str) -> None:
    """Note where and with what a session was last seen; one that nobody noted before is added. Refuses nothing."""
    now, agent = clock.now(), user_agent[:_LONGEST_AGENT]
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user_id": user_id, "ip": ip, "user_agent": agent, "last_seen_at": now},
        create_defaults={
            "user_id": user_id, "ip": ip, "user_agent": agent, "last_seen_at": now, "created_at": now,
        },
    )  # fmt: skip


@transaction.atomic
def end_sessions(principal: Principal, *, but: str, only: Collection[int] = ()) -> int:
    """End one's own sessions, all or ``only`` some, never the one with the key ``but``; says how many ended."""
    found = UserSession.objects.filter(user_id=principal.id or 0).exclude(session_key=but)
    if only:
        found = found.filter(pk__in=only)
    ended = _end(found)
    if ended:
        note(principal, SignInEvent.SESSIONS_ENDED, user_id=principal.id or 0, facts={"count": ended})
    return ended


def end_every_session(user_id: int, *, but: str = "") -> int:
    """End the sessions of a person, for whoever switches them off or changes how they get in. Refuses nothing."""
    return _end(UserSession.objects.filter(user_id=user_id).exclude(session_key=but))


def _end(found: QuerySet[UserSession]) -> int:
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)
