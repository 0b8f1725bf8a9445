"""The table against the operations: what it allows goes through as it says, what it lacks is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem, EditItem, Ref, SubmitItem
from makegood.disputes.lifecycle import TABLE, Effect, Verb, allows, row_of
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.operations.commit import open_accounts_for
from makegood.disputes.states import DecisionKind, Stage
from makegood.journal.selectors import history
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.selectors import adjustments_of, balance_of, entries_of
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.world import World

ASKED, PART = 45_000_000, 20_000_000
LATER = timedelta(hours=1)


@dataclass(frozen=True)
class Desk:
    """The people, and how each verb is asked for."""

    world: World
    buyer: Principal
    manager: Principal

    def ask(self, verb: Verb, dispute: Dispute) -> list[Answer]:
        """The answers of one verb for one dispute, as its face would ask."""
        return ASK[verb](self, dispute)


def _decide(desk: Desk, dispute: Dispute, kind: DecisionKind) -> list[Answer]:
    micros = PART if kind is DecisionKind.PARTIAL else None
    return operations.decide(desk.manager, items=[DecisionItem(dispute.pk, kind, micros, "as heard")])


def _commit(desk: Desk, dispute: Dispute) -> list[Answer]:
    with clock.shifted(LATER):
        open_accounts_for([dispute.pk])
        return operations.commit([dispute.pk])


def _submit(desk: Desk, dispute: Dispute) -> list[Answer]:
    item = SubmitItem(dispute.charge_id, "SPAM", "a robot", draft_id=dispute.pk)
    return operations.submit(desk.buyer, items=[item])


ASK: dict[Verb, Callable[[Desk, Dispute], list[Answer]]] = {
    Verb.SUBMIT: _submit,
    Verb.EDIT: lambda desk, d: operations.edit(desk.buyer, items=[EditItem(d.pk, {"description": "more words"})]),
    Verb.WITHDRAW: lambda desk, d: operations.withdraw(desk.buyer, items=[Ref(d.pk)]),
    Verb.CLAIM: lambda desk, d: operations.claim(desk.manager, items=[Ref(d.pk)]),
    Verb.RELEASE: lambda desk, d: operations.release(desk.manager, items=[Ref(d.pk)]),
    Verb.ACCEPT: lambda desk, d: _decide(desk, d, DecisionKind.ACCEPT),
    Verb.ACCEPT_PARTIAL: lambda desk, d: _decide(desk, d, DecisionKind.PARTIAL),
    Verb.REJECT: lambda desk, d: _decide(desk, d, DecisionKind.REJECT),
    Verb.UNDO: lambda desk, d: operations.undo(desk.manager, items=[Ref(d.pk)]),
    Verb.COMMIT: _commit,
}

PATHS: dict[Stage, tuple[Verb, ...]] = {
    Stage.DRAFT: (),
    Stage.PENDING: (Verb.SUBMIT,),
    Stage.IN_REVIEW: (Verb.SUBMIT, Verb.CLAIM),
    Stage.INFO_NEEDED: (Verb.SUBMIT,),
    Stage.DECIDED: (Verb.SUBMIT, Verb.ACCEPT_PARTIAL),
    Stage.RESOLVED: (Verb.SUBMIT, Verb.ACCEPT_PARTIAL, Verb.COMMIT),
    Stage.CLOSED: (Verb.SUBMIT, Verb.ACCEPT_PARTIAL, Verb.COMMIT),
    Stage.WITHDRAWN: (Verb.SUBMIT, Verb.WITHDRAW),
}
EVERY = [(verb, stage) for verb in ASK for stage in Stage]
ALLOWED = [pair for pair in EVERY if allows(*pair)]
LACKING = [pair for pair in EVERY if not allows(*pair)]


@pytest.fixture
def desk(world: World, buyer: Principal, manager: Principal) -> Desk:
    return Desk(world, buyer, manager)


def _dispute_in(desk: Desk, stage: Stage) -> Dispute:
    """A dispute brought to a stage by its verbs; ``info_needed`` has no verb yet and is written."""
    change_settings(SYSTEM, program=desk.world.program, settings={"auto_close": stage is Stage.CLOSED})
    charge = desk.world.charge(tax_micros=3_600_000)
    (saved,) = operations.save_draft(desk.buyer, items=[DraftItem(charge.pk, "SPAM", "a robot")])
    dispute = Dispute.objects.get(pk=saved.id or 0)
    for verb in PATHS[stage]:
        (answer,) = desk.ask(verb, dispute)
        assert answer.ok, answer
    if stage is Stage.INFO_NEEDED:
        Dispute.objects.filter(pk=dispute.pk).update(stage=stage)
    dispute.refresh_from_db()
    assert dispute.stage == stage
    return dispute


def _everything(dispute: Dispute) -> tuple[Any, ...]:
    """All that a refusal may not change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT jsonb_agg(d ORDER BY id) FROM disputes_dispute d),"
            " (SELECT jsonb_agg(x ORDER BY id) FROM disputes_decision x),"
            " (SELECT jsonb_agg(h) FROM ledger_hold h), (SELECT jsonb_agg(b) FROM ledger_charge_balance b),"
            " (SELECT count(*) FROM ledger_posting), (SELECT count(*) FROM ledger_adjustment),"
            " (SELECT count(*) FROM journal_event)"
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return row


