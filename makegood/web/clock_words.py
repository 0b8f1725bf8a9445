"""The clocks of a dispute as pages show them: what was promised, how it stands, and its days one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from makegood.disputes.policy.clock_sum import SumRow
from makegood.disputes.policy.words import counted
from makegood.disputes.selectors.clock_sums import ClockSeen
from makegood.disputes.states import ClockOutcome
from makegood.web.clock_forms import CLOCKS, promise_words

HOUR = 3_600
OUTCOMES = {ClockOutcome.MET: ("Met", "check"), ClockOutcome.MISSED: ("Missed", "alert")}


@dataclass(frozen=True)
class ShownDay:
    """One line of a sum: the day, what it added, the sum with it, why, and what falls on it."""

    day: str
    added: str
    total: str
    why: str
    marks: tuple[str, ...]
    counts: bool


@dataclass(frozen=True)
class ShownClock:
    """A clock with its sum in words; ``seen`` is what they were made of."""

    seen: ClockSeen
    title: str
    about: str
    promised: str
    state: str
    icon: str
    stood: str
    days: tuple[ShownDay, ...]

    @property
    def left_out(self) -> str:
        """How many days are not shown."""
        return counted(self.seen.sum.left_out, "day") if self.seen.sum and self.seen.sum.left_out else ""


def shown(clocks: Iterable[ClockSeen]) -> list[ShownClock]:
    """The clocks, each with its sum."""
    return [_shown(one) for one in clocks]


def _shown(seen: ClockSeen) -> ShownClock:
    title, about = CLOCKS[seen.kind]
    state, icon = ("Stands still", "clock") if seen.paused_at else OUTCOMES.get(seen.outcome, ("Running", "clock"))
    stood = timedelta(seconds=seen.paused_s)
    rows = seen.sum.rows if seen.sum else ()
    return ShownClock(
        seen=seen,
        title=f"{title}, round {seen.round}" if seen.round > 1 else title,
        about=about,
        promised=promise_words(seen.profile) if seen.profile else "",
        state=state,
        icon=icon,
        stood=_length(stood) if stood else "",
        days=tuple(_day(row, seen) for row in rows),
    )


def _day(row: SumRow, seen: ClockSeen) -> ShownDay:
    zone = ZoneInfo(seen.zone)
    intervals = ", ".join(f"{_time(a, zone)} to {_time(b, zone, ends=True)}" for a, b in row.paused)
    why = f"{row.why} ({intervals})" if intervals and row.why.startswith("stood still") else row.why
    return ShownDay(
        day=f"{row.day:%a} {row.day.day} {row.day:%b}",
        added=_amount(row.added) if row.added else "–",  # noqa: RUF001 - nothing is an en dash
        total=_amount(row.total),
        why=why[:1].upper() + why[1:],
        marks=tuple(_mark(name, seen, zone) for name in row.marks if _is_shown(name, seen)),
        counts=bool(row.added),
    )


def _is_shown(name: str, seen: ClockSeen) -> bool:
    if name == "target":
        return seen.sum is not None and seen.sum.target_at != seen.sum.breach_at
    return name != "ended" or seen.stopped_at is not None


def _mark(name: str, seen: ClockSeen, zone: ZoneInfo) -> str:
    """``began 16:50``, ``target 24:00``."""
    due = seen.sum
    moments = {
        "began": seen.started_at,
        "target": due.target_at if due else None,
        "breach": due.breach_at if due else None,
        "ended": seen.stopped_at,
    }
    word = {"breach": "at the latest", "ended": "stopped"}.get(name, name)
    at = moments[name]
    return f"{word} {_time(at, zone, ends=name in {'target', 'breach'})}" if at else word


def _time(at: datetime, zone: ZoneInfo, *, ends: bool = False) -> str:
    local = at.astimezone(zone)
    return "24:00" if ends and local.time() == time() else f"{local:%H:%M}"


def _amount(amount: timedelta | int) -> str:
    return _length(amount) if isinstance(amount, timedelta) else counted(amount, "day")


def _length(length: timedelta) -> str:
    """``7 h 10 min``, ``24 h``, ``40 min``; below a minute in seconds."""
    seconds = int(length.total_seconds())
    hours, minutes = seconds // HOUR, seconds % HOUR // 60
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    return " ".join(parts) or f"{seconds} s"
