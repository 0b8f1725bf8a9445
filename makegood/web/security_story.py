"""What happened lately to how a person gets in, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.journal.models import JournalEvent
from makegood.journal.selectors import recent
from makegood.parties.states import SignInEvent

SHOWN = 12
_READ = 60
WORDS: Mapping[str, str] = {
    SignInEvent.SIGNED_IN: "Signed in",
    SignInEvent.SIGN_IN_FAILED: "Wrong password at signing in",
    SignInEvent.CODE_FAILED: "Wrong code at signing in",
    SignInEvent.SIGNED_OUT: "Signed out",
    SignInEvent.CONFIRMED: "Confirmed who sits there",
    SignInEvent.CONFIRM_FAILED: "Failed to confirm",
    SignInEvent.PASSWORD_CHANGED: "Changed the password",
    SignInEvent.PASSWORD_RESET: "Set a new password by e-mail",
    SignInEvent.TOTP_ON: "Set up an authenticator app",
    SignInEvent.TOTP_OFF: "Switched the authenticator app off",
    SignInEvent.TOTP_RESET: "Second step was reset",
    SignInEvent.RECOVERY_CODES_MADE: "Made recovery codes",
    SignInEvent.RECOVERY_CODE_USED: "Used a recovery code",
    SignInEvent.SESSIONS_ENDED: "Ended other sessions",
    "user.created": "Was added",
    "user.invited": "Was invited",
    "user.invitation_accepted": "Accepted the invitation",
    "user.invitation_revoked": "Invitation was taken back",
    "user.changed": "Was changed",
    "user.limited": "Limits were changed",
}
ALARMING = frozenset({SignInEvent.SIGN_IN_FAILED, SignInEvent.CODE_FAILED, SignInEvent.CONFIRM_FAILED})


@dataclass(frozen=True)
class Happened:
    """One line: when, what, by whom where it was somebody else, from which address."""

    at: datetime
    words: str
    by: str
    ip: str
    failed: bool


def of(user_id: int) -> list[Happened]:
    """The latest events, the newest first."""
    told = [_told(row, user_id) for row in recent("user", user_id, _READ) if _words(row)]
    return told[:SHOWN]


def _words(row: JournalEvent) -> str:
    if row.event == "user.switched":
        changes: Mapping[str, Any] = row.changes or {}
        return "Was switched on" if changes.get("after") else "Was switched off"
    return WORDS.get(row.event, "")


def _told(row: JournalEvent, user_id: int) -> Happened:
    failed = row.event in ALARMING
    by = "" if row.principal == user_id or failed else row.principal_label
    return Happened(row.at, _words(row), by, row.ip or "", failed)
