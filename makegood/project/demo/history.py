"""What happened before today: who disputed which call, when, in what words, and how it ended. Pure.

Buyers file in sessions of their own day, managers decide three times a working day. The latent truth decides,
with four decisions in a hundred gone wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from makegood.project.demo import words
from makegood.project.demo.cast import BUYER_BY_NUMBER, WINDOW_DAYS, Buyer, Temper
from makegood.project.demo.dice import dice
from makegood.project.demo.people import filer
from makegood.project.demo.rhythm import OPERATOR_ZONE
from makegood.project.demo.truth import REASONS, SOFT, Kind, Truth

MOST = 420
"""So many disputes have a past in a demo to look around in."""
LARGE = 500_000
"""From so many calls on, a demo is there to be measured: whatever could be disputed was, up to a tenth of its calls."""
LOOKS_BACK = timedelta(days=40)
REVIEWER_ERROR = 0.04
MISFILED = 0.07
GIVES_PART = 0.16
TAKES_BACK = 0.05
_SESSIONS = (time(9, 40), time(13, 15), time(16, 30))
_SATURDAY = 5
_FIRST_MINUTE, _OFFICE_MINUTES = 9 * 60 + 20, 7 * 60
_WINDOW = timedelta(days=WINDOW_DAYS)
_SAFETY = timedelta(minutes=45)
QUIET = (timedelta(hours=32), timedelta(hours=21))
"""Between these ages nobody decides anything, so that the named stories are told alone."""
CALM = (timedelta(hours=14), timedelta(hours=4, minutes=45))
"""Between these ages nobody else files anything."""
UNTOUCHED = timedelta(hours=3)
"""Disputes due for a decision more recently than this still wait."""


class Ending(StrEnum):
    """How a dispute ended."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Case:
    """One dispute of the past: filed at a time for a reason, and ended (or not) at another."""

    call_id: str
    buyer: str
    kind: Kind
    reason: str
    explanation: str
    filed_at: datetime
    ending: Ending
    ended_at: datetime | None = None
    percent: int = 100
    micros: int | None = None
    note: str = ""
    finding: str = ""


_ASKS: dict[Temper, tuple[float, float]] = {
    Temper.CAREFUL: (1.0, 0.0),
    Temper.FORGETFUL: (0.6, 0.02),
    Temper.OVER_ASKING: (0.9, 0.55),
}
"""How eagerly each temper disputes bad calls, and calls that merely disappoint."""

_DELAY_H: dict[Temper, tuple[float, float]] = {
    Temper.CAREFUL: (4, 40),
    Temper.FORGETFUL: (150, 232),
    Temper.OVER_ASKING: (10, 80),
}


def past(facts: Iterable[Truth], *, rows: int, seed: int, now: datetime, taken: frozenset[str]) -> list[Case]:
    """The disputes of the last weeks among ``rows`` calls, in order of filing; those ``taken`` belong to stories."""
    rng = dice(seed, "history")
    free = [fact for fact in facts if fact.call_id not in taken]
    if rows >= LARGE:
        asked, most = free, rows // 10
    else:
        asked, most = [f for f in free if now - f.billed_at < LOOKS_BACK and _is_asked(f, rng)], MOST
    if len(asked) > most:
        asked = rng.sample(asked, most)
    cases = [case for fact in asked if (case := _case(fact, rng, now))]
    return sorted(cases, key=lambda case: (case.filed_at, case.call_id))


def _is_asked(fact: Truth, rng: Random) -> bool:
    bad, soft = _ASKS[BUYER_BY_NUMBER[fact.buyer].temper]
    return rng.random() < (soft * 0.4 if fact.kind in SOFT else bad * 0.8)


def _case(fact: Truth, rng: Random, now: datetime) -> Case | None:
    buyer = BUYER_BY_NUMBER[fact.buyer]
    filed_at = _filed(fact, buyer, rng)
    if filed_at > min(now - UNTOUCHED / 3, fact.billed_at + _WINDOW - _SAFETY) or _within(filed_at, now, CALM):
        return None
    reason = REASONS.get(fact.kind, "NOT_QUALIFIED")
    if rng.random() < MISFILED:
        reason = rng.choice([other for other in ("SPAM", "NOT_QUALIFIED", "TECHNICAL") if other != reason])
    case = Case(
        call_id=fact.call_id,
        buyer=fact.buyer,
        kind=fact.kind,
        reason=reason,
        explanation=rng.choice(words.EXPLANATIONS[fact.kind]),
        filed_at=filed_at,
        ending=Ending.WAITING,
        finding=words.FINDINGS[fact.kind],
    )
    return _ended(case, rng, now)


def _filed(fact: Truth, buyer: Buyer, rng: Random) -> datetime:
    """In the filer's session of the day: one time for everything that is filed on that day."""
    least, most = _DELAY_H[buyer.temper]
    meant = fact.billed_at + timedelta(hours=rng.uniform(least, most))
    who = filer(buyer.number)
    local = meant.astimezone(ZoneInfo(who.zone or buyer.zone))
    day = local.date()
    minute = _FIRST_MINUTE + (day.toordinal() * 37 + len(who.name) * 61) % _OFFICE_MINUTES
    session = datetime.combine(day, time(minute // 60, minute % 60), local.tzinfo)
    if session < meant:
        session += timedelta(days=1)
    return session.astimezone(fact.billed_at.tzinfo)


def _within(at: datetime, now: datetime, ages: tuple[timedelta, timedelta]) -> bool:
    return ages[1] < now - at < ages[0]


def _ended(case: Case, rng: Random, now: datetime) -> Case:
    if rng.random() < TAKES_BACK:
        at = case.filed_at + timedelta(minutes=rng.randrange(12, 200))
        return replace(case, ending=Ending.WITHDRAWN, ended_at=at) if at < now else case
    at = next_session(case.filed_at + timedelta(hours=rng.triangular(3, 96, 26)))
    while _within(at, now, QUIET):
        at = next_session(at + timedelta(minutes=1))
    if at > now - UNTOUCHED:
        return case
    ending = _verdict(case.kind, rng)
    percent = rng.choice((25, 40, 50, 50, 60, 75)) if ending is Ending.PARTLY else 100
    return replace(case, ending=ending, ended_at=at, percent=percent, note=_note(case.kind, ending, rng))


def next_session(at: datetime) -> datetime:
    """The next time a manager sits down to decide."""
    local = at.astimezone(OPERATOR_ZONE)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        if day.weekday() >= _SATURDAY:
            continue
        for clock in _SESSIONS:
            session = datetime.combine(day, clock, OPERATOR_ZONE)
            if session >= local:
                return session.astimezone(at.tzinfo)
    raise ValueError("a week without a working day")


def _verdict(kind: Kind, rng: Random) -> Ending:
    is_right = kind in REASONS
    if rng.random() < REVIEWER_ERROR:
        is_right = not is_right
    if not is_right:
        return Ending.REJECTED
    return Ending.PARTLY if rng.random() < GIVES_PART else Ending.ACCEPTED


def _note(kind: Kind, ending: Ending, rng: Random) -> str:
    if ending is Ending.PARTLY:
        return rng.choice(words.PARTIAL)
    if ending is Ending.ACCEPTED:
        return rng.choice(words.ACCEPTED.get(kind, words.BORDERLINE))
    return rng.choice(words.REFUSED.get(kind, words.STANDS))