@pytest.mark.parametrize(("verb", "stage"), ALLOWED)
def test_what_the_table_allows_goes_through_with_its_stage_and_its_event(desk: Desk, verb: Verb, stage: Stage) -> None:
    dispute, row = _dispute_in(desk, stage), row_of(verb)
    told = len(history("dispute", dispute.pk))
    (answer,) = desk.ask(verb, dispute)
    assert answer.ok, answer
    assert (answer.id, answer.data["number"]) == (dispute.pk, str(dispute))
    before = dispute.lock_version
    dispute.refresh_from_db()
    assert dispute.stage == (row.to or stage)
    assert dispute.lock_version == before + (verb not in {Verb.CLAIM, Verb.RELEASE})
    (event,) = history("dispute", dispute.pk)[told:]
    assert event.event == f"dispute.{row.event}"
    assert event.principal == (None if verb is Verb.COMMIT else dispute.modified_by_id)


HELD = {Verb.ACCEPT: ASKED, Verb.ACCEPT_PARTIAL: PART}


@pytest.mark.parametrize(("verb", "stage"), ALLOWED)
def test_what_the_table_allows_moves_the_money_it_says_and_no_other(desk: Desk, verb: Verb, stage: Stage) -> None:
    dispute = _dispute_in(desk, stage)
    desk.ask(verb, dispute)
    balance, effect = balance_of(dispute.charge_id), row_of(verb).effect
    assert balance.held_micros == (HELD[verb] if effect is Effect.HOLD else 0)
    moved = effect is Effect.CREDIT or stage is Stage.RESOLVED
    credited = (PART, 1_600_000, 13_333_333) if moved else (0, 0, 0)
    assert (balance.credited_micros, balance.tax_credited_micros, balance.clawed_micros) == credited
    assert [(a.amount_micros, a.tax_micros, a.clawback_micros) for a in adjustments_of(dispute.pk)] == (
        [tuple(-micros for micros in credited)] if moved else []
    )
    for entry in entries_of(dispute.pk):
        assert sum(line.micros for line in entry.postings) == 0


CODES: dict[Stage, tuple[str, str]] = {
    Stage.DRAFT: ("WRONG_STAGE", "{number} is still a draft, so this step is not possible."),
    Stage.PENDING: ("WRONG_STAGE", "{number} is waiting for a decision, so this step is not possible."),
    Stage.IN_REVIEW: ("WRONG_STAGE", "{number} is being reviewed, so this step is not possible."),
    Stage.INFO_NEEDED: ("WRONG_STAGE", "{number} is waiting for information, so this step is not possible."),
    Stage.DECIDED: ("ALREADY_DECIDED", "{number} was already decided."),
    Stage.RESOLVED: ("ALREADY_DECIDED", "{number} was already decided."),
    Stage.CLOSED: ("DISPUTE_CLOSED", "{number} is closed and cannot be changed."),
    Stage.WITHDRAWN: ("WRONG_STAGE", "{number} is withdrawn, so this step is not possible."),
}


def _refusal(verb: Verb, dispute: Dispute) -> tuple[str, str]:
    """The code and the whole sentence for a verb that the table does not have from where the dispute stands."""
    stage, number = Stage(dispute.stage), str(dispute)
    if verb is Verb.SUBMIT and stage is Stage.CLOSED:
        on = f"{dispute.closed_at:%-d %b %Y}"
        return "DISPUTE_FINAL", f"Already decided on {on} ({number}); the decision is final."
    if verb is Verb.SUBMIT and stage is Stage.WITHDRAWN:
        return "CONFLICT", "Somebody else changed this at the same moment. Look at it again, then repeat the step."
    if verb is Verb.SUBMIT:
        return "ALREADY_DISPUTED", f"Dispute {number} is already open."
    if stage is Stage.DRAFT and verb not in {Verb.EDIT, Verb.WITHDRAW}:
        return "NOT_FOUND", "Not found, or not yours."
    if verb is Verb.CLAIM and stage is Stage.IN_REVIEW:
        return "LEASED", f"{number} is being reviewed by {dispute.assignee}."
    if stage is Stage.DECIDED and verb in {Verb.EDIT, Verb.WITHDRAW}:
        stage = Stage.IN_REVIEW  # the submitter hears of no decision before it is committed
    code, sentence = CODES[stage]
    return code, sentence.format(number=number)


