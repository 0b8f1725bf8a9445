"""The table itself: complete, without dead ends, each row with its own history and a money effect that fits."""

from __future__ import annotations

import re

import pytest

from makegood.disputes.lifecycle import DECIDING, TABLE, Effect, Verb, Who, allows, row_of, stages_for, verbs_from
from makegood.disputes.states import FINISHED, OPEN, UNDECIDED, WAITING, Stage
from makegood.parties.states import ROLES, RoleKey
from makegood.parties.states import Verb as Permission

MONEY = {Verb.ACCEPT, Verb.ACCEPT_PARTIAL, Verb.COMMIT, Verb.ADJUST, Verb.REVERSE, Verb.APPLY_FEE}


def test_every_verb_has_exactly_one_row_and_every_row_its_number() -> None:
    assert sorted(row.verb for row in TABLE) == sorted(Verb)
    assert len({row.number for row in TABLE}) == len(TABLE)


def test_every_stage_is_reached_from_nothing() -> None:
    reached: set[Stage | None] = {None}
    for _ in Stage:
        for row in TABLE:
            if row.source & reached and row.to is not None:
                reached.add(row.to)
    assert reached >= set(Stage)


@pytest.mark.parametrize("stage", list(Stage))
def test_no_stage_is_a_dead_end(stage: Stage) -> None:
    assert [verb for verb in verbs_from(stage) if row_of(verb).to not in {None, stage}]


def test_closed_means_closed() -> None:
    assert verbs_from(Stage.CLOSED) == [Verb.REOPEN, Verb.REQUEST_RE_REVIEW]
    assert verbs_from(Stage.WITHDRAWN) == [Verb.REOPEN]
    assert not any(allows(verb, stage) for verb in MONEY for stage in FINISHED)


def test_a_decision_in_its_undo_window_can_only_be_undone_or_committed() -> None:
    assert verbs_from(Stage.DECIDED) == [Verb.UNDO, Verb.COMMIT]


def test_nothing_starts_but_a_draft_or_a_filing() -> None:
    assert verbs_from(None) == verbs_from(Stage.DRAFT) == [Verb.SAVE_DRAFT, Verb.SUBMIT]


def test_events_are_dotted_words_and_one_verb_each() -> None:
    """Deciding is one event with an outcome, whoever decides; every other verb has its own."""
    events: dict[str, set[Verb]] = {}
    for row in TABLE:
        assert re.fullmatch(r"dispute\.[a-z]+(_[a-z]+)*", f"dispute.{row.event}")
        events.setdefault(row.event, set()).add(row.verb)
    assert events.pop("decided") == {*DECIDING, Verb.AUTO_ACCEPT}
    assert [event for event, verbs in events.items() if len(verbs) > 1] == []


def test_money_is_held_exactly_by_grants_and_voided_exactly_by_undo() -> None:
    by_effect = {effect: {row.verb for row in TABLE if row.effect is effect} for effect in Effect}
    assert by_effect[Effect.HOLD] == {Verb.ACCEPT, Verb.ACCEPT_PARTIAL, Verb.AUTO_ACCEPT, Verb.APPROVE}
    assert by_effect[Effect.VOID] == {Verb.UNDO}
    assert by_effect[Effect.CREDIT] == {Verb.COMMIT, Verb.ADJUST}
    assert by_effect[Effect.INVERSE] == {Verb.REVERSE}
    assert by_effect[Effect.FEE] == {Verb.APPLY_FEE}


def test_only_a_person_refuses_and_the_system_never_does() -> None:
    assert row_of(Verb.REJECT).who == {Who.PERSON}
    system = {row.verb for row in TABLE if Who.SYSTEM in row.who}
    assert system == {Verb.AUTO_ACCEPT, Verb.RELEASE, Verb.LAPSE, Verb.COMMIT, Verb.BREACH}


def test_submitters_never_decide_and_editing_and_closing_need_their_own_permission() -> None:
    for row in TABLE:
        assert not {Who.SUBMITTER, Who.DECIDER} <= row.who, row
    assert row_of(Verb.WITHDRAW).who == {Who.SUBMITTER}
    assert row_of(Verb.EDIT).who == {Who.EDITOR}
    assert row_of(Verb.CLOSE).who == {Who.CLOSER}


def test_of_the_roles_a_manager_closes_but_does_not_edit() -> None:
    verbs = ROLES[RoleKey.MANAGER][1]
    assert Permission.DISPUTE_CLOSE in verbs
    assert Permission.DISPUTE_EDIT not in verbs


def test_every_guarded_row_says_its_guard() -> None:
    assert [row.verb for row in TABLE if not row.guard] == []


def test_the_named_sets_of_stages_fit_the_table() -> None:
    assert stages_for(Verb.ACCEPT) == stages_for(Verb.REJECT) == WAITING < UNDECIDED < OPEN
    assert stages_for(Verb.WITHDRAW) == UNDECIDED
    assert {Stage.DRAFT} | OPEN | FINISHED == set(Stage)
    assert not OPEN & FINISHED


def test_asking_the_table_by_stage_and_by_verb_agrees() -> None:
    for stage in (None, *Stage):
        assert verbs_from(stage) == [row.verb for row in TABLE if allows(row.verb, stage)]
    assert None not in stages_for(Verb.SUBMIT)
