"""In which browsers a person is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from makegood.kernel import clock


@dataclass(frozen=True)
class SessionRow:
    """One browser; ``user_agent`` is what it calls itself."""

    id: int
    ip: str
    user_agent: str
    since_at: datetime
    last_seen_at: datetime
    is_current: bool


def sessions_of(user_id: int, current_key: str | None) -> list[SessionRow]:
    """The sessions that have not ended, the current one first, then the latest."""
    rows = list(UserSession.objects.filter(user_id=user_id).order_by("-last_seen_at"))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=clock.now()
        ).values_list("session_key", flat=True)
    )
    found = [
        SessionRow(row.pk, row.ip, row.user_agent, row.created_at, row.last_seen_at, row.session_key == current_key)
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda row: not row.is_current)
