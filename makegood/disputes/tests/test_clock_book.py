"""What each event does to the clocks of a dispute; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from makegood.disputes.lifecycle import TABLE, Effect
from makegood.disputes.policy.business_days import BusinessDays
from makegood.disputes.policy.clock_book import MEANINGS, Clock, ClockBook, ClockRules
from makegood.disputes.policy.clocks import Profile
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit

START = datetime(2026, 11, 16, 12, tzinfo=UTC)
WALL = ClockUnit.WALL
PROFILES = {
    ClockKind.FIRST_TOUCH: Profile(WALL, 4, 8),
    ClockKind.DECISION: Profile(WALL, 24, 48),
    ClockKind.INFO: Profile(WALL, 72, 72),
    ClockKind.RE_REVIEW: Profile(WALL, 12, 24),
}
Shown = dict[ClockKind, tuple[str, float | None, float | None]]


@dataclass(frozen=True)
class Event:
    """A journal row, as far as clocks read it."""

    id: int
    at: datetime
    event: str
    object_id: int = 7
    program_id: int | None = 1
    changes: Mapping[str, Any] = field(default_factory=dict)


def hours(amount: float) -> datetime:
    return START + timedelta(hours=amount)


def book(profiles: Mapping[ClockKind, Profile] = PROFILES) -> ClockBook:
    days = BusinessDays(ZoneInfo("UTC"))
    return ClockBook({1: ClockRules(profiles, days, days)}, {})


def told(*events: tuple[float, str] | tuple[float, str, dict[str, Any]], of: ClockBook | None = None) -> list[Clock]:
    """The clocks after (hour, event, changes)."""
    this = of or book()
    rows = [
        Event(n, hours(hour), f"dispute.{name}", changes=dict(*changes))
        for n, (hour, name, *changes) in enumerate(events, start=1)
    ]
    this.read(rows)
    return this.clocks.get(7, [])


def shown(clocks: list[Clock]) -> Shown:
    """The last clock of each kind: outcome, hours to its breach, hours at which it stopped."""

    def after(at: datetime | None) -> float | None:
        return None if at is None else (at - START) / timedelta(hours=1)

    return {clock.kind: (clock.outcome.value, after(clock.breach_at), after(clock.stopped_at)) for clock in clocks}


FIRST, DECISION, INFO, AGAIN = ClockKind.FIRST_TOUCH, ClockKind.DECISION, ClockKind.INFO, ClockKind.RE_REVIEW
FILED = (0.0, "submitted")


@pytest.mark.parametrize(
    ("case", "events", "expected"),
    [
        ("filed", [FILED], {FIRST: ("running", 8, None), DECISION: ("running", 48, None)}),
        ("claimed", [FILED, (3, "claimed")], {FIRST: ("met", 8, 3), DECISION: ("running", 48, None)}),
        ("claimed too late", [FILED, (8, "claimed")], {FIRST: ("missed", 8, 8), DECISION: ("running", 48, None)}),
        ("put back", [FILED, (3, "claimed"), (4, "released")], {FIRST: ("met", 8, 3), DECISION: ("running", 48, None)}),
        ("claimed again", [FILED, (3, "claimed"), (4, "released"), (9, "claimed")],
         {FIRST: ("met", 8, 3), DECISION: ("running", 48, None)}),
        ("decided at once", [FILED, (2, "decided")], {FIRST: ("met", 8, 2), DECISION: ("met", 48, 2)}),
        ("decided too late", [FILED, (3, "claimed"), (50, "decided")],
         {FIRST: ("met", 8, 3), DECISION: ("missed", 48, 50)}),
        ("adjusted", [FILED, (2, "adjusted")], {FIRST: ("met", 8, 2), DECISION: ("met", 48, 2)}),
        ("undone", [FILED, (3, "claimed"), (10, "decided"), (11, "undone")],
         {FIRST: ("met", 8, 3), DECISION: ("running", 48, None)}),
        ("undone, decided again", [FILED, (3, "claimed"), (10, "decided"), (11, "undone"), (49, "decided")],
         {FIRST: ("met", 8, 3), DECISION: ("missed", 48, 49)}),
        ("asked", [FILED, (3, "claimed"), (4, "info_requested")],
         {FIRST: ("met", 8, 3), DECISION: ("running", 48, None), INFO: ("running", 76, None)}),
        ("answered", [FILED, (3, "claimed"), (4, "info_requested"), (24, "info_provided")],
         {FIRST: ("met", 8, 3), DECISION: ("running", 68, None), INFO: ("met", 76, 24)}),
        ("not answered", [FILED, (3, "claimed"), (4, "info_requested"), (76, "info_lapsed")],
         {FIRST: ("met", 8, 3), DECISION: ("running", 120, None), INFO: ("missed", 76, 76)}),
        ("asked twice", [FILED, (3, "claimed"), (4, "info_requested"), (5, "info_provided"), (6, "info_requested"),
                         (9, "info_provided"), (51, "decided")],
         {FIRST: ("met", 8, 3), DECISION: ("met", 52, 51), INFO: ("met", 78, 9)}),
        ("withdrawn while asked", [FILED, (3, "claimed"), (4, "info_requested"), (60, "withdrawn")],
         {FIRST: ("met", 8, 3), DECISION: ("met", 104, 60), INFO: ("met", 76, 60)}),
        ("closed", [FILED, (20, "closed")], {FIRST: ("missed", 8, 20), DECISION: ("met", 48, 20)}),
        ("reopened", [FILED, (2, "decided"), (2, "committed"), (30, "reopened", {"round": 2})],
         {FIRST: ("met", 8, 2), DECISION: ("running", 78, None)}),
        ("put right", [FILED, (2, "decided"), (2, "closed"), (30, "reopened", {"round": 2, "correction": True}),
                       (30, "reversed"), (30, "closed")],
         {FIRST: ("met", 8, 2), DECISION: ("met", 48, 2)}),
        ("reviewed again", [FILED, (2, "decided"), (2, "committed"), (30, "re_review_requested", {"round": 2})],
         {FIRST: ("met", 8, 2), DECISION: ("met", 48, 2), AGAIN: ("running", 54, None)}),
        ("reviewed again and decided",
         [FILED, (2, "decided"), (30, "re_review_requested", {"round": 2}), (35, "info_requested"),
          (40, "info_provided"), (50, "decided")],
         {FIRST: ("met", 8, 2), DECISION: ("met", 48, 2), AGAIN: ("met", 59, 50), INFO: ("met", 107, 40)}),
        ("reviewed again, undone",
         [FILED, (2, "decided"), (30, "re_review_requested", {"round": 2}), (50, "decided"), (51, "undone")],
         {FIRST: ("met", 8, 2), DECISION: ("met", 48, 2), AGAIN: ("running", 54, None)}),
        ("edited", [FILED, (1, "edited")], {FIRST: ("running", 8, None), DECISION: ("running", 48, None)}),
        ("told twice", [FILED, FILED], {FIRST: ("running", 8, None), DECISION: ("running", 48, None)}),
    ],
)  # fmt: skip
def test_clocks_after(case: str, events: list[Any], expected: Shown) -> None:
    assert shown(told(*events)) == expected, case


def test_a_withdrawn_dispute_that_is_reopened_gets_a_new_clock_in_its_old_round() -> None:
    clocks = told(FILED, (1, "withdrawn"), (5, "reopened", {"round": 1}))
    assert [(clock.kind, clock.round, clock.outcome) for clock in clocks] == [
        (FIRST, 1, ClockOutcome.MET),
        (DECISION, 1, ClockOutcome.MET),
        (DECISION, 1, ClockOutcome.RUNNING),
    ]


def test_rounds_come_from_the_event() -> None:
    clocks = told(FILED, (1, "decided"), (5, "reopened", {"round": 2}))
    assert [clock.round for clock in clocks] == [1, 1, 2]


def test_a_pause_counts_seconds_and_stands_still() -> None:
    (_, decision, _) = told(FILED, (1, "claimed"), (2, "info_requested"))
    assert (decision.paused_at, decision.paused_s) == (hours(2), 0)
    (_, decision, _) = told(FILED, (1, "claimed"), (2, "info_requested"), (5, "info_provided"))
    assert (decision.paused_at, decision.paused_s) == (None, 3 * 3_600)


def test_flags_come_from_the_journal_once() -> None:
    this = {"clock": "decision"}
    clocks = told(FILED, (24, "sla_warned", this), (25, "sla_warned", this), (48, "sla_breached", this))
    (decision,) = [clock for clock in clocks if clock.kind is DECISION]
    assert (decision.warned_at, decision.breached_at) == (hours(24), hours(48))
    (first,) = [clock for clock in clocks if clock.kind is FIRST]
    assert (first.warned_at, first.breached_at) == (None, None)


def test_no_profile_no_clock() -> None:
    only_decision = {DECISION: PROFILES[DECISION]}
    events = [FILED, (1, "claimed"), (2, "info_requested"), (3, "info_provided"), (4, "re_review_requested")]
    assert {clock.kind for clock in told(*events, of=book(only_decision))} == {DECISION}
    assert told(*events, of=book({})) == []
    assert told(*events, of=ClockBook({}, {})) == []


def test_a_re_review_without_a_clock_of_its_own_has_that_of_a_decision() -> None:
    only_decision = {DECISION: PROFILES[DECISION]}
    this = book(only_decision)
    first, again = told(FILED, (2, "decided"), (30, "re_review_requested", {"round": 2}), of=this)
    assert (first.outcome, again.kind, again.round, again.breach_at) == ("met", DECISION, 2, hours(78))


def test_only_what_changed_is_written() -> None:
    this = book()
    told(FILED, of=this)
    this.touched.clear()
    this.read([Event(9, hours(1), "dispute.edited"), Event(10, hours(2), "dispute.committed")])
    assert this.touched == {}
    this.read([Event(11, hours(3), "dispute.claimed")])
    assert [clock.kind for clock in this.touched.values()] == [FIRST]


def test_every_event_that_ends_or_opens_a_round_is_listened_to() -> None:
    """Every row of the lifecycle that changes who is waited for has a meaning here; the rest has none."""
    silent = {
        *("draft_saved", "edited", "released", "committed", "reversed", "fee_applied"),
        *("taken_over", "declined", "recommendation_withdrawn"),
    }
    known = {event.removeprefix("dispute.") for event in MEANINGS}
    assert {row.event for row in TABLE} - known == silent
    assert known - {row.event for row in TABLE} == {"sla_warned"}
    assert all(row.effect is not Effect.HOLD or row.event in known for row in TABLE)
