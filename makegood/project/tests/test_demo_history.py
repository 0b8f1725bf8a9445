"""The past of the demo as it is planned, whenever it is seeded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.project.demo import history, stories, truth, words
from makegood.project.demo.calls import Call
from makegood.project.demo.cast import WINDOW_DAYS
from makegood.project.demo.chronicle import Verb, steps_of
from makegood.project.demo.generator import drawn
from makegood.project.demo.history import CALM, QUIET, Case, Ending
from makegood.project.demo.rhythm import first_hour
from makegood.project.demo.truth import REASONS, Kind, Truth

START = datetime(2026, 3, 25, 15, 17, 33, tzinfo=UTC)
WEEK = [START + timedelta(hours=hours) for hours in (0, 5, 13, 29, 61, 90, 118, 150)]


def _facts(now: datetime, rows: int = 20_000) -> list[Truth]:
    first = first_hour(now)

    def fact(call: Call) -> Truth:
        at = first + timedelta(seconds=call.billed)
        return Truth(call.call_id, call.route.buyer.number, call.route.vendor.number, at, call.kind)

    calls = [call for hour in drawn(rows=rows, seed=42, now=now) for call in hour]
    return [fact(call) for call in calls if call.converted and call.kind is not Kind.ORDINARY]


def _past(now: datetime) -> tuple[list[Case], dict[str, Truth]]:
    facts = _facts(now)
    cases = history.past(facts, rows=20_000, seed=42, now=now, taken=stories.TAKEN)
    return cases, {fact.call_id: fact for fact in facts}


@pytest.mark.parametrize("now", WEEK)
def test_everybody_keeps_the_window_and_the_order_of_things(now: datetime) -> None:
    cases, facts = _past(now)
    assert 200 < len(cases) <= history.MOST
    assert not {case.call_id for case in cases} & stories.TAKEN
    for case in cases:
        billed_at = facts[case.call_id].billed_at
        assert billed_at < case.filed_at < min(now, billed_at + timedelta(days=WINDOW_DAYS))
        assert case.ended_at is None or case.filed_at < case.ended_at < now
        assert (case.ended_at is None) == (case.ending is Ending.WAITING)


@pytest.mark.parametrize("now", WEEK)
def test_the_stories_are_told_alone(now: datetime) -> None:
    cases, _ = _past(now)
    decided = [now - case.ended_at for case in cases if case.ended_at and case.ending is not Ending.WITHDRAWN]
    assert not [age for age in decided if QUIET[1] < age < QUIET[0]]
    assert not [case for case in cases if CALM[1] < now - case.filed_at < CALM[0]]
    for case in stories.told(now):
        assert case.ended_at is None or QUIET[1] < now - case.ended_at < QUIET[0]


def test_the_past_is_the_same_for_the_same_seed() -> None:
    assert _past(START)[0] == _past(START)[0]


def test_outcomes_follow_the_truth_but_for_a_few_errors() -> None:
    cases, facts = _past(START)
    ended = [case for case in cases if case.ending not in {Ending.WAITING, Ending.WITHDRAWN}]
    wrong = [case for case in ended if facts[case.call_id].is_invalid == (case.ending is Ending.REJECTED)]
    assert 0.005 < len(wrong) / len(ended) < 0.09
    misfiled = [case for case in cases if REASONS.get(case.kind, "NOT_QUALIFIED") != case.reason]
    assert 0.02 < len(misfiled) / len(cases) < 0.13
    assert set(Counter(case.ending for case in cases)) == set(Ending)


def test_managers_decide_on_working_days() -> None:
    cases, _ = _past(START)
    for case in cases:
        if case.ended_at and case.ending is not Ending.WITHDRAWN:
            local = case.ended_at.astimezone(ZoneInfo("America/New_York"))
            assert local.weekday() < 5
            assert 9 <= local.hour < 17


def test_everything_that_is_decided_has_a_note_and_a_finding() -> None:
    cases, _ = _past(START)
    for case in [*cases, *stories.told(START)]:
        assert case.explanation
        assert case.finding == words.FINDINGS[case.kind]
        assert bool(case.note) == (case.ending in {Ending.ACCEPTED, Ending.PARTLY, Ending.REJECTED})


def test_every_kind_has_words() -> None:
    assert set(words.EXPLANATIONS) == set(words.FINDINGS) == set(Kind)
    assert set(words.ACCEPTED) == set(REASONS)
    assert set(words.REFUSED) == set(truth.SOFT)


def test_steps_come_in_order_and_end_now() -> None:
    cases = stories.told(START)
    steps = steps_of(cases, START)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert steps[-1].at <= START
    verbs = [step.verb for step in steps if step.verb is not Verb.TELL]
    assert verbs == [Verb.FILE, Verb.DECIDE, Verb.COMMIT, Verb.DECIDE, Verb.COMMIT, *[Verb.FILE] * 3]