@pytest.mark.parametrize(("verb", "stage"), [pair for pair in LACKING if pair[0] is not Verb.COMMIT])
def test_what_the_table_lacks_is_refused_in_words_and_changes_nothing(desk: Desk, verb: Verb, stage: Stage) -> None:
    dispute = _dispute_in(desk, stage)
    before = _everything(dispute)
    (answer,) = desk.ask(verb, dispute)
    assert (answer.ok, answer.code, answer.message) == (False, *_refusal(verb, dispute))
    assert _everything(dispute) == before


@pytest.mark.parametrize("stage", [stage for verb, stage in LACKING if verb is Verb.COMMIT])
def test_commit_leaves_everything_that_waits_for_no_commit(desk: Desk, stage: Stage) -> None:
    dispute = _dispute_in(desk, stage)
    before = _everything(dispute)
    assert desk.ask(Verb.COMMIT, dispute) == []
    assert _everything(dispute) == before


def test_commit_leaves_a_decision_inside_its_undo_window(desk: Desk) -> None:
    dispute = _dispute_in(desk, Stage.DECIDED)
    before = _everything(dispute)
    assert operations.commit([dispute.pk]) == operations.commit_due() == []
    assert _everything(dispute) == before


def test_undo_is_refused_once_the_window_ended(desk: Desk) -> None:
    dispute = _dispute_in(desk, Stage.DECIDED)
    before = _everything(dispute)
    assert dispute.commit_after is not None
    with clock.frozen(dispute.commit_after):
        (answer,) = desk.ask(Verb.UNDO, dispute)
    assert answer.code == "UNDO_WINDOW_ENDED"
    assert answer.message == f"The time to undo {dispute} is over; the money has moved."
    assert _everything(dispute) == before
    with clock.frozen(dispute.commit_after - timedelta(microseconds=1)):
        (answer,) = desk.ask(Verb.UNDO, dispute)
    assert answer.ok


def test_every_row_with_an_operation_was_tried() -> None:
    tried = {verb for verb, _ in ALLOWED}
    later = {row.verb for row in TABLE} - tried - {Verb.SAVE_DRAFT}
    assert tried == set(ASK)
    assert not any(hasattr(operations, verb.value) for verb in later)


def test_a_refused_item_leaves_no_trace_in_a_later_item_of_the_same_dispute(desk: Desk) -> None:
    dispute = _dispute_in(desk, Stage.PENDING)
    bad, good = {"reason": "BOT", "amount_micros": 0}, {"description": "only this"}
    answers = operations.edit(desk.buyer, items=[EditItem(dispute.pk, bad), EditItem(dispute.pk, good)])
    assert [answer.code for answer in answers] == ["AMOUNT_NOT_POSITIVE", ""]
    dispute.refresh_from_db()
    assert dispute.reason is not None
    assert (dispute.reason.code, dispute.description, dispute.amount_micros) == ("SPAM", "only this", ASKED)
    assert history("dispute", dispute.pk)[-1].changes["before"] == {"description": "a robot"}


def test_two_good_steps_of_one_dispute_in_one_batch_follow_each_other(desk: Desk) -> None:
    dispute = _dispute_in(desk, Stage.PENDING)
    first, second = EditItem(dispute.pk, {"reason": "BOT"}), EditItem(dispute.pk, {"description": "and this"})
    assert all(answer.ok for answer in operations.edit(desk.buyer, items=[first, second]))
    version = dispute.lock_version
    dispute.refresh_from_db()
    assert dispute.reason is not None
    assert (dispute.reason.code, dispute.description, dispute.lock_version) == ("BOT", "and this", version + 2)


def test_an_edit_that_asks_for_a_part_is_refused_by_the_rule_that_takes_the_whole(desk: Desk) -> None:
    dispute = _dispute_in(desk, Stage.PENDING)
    before = _everything(dispute)
    (answer,) = operations.edit(desk.buyer, items=[EditItem(dispute.pk, {"amount_micros": PART})])
    assert answer.code == "AMOUNT_NOT_FULL"
    assert answer.message == ("This program takes the whole item; the reviewer decides whether part of it is credited.")
    assert _everything(dispute) == before


def test_due_decisions_of_many_customers_commit_in_small_batches(desk: Desk) -> None:
    """The accounts that are opened ahead belong to the very rows that the commit picks."""
    later = []
    for minute in range(6, 0, -1):
        charge = desk.world.charge(vendor=None, tax_jurisdiction=f"T{minute}", tax_micros=1_000_000)
        operations.submit(desk.buyer, items=[SubmitItem(charge.pk, "SPAM", "a robot")])
        dispute = Dispute.objects.get(charge=charge)
        desk.ask(Verb.ACCEPT, dispute)
        later.append((dispute.pk, timedelta(minutes=minute)))
    for pk, by in later:
        Dispute.objects.filter(pk=pk).update(commit_after=clock.now() + by)
    with clock.shifted(LATER):
        committed = [len(operations.commit_due(limit=1)) for _ in later]
    assert committed == [1] * 6
    assert Decision.objects.filter(state="committed").count() == 6
