"""Up to which day a program's charges can no longer be disputed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.disputes.models import PolicyVersion
from makegood.parties.models import Program

WITHOUT_WINDOW = timedelta(days=60)
"""What a program without a window is taken to have."""


def mature_through(programs: Iterable[Program], at: datetime) -> dict[int, date]:
    """The last mature cohort day of each program: charge day, window and undo time are over, in its zone.

    Of several windows the longest counts; a program without one is taken to have 60 days.
    """
    rows = list(programs)
    windows = _windows([program.pk for program in rows], at)
    found = {}
    for program in rows:
        over = at - windows.get(program.pk, WITHOUT_WINDOW) - _undo(program.settings)
        zone = ZoneInfo(program.zone.name if program.zone else "UTC")
        found[program.pk] = over.astimezone(zone).date() - timedelta(days=1)
    return found


def _windows(programs: Sequence[int], at: datetime) -> dict[int, timedelta]:
    versions = PolicyVersion.objects.filter(
        policy__program__in=programs, published_at__isnull=False, effective__contains=at
    )
    found = {}
    for program, rules in versions.values_list("policy__program_id", "rules"):
        lengths = [length for rule in rules if (length := _length(rule)) is not None]
        if lengths:
            found[program] = max(lengths)
    return found


def _length(rule: Mapping[str, Any]) -> timedelta | None:
    """How long a window rule lets charges be disputed; business days at their longest, with weekends and holidays."""
    amount = rule.get("amount")
    if rule.get("type") != "window" or not isinstance(amount, int) or isinstance(amount, bool):
        return None
    match rule.get("unit", "hours"):
        case "hours":
            return timedelta(hours=amount)
        case "days":
            return timedelta(days=amount + 1)
        case _:
            return timedelta(days=amount + 2 * (amount // 5 + 1) + 3)


def _undo(settings: Mapping[str, Any]) -> timedelta:
    seconds = settings.get("undo_seconds")
    values = seconds.values() if isinstance(seconds, Mapping) else ()
    return timedelta(seconds=max((int(value) for value in values), default=0))
