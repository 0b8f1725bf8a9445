"""What the person who files may expect: by when it is decided, and how they hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.disputes.policy.clocks import Profile, amount_words
from makegood.disputes.selectors.calendars import clock_rules
from makegood.disputes.states import ClockKind


@dataclass(frozen=True)
class Expected:
    """``by`` is the end of the time that the program promises (None: it promises none), ``usually`` that time in words.

    ``by_mail`` and ``by_bell`` say how the program tells its buyers.
    """

    by: datetime | None
    usually: str
    by_mail: bool
    by_bell: bool


def expected_of(program_id: int, settings: Mapping[str, Any], submitted_at: datetime) -> Expected:
    """What a program promises for what was filed then: read off its clocks, before any clock is written."""
    rules = clock_rules([program_id])[program_id]
    profile = rules.profiles.get(ClockKind.DECISION)
    buyer = (settings.get("notify") or {}).get("buyer") or {}
    channels = buyer.get("channels") or ["in_app"]
    by = None
    if profile is not None:
        target, breach = profile.due(submitted_at, rules.days)
        by = breach or target
    return Expected(by, usually(profile) if profile else "", "email" in channels, "in_app" in channels)


def usually(profile: Profile) -> str:
    """``24 to 48 hours``, ``2 to 3 business days``, ``1 hour``."""
    amounts = sorted({amount for amount in (profile.target, profile.breach) if amount is not None})
    most = amounts[-1]
    return "".join(f"{amount} to " for amount in amounts[:-1]) + amount_words(most, profile.unit)
