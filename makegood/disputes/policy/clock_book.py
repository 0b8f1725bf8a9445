"""What each event of a dispute does to its clocks. Pure: rows in, rows out, no time of its own.

Filing starts first_touch and decision, review stops the first, a question pauses deciding, a decision stops it, an
undone decision lets it run on as if it had never stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.clocks import Profile, outcome_at, resumed
from makegood.disputes.states import DECIDING_CLOCKS, ClockKind, ClockOutcome, ClockUnit


class Event(Protocol):
    """What is read of a journal row."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def object_id(self) -> int: ...
    @property
    def program_id(self) -> int | None: ...
    @property
    def changes(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class ClockRules:
    """The clocks of a program, and what new ones are counted by: a calendar, or (None) the days of its ``own`` zone."""

    profiles: Mapping[ClockKind, Profile]
    days: BusinessDays
    own: BusinessDays
    calendar_id: int | None = None
    days_of: Mapping[int, BusinessDays] = field(default_factory=dict)

    def days_for(self, calendar_id: int | None) -> BusinessDays:
        """How a clock goes on that was started by a calendar; it keeps it, whatever the program counts by now."""
        return self.own if calendar_id is None else self.days_of.get(calendar_id, self.own)


@dataclass
class Clock:
    """One clock of a dispute; ``id`` None until it is written. Times aware, ``paused_s`` in whole seconds."""

    dispute_id: int
    round: int
    kind: ClockKind
    unit: ClockUnit
    calendar_id: int | None
    target_amount: int | None
    breach_amount: int | None
    started_by: int
    started_at: datetime
    target_at: datetime | None
    breach_at: datetime | None
    paused_at: datetime | None = None
    paused_s: int = 0
    stopped_by: int | None = None
    stopped_at: datetime | None = None
    outcome: ClockOutcome = ClockOutcome.RUNNING
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    id: int | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has not stopped; a paused clock runs too."""
        return self.outcome is ClockOutcome.RUNNING

    def pause(self, at: datetime) -> None:
        """Stand still until it is resumed."""
        if self.is_running and self.paused_at is None:
            self.paused_at = at

    def resume(self, at: datetime, days: BusinessDays) -> None:
        """Go on with what was left."""
        if not self.is_running or self.paused_at is None:
            return
        paused_at, self.paused_at = self.paused_at, None
        self.paused_s += max(0, int((at - paused_at).total_seconds()))
        for name in ("target_at", "breach_at"):
            deadline = getattr(self, name)
            if deadline is not None:
                keeps = days.time_of(self.started_at)
                moved = resumed(deadline, self.unit, paused_at=paused_at, resumed_at=at, days=days, keeps=keeps)
                setattr(self, name, moved)

    def stop(self, event: Event, days: BusinessDays) -> None:
        """End; what was left is counted as if a paused clock went on at that moment."""
        if not self.is_running:
            return
        self.resume(event.at, days)
        self.stopped_by, self.stopped_at = event.id, event.at
        self.outcome = outcome_at(event.at, self.target_at, self.breach_at)

    def run_on(self) -> None:
        """Run as if it had never stopped."""
        self.stopped_by = self.stopped_at = None
        self.outcome = ClockOutcome.RUNNING


@dataclass
class ClockBook:
    """The clocks of some disputes; ``touched`` are the ones that differ from what was loaded."""

    rules: Mapping[int, ClockRules]
    clocks: dict[int, list[Clock]]
    touched: dict[tuple[int, ClockKind], Clock] = field(default_factory=dict)

    def read(self, events: Iterable[Event]) -> None:
        """Apply events, oldest first; most mean nothing to clocks."""
        for event in events:
            meaning = MEANINGS.get(event.event)
            rules = self.rules.get(event.program_id or 0)
            if meaning is not None and rules is not None:
                meaning(self, event, rules)

    def of(self, event: Event, kinds: Iterable[ClockKind] = tuple(ClockKind)) -> list[Clock]:
        """The clocks of an event's dispute, of these kinds."""
        wanted = frozenset(kinds)
        return [clock for clock in self.clocks.get(event.object_id, ()) if clock.kind in wanted]

    def touch(self, clock: Clock) -> None:
        """Have it written."""
        self.touched[clock.started_by, clock.kind] = clock

    def start(self, event: Event, rules: ClockRules, kind: ClockKind) -> None:
        """Begin a clock, if the program has one of this kind and none runs."""
        profile = rules.profiles.get(kind)
        if profile is None or any(clock.is_running for clock in self.of(event, [kind])):
            return
        target, breach = profile.due(event.at, rules.days)
        clock = Clock(
            event.object_id,
            _round_of(event, self.of(event)),
            kind,
            profile.unit,
            rules.calendar_id,
            profile.target,
            profile.breach,
            event.id,
            event.at,
            target,
            breach,
        )
        self.clocks.setdefault(event.object_id, []).append(clock)
        self.touch(clock)

    def stop(self, event: Event, rules: ClockRules, kinds: Iterable[ClockKind]) -> None:
        """Stop what runs of these kinds."""
        for clock in self.of(event, kinds):
            if clock.is_running:
                clock.stop(event, rules.days_for(clock.calendar_id))
                self.touch(clock)


def _round_of(event: Event, clocks: Iterable[Clock]) -> int:
    said = event.changes.get("round")
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    return max((clock.round for clock in clocks), default=1)


def _submitted(book: ClockBook, event: Event, rules: ClockRules) -> None:
    book.start(event, rules, ClockKind.FIRST_TOUCH)
    book.start(event, rules, ClockKind.DECISION)


def _claimed(book: ClockBook, event: Event, rules: ClockRules) -> None:
    book.stop(event, rules, [ClockKind.FIRST_TOUCH])


def _info_requested(book: ClockBook, event: Event, rules: ClockRules) -> None:
    for clock in book.of(event, DECIDING_CLOCKS):
        clock.pause(event.at)
        book.touch(clock)
    book.start(event, rules, ClockKind.INFO)


def _info_over(book: ClockBook, event: Event, rules: ClockRules) -> None:
    book.stop(event, rules, [ClockKind.INFO])
    for clock in book.of(event, DECIDING_CLOCKS):
        clock.resume(event.at, rules.days_for(clock.calendar_id))
        book.touch(clock)


def _decided(book: ClockBook, event: Event, rules: ClockRules) -> None:
    book.stop(event, rules, [ClockKind.FIRST_TOUCH, *DECIDING_CLOCKS])


def _undone(book: ClockBook, event: Event, rules: ClockRules) -> None:
    stopped = [clock for clock in book.of(event, DECIDING_CLOCKS) if clock.stopped_by is not None]
    last = max((clock.stopped_by or 0 for clock in stopped), default=0)
    for clock in stopped:
        if clock.stopped_by == last:
            clock.run_on()
            book.touch(clock)


def _ended(book: ClockBook, event: Event, rules: ClockRules) -> None:
    book.stop(event, rules, ClockKind)


def _reopened(book: ClockBook, event: Event, rules: ClockRules) -> None:
    # Money that is put right on a closed dispute waits for nobody: it is closed again in the same step.
    if not event.changes.get("correction"):
        book.start(event, rules, ClockKind.DECISION)


def _re_review(book: ClockBook, event: Event, rules: ClockRules) -> None:
    # A program without a clock for it waits for the second look as it does for the first.
    book.start(event, rules, ClockKind.RE_REVIEW if ClockKind.RE_REVIEW in rules.profiles else ClockKind.DECISION)


def _flagged(book: ClockBook, event: Event, rules: ClockRules) -> None:
    for clock in book.of(event):
        if clock.kind == event.changes.get("clock") and clock.is_running:
            clock.warned_at = clock.warned_at or event.at
            if event.event == BREACHED:
                clock.breached_at = clock.breached_at or event.at
            book.touch(clock)


WARNED, BREACHED = "dispute.sla_warned", "dispute.sla_breached"
MEANINGS: Mapping[str, Callable[[ClockBook, Event, ClockRules], None]] = {
    "dispute.submitted": _submitted,
    "dispute.claimed": _claimed,
    "dispute.info_requested": _info_requested,
    "dispute.info_provided": _info_over,
    "dispute.info_lapsed": _info_over,
    "dispute.recommended": _claimed,
    "dispute.decided": _decided,
    "dispute.approved": _decided,
    "dispute.adjusted": _decided,
    "dispute.undone": _undone,
    "dispute.withdrawn": _ended,
    "dispute.closed": _ended,
    "dispute.reopened": _reopened,
    "dispute.re_review_requested": _re_review,
    WARNED: _flagged,
    BREACHED: _flagged,
}
"""The events that clocks listen to."""
