"""Bulk plans: what is looked at, what is left out and why, and that exactly that is done once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from makegood.disputes import operations, tasks
from makegood.disputes.entries import CloseItem, EditItem, PlanParams, Ref
from makegood.disputes.errors import (
    PlanEmpty,
    PlanExpired,
    PlanNotCommitted,
    PlanNotRunning,
    PlanNotUndoable,
    PlanParameters,
    PlanRunning,
    PlanTooLarge,
    WindowEnded,
)
from makegood.disputes.models import BulkPlan, BulkPlanRow, Decision, Dispute, Resolution
from makegood.disputes.selectors.plans import PlanView, plan_csv, plan_rows, plan_view
from makegood.disputes.selectors.queue import QueueQuery
from makegood.disputes.states import PlanVerb, RowState
from makegood.disputes.tests.money import commit_later, decide, item
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.ledger.models import ChargeBalance
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.models import User
from makegood.parties.operations import change_settings
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

# The modules, not the operations of the same names.
committing = import_module("makegood.disputes.operations.commit_plan")
planning = import_module("makegood.disputes.operations.plan_bulk")
ACCEPT, PARTIAL, REJECT, ADJUST, REVERSE, CLOSE, REOPEN, ASSIGN = PlanVerb
ALL = {"decisions": ["accept", "partial", "reject"], "auto_close": False, "reopen": True}
MILLION = 1_000_000


@pytest.fixture
def three(world: World, make_dispute: DisputeMaker) -> list[Dispute]:
    """Three disputes of 45, 30 and 15 USD in a program that decides all ways."""
    change_settings(SYSTEM, program=world.program, settings=ALL)
    return [make_dispute(billed_micros=micros * MILLION) for micros in (45, 30, 15)]


def plan(who: Principal, verb: PlanVerb, disputes: Sequence[Dispute], **params: Any) -> PlanView:
    said = PlanParams(**{"note": "We listened.", **params})
    return operations.plan_bulk(who, verb=verb, selection=[one.public_id for one in disputes], params=said)


def causes(who: Principal, found: PlanView) -> list[str]:
    return [row.code for row in plan_rows(who, found.id)]


def raised_by(error: type[Refusal], verb: Any, *args: Any) -> str:
    """The sentence of a refusal that changes nothing."""
    with unchanged(), pytest.raises(error) as raised:
        verb(*args)
    return raised.value.message


# What is looked at


def test_a_plan_says_what_it_would_do_and_what_it_leaves_out_and_writes_nothing_else(
    three: list[Dispute], manager: Principal
) -> None:
    decide(manager, item(three[2]))
    names = [three[0].public_id, str(three[1]), str(three[2].pk), "dsp_NOBODY", "=1+1", three[0].public_id]
    with unchanged(but=("disputes_bulk_plan", "disputes_bulk_plan_row", "journal_event")):
        found = operations.plan_bulk(manager, verb=ACCEPT, selection=names, params=PlanParams("As heard."))
    assert (found.state, found.selected, found.planned, found.excluded, found.waiting) == ("draft", 5, 2, 3, 2)
    (total,) = found.totals.sums
    assert (total.count, total.credit_micros, total.clawback_micros) == (2, 75 * MILLION, 60 * MILLION)
    assert (total.currency, total.margin_micros) == ("USD", -15 * MILLION)
    assert [(one.label, one.count) for one in found.totals.vendors] == [("North Ads", 2)]
    assert [(one.label, one.count) for one in found.totals.reasons] == [("Spam", 2)]
    assert [(one.number, one.credit_micros) for one in found.totals.largest] == [
        (str(three[0]), 45 * MILLION),
        (str(three[1]), 30 * MILLION),
    ]
    assert {(one.code, one.label, one.count) for one in found.totals.exclusions} == {
        ("NOT_FOUND", "Not found, or not yours.", 2),
        ("ALREADY_DECIDED", f"{three[2]} was already decided.", 1),
    }
    rows = plan_rows(manager, found.id)
    assert [row.dispute for row in rows] == [one.public_id for one in three] + ["", ""]
    assert [row.version for row in rows][:3] == [1, 1, 2]
    assert [row.state for row in rows] == ["waiting", "waiting", "excluded", "excluded", "excluded"]
    assert (rows[0].credit_micros, rows[0].clawback_micros, rows[0].margin_micros) == (
        45_000_000,
        30_000_000,
        -15_000_000,
    )
    assert JournalEvent.objects.get(event="bulk_plan.created").changes["selected"] == 5


def test_a_filter_of_the_queue_selects_what_is_in_scope(three: list[Dispute], world: World, manager: Principal) -> None:
    decide(manager, item(three[0]))
    found = operations.plan_bulk(manager, verb=ACCEPT, selection=QueueQuery("pending", clock.now()))
    assert [row.number for row in plan_rows(manager, found.id)] == [str(three[1]), str(three[2])]
    elsewhere = replace(manager, scope=Scope(paths=(world.other_customer.path,)))
    nothing = operations.plan_bulk(elsewhere, verb=ACCEPT, selection=QueueQuery("all", clock.now()))
    assert nothing.selected == 0
    assert raised_by(PlanEmpty, operations.commit_plan, elsewhere, nothing.id) == (
        "Nothing is left to do: every dispute of this plan is left out."
    )


@pytest.mark.parametrize(
    ("params", "micros"),
    [
        ({"percent": "33.3"}, [14_990_000, 9_990_000, 5_000_000]),
        ({"each_micros": 20 * MILLION}, [20 * MILLION, 20 * MILLION, None]),
        ({"total_micros": 100_010_000 // 2}, [25_010_000, 16_660_000, 8_335_000]),
        ({"total_micros": 50_000_001}, [25_000_001, 16_666_667, 8_333_333]),
        ({"total_micros": 10_000}, [10_000, None, None]),
    ],
)
def test_a_part_is_a_percentage_one_amount_for_each_or_a_total_that_sums_exactly(
    three: list[Dispute], manager: Principal, params: dict[str, Any], micros: list[int | None]
) -> None:
    found = plan(manager, PARTIAL, three, **params)
    rows = plan_rows(manager, found.id)
    given = [row.credit_micros if row.state is RowState.WAITING else None for row in rows]
    if "total_micros" in params:
        assert sum(part or 0 for part in given) == params["total_micros"]
        assert sum(total.credit_micros for total in found.totals.sums) == params["total_micros"]
    else:
        assert given == micros
    assert [part is None for part in given] == [part is None for part in micros]
    assert {row.code for row in rows if row.state is RowState.EXCLUDED} <= {"PARTIAL_OUT_OF_RANGE"}
    assert operations.commit_plan(manager, found.id).done == found.planned


def test_a_total_that_would_be_above_a_limit_is_no_plan(three: list[Dispute], manager: Principal) -> None:
    limited = replace(manager, max_decision_micros={"USD": 20 * MILLION})
    found = plan(limited, PARTIAL, three, total_micros=30 * MILLION)
    assert [row.credit_micros for row in plan_rows(limited, found.id)] == [15 * MILLION, 10 * MILLION, 5 * MILLION]
    with unchanged(), pytest.raises(PlanParameters) as raised:
        plan(limited, PARTIAL, three, total_micros=42 * MILLION)
    assert raised.value.message == "The plan cannot be made: these disputes take at most $14.99 together."


NO_PLANS: list[tuple[PlanVerb, dict[str, Any], str]] = [
    (PARTIAL, {}, "name exactly one of percent, amount for each, and total"),
    (PARTIAL, {"percent": "5", "each_micros": 1}, "name exactly one of percent, amount for each, and total"),
    (PARTIAL, {"percent": "0"}, "a percentage is above 0 and at most 100"),
    (PARTIAL, {"percent": "100.1"}, "a percentage is above 0 and at most 100"),
    (PARTIAL, {"percent": "1e1"}, "a percentage is above 0 and at most 100"),
    (PARTIAL, {"each_micros": 0}, "an amount is above zero"),
    (PARTIAL, {"total_micros": True}, "an amount is above zero"),
    (PARTIAL, {"total_micros": 90 * MILLION}, "these disputes take at most $89.97 together"),
    (ACCEPT, {"percent": "5"}, '"accept" takes no amount'),
    (REJECT, {"resolution": "X"}, '"reject" takes no resolution'),
    (
        REJECT,
        {"note": "Dear {vendor}"},
        "the text may name {amount}, {buyer}, {caller}, {finding}, {number}, {reason}, not {vendor}",
    ),
    (REJECT, {"note": "We heard {finding}."}, "the text names {finding}, and no finding is chosen"),
    (REJECT, {"clawback": "none"}, "what a vendor gives back is none or all of the payout of a credit"),
    (ACCEPT, {"clawback": "some"}, "what a vendor gives back is none or all of the payout of a credit"),
    (ACCEPT, {"to": 1}, "name whom to assign to, and only where something is assigned"),
    (ASSIGN, {}, "name whom to assign to, and only where something is assigned"),
]


def test_what_no_plan_can_be_made_of(three: list[Dispute], manager: Principal) -> None:
    with unchanged():
        for verb, params, cause in NO_PLANS:
            with pytest.raises(PlanParameters) as raised:
                plan(manager, verb, three, **params)
            assert raised.value.message == f"The plan cannot be made: {cause}."


def test_one_amount_is_for_one_currency(three: list[Dispute], manager: Principal, make_dispute: DisputeMaker) -> None:
    euros = make_dispute(currency="EUR")
    with unchanged(), pytest.raises(PlanParameters) as raised:
        plan(manager, PARTIAL, [*three, euros], each_micros=MILLION)
    assert raised.value.message == "The plan cannot be made: one amount is for disputes of one currency."
    both = plan(manager, ACCEPT, [three[0], euros])
    assert [(one.currency, one.payout_currency, one.margin_micros) for one in both.totals.sums] == [
        ("EUR", "USD", None),
        ("USD", "USD", -15 * MILLION),
    ]


def test_a_plan_that_is_too_large(three: list[Dispute], manager: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST", 2)
    with unchanged(), pytest.raises(PlanTooLarge) as raised:
        plan(manager, ACCEPT, three)
    assert raised.value.message == "A plan holds at most 2 disputes; narrow the selection."


# What is done


def test_a_commit_does_what_was_looked_at_once_and_names_what_changed(
    three: list[Dispute], manager: Principal, buyer: Principal
) -> None:
    found = plan(manager, ACCEPT, three)
    operations.edit(buyer, items=[EditItem(three[1].pk, {"description": "Please listen again, a robot"})])
    done = operations.commit_plan(manager, found.id)
    assert (done.state, done.done, done.refused, done.waiting) == ("finished", 2, 1, 0)
    assert done.can_undo
    with unchanged():
        assert operations.commit_plan(manager, found.id) == done
    changed = plan_rows(manager, found.id)[1]
    assert (changed.state, changed.code) == (RowState.REFUSED, "VERSION_MISMATCH")
    assert changed.message == f"{three[1]} was changed meanwhile. Look at it again, then repeat the step."
    assert Decision.objects.filter(state="held").count() == 2
    commit_later()
    assert sorted(ChargeBalance.objects.values_list("credited_micros", flat=True)) == [0, 15 * MILLION, 45 * MILLION]
    told = JournalEvent.objects.filter(event__startswith="bulk_plan.").order_by("id")
    assert [event.event for event in told] == ["bulk_plan.created", "bulk_plan.committed", "bulk_plan.finished"]
    assert (told[2].changes["done"], told[2].changes["refused"]) == (2, 1)


def test_a_text_names_each_dispute(three: list[Dispute], manager: Principal) -> None:
    found = plan(manager, REJECT, three, note="{number} of {buyer}: {amount} for {reason} stands.")
    operations.commit_plan(manager, found.id)
    three[0].refresh_from_db()
    assert three[0].decision_note == f"{three[0]} of Acme Plumbing: $45.00 for Spam stands."


def test_disputes_go_through_adjusting_reversing_closing_and_reopening_as_planned(
    three: list[Dispute], manager: Principal, world: World
) -> None:
    Resolution.objects.create(program=world.program, code="GOODWILL", label="Goodwill")
    adjusted = plan(manager, ADJUST, three, percent="50", resolution="GOODWILL")
    assert operations.commit_plan(manager, adjusted.id).done == 3
    reversed_ = plan(manager, REVERSE, three)
    (total,) = reversed_.totals.sums
    assert (total.credit_micros, total.clawback_micros, total.margin_micros) == (-45 * MILLION, -45 * MILLION, 0)
    assert [one.credit_micros for one in reversed_.totals.largest] == [-22_500_000, -15_000_000, -7_500_000]
    assert operations.commit_plan(manager, reversed_.id).done == 3
    assert causes(manager, plan(manager, REVERSE, three)) == ["ALREADY_REVERSED"] * 3
    closed = plan(manager, CLOSE, three[:2], note="Settled.")
    assert operations.commit_plan(manager, closed.id).done == 2
    mixed = plan(manager, CLOSE, three)
    assert causes(manager, mixed) == ["ALREADY_CLOSED", "ALREADY_CLOSED", ""]
    assert causes(manager, plan(manager, REOPEN, three, note="")) == ["CAUSE_REQUIRED", "CAUSE_REQUIRED", "NOT_CLOSED"]
    again = plan(manager, REOPEN, three, note="New evidence.")
    assert causes(manager, again) == ["", "", "NOT_CLOSED"]
    assert operations.commit_plan(manager, again.id).done == 2
    stages = Dispute.objects.order_by("pk").values_list("stage", "round", "resolution__code")
    assert list(stages) == [("pending", 2, None), ("pending", 2, None), ("resolved", 1, "GOODWILL")]
    for view in (adjusted, reversed_, closed, again):
        assert raised_by(PlanNotUndoable, operations.undo_plan, manager, view.id) == (
            "Only decisions wait until their time to undo is over; what this plan did took effect at once."
        )


def test_a_preview_and_its_commit_give_the_same_causes(
    three: list[Dispute], manager: Principal, make_dispute: DisputeMaker, world: World
) -> None:
    """Each refusal of a look is the one of the deed: the rows are forced through the commit."""
    closed, unresolved = make_dispute(), make_dispute()
    operations.close(manager, items=[CloseItem(closed.pk)])
    decide(manager, item(three[0]))
    everything = [*three, closed, unresolved]
    limited = replace(manager, max_decision_micros={"USD": 20 * MILLION})
    for verb in PlanVerb:
        params = {"percent": "50"} if verb in {PARTIAL, ADJUST} else {"to": manager.id} if verb is ASSIGN else {}
        found = plan(limited, verb, everything, **params)
        foreseen = {row.dispute: (row.code, row.message) for row in plan_rows(limited, found.id) if row.code}
        refused_rows = BulkPlanRow.objects.filter(plan__public_id=found.id, state="excluded")
        count = refused_rows.update(state="waiting", code="", message="")
        BulkPlanRow.objects.filter(plan__public_id=found.id).exclude(dispute__public_id__in=list(foreseen)).delete()
        BulkPlan.objects.filter(public_id=found.id).update(planned=count)
        assert count, verb
        with unchanged(but=("disputes_bulk_plan", "disputes_bulk_plan_row", "journal_event")):
            operations.commit_plan(limited, found.id)
        assert {row.dispute: (row.code, row.message) for row in plan_rows(limited, found.id)} == foreseen, verb


def test_many_disputes_run_in_chunks_that_go_on_after_a_crash_and_can_be_stopped(
    three: list[Dispute], manager: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "CHUNK", 1)
    found = plan(manager, ACCEPT, three)
    running = operations.commit_plan(manager, found.id)
    assert (running.state, running.done, running.waiting) == ("running", 0, 3)
    assert tasks.plans() == 1
    perform = committing.perform

    def crash(*args: Any) -> Any:
        perform(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(committing, "perform", crash)
    with unchanged(), pytest.raises(KeyboardInterrupt):
        tasks.plans()
    monkeypatch.setattr(committing, "perform", perform)
    assert plan_view(manager, found.id).done == 1
    assert raised_by(PlanRunning, operations.undo_plan, manager, found.id) == (
        "This plan is still running; stop it first, or wait for its end."
    )
    assert tasks.plans() == 1
    stopped = operations.stop_plan(manager, found.id)
    assert (stopped.state, stopped.done, stopped.waiting) == ("stopped", 2, 1)
    with unchanged():
        assert operations.stop_plan(manager, found.id) == stopped
        assert tasks.plans() == 0
    undone = operations.undo_plan(manager, found.id)
    assert (undone.plan.undone, undone.plan.waiting) == (2, 1)


def test_a_plan_whose_committer_may_no_longer_is_stopped(
    three: list[Dispute], manager: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "CHUNK", 2)
    found = plan(manager, ACCEPT, three)
    operations.commit_plan(manager, found.id)
    User.objects.filter(pk=manager.id).update(is_active=False)
    assert tasks.plans() == 0
    view = plan_view(manager, found.id)
    assert (view.state, view.done, view.waiting) == ("stopped", 0, 3)


def test_scope_is_asked_again_at_the_commit(three: list[Dispute], world: World, manager: Principal) -> None:
    found = plan(manager, ACCEPT, three)
    narrower = replace(manager, scope=Scope(paths=(world.other_customer.path,)))
    done = operations.commit_plan(narrower, found.id)
    assert (done.done, causes(narrower, done)) == (0, ["NOT_FOUND"] * 3)
    assert Decision.objects.count() == 0


# Who, when, and back again


def test_a_plan_is_its_authors_or_of_who_decides_for_anybody_and_sees_all_of_it(
    three: list[Dispute], world: World, manager: Principal, other_manager: Principal, biller: Principal
) -> None:
    found = plan(biller, ACCEPT, three)
    scoped = replace(other_manager, scope=Scope(paths=(world.other_customer.path,)))
    through_token = replace(biller, token_id=1, scope=Scope(paths=(world.other_customer.path,)))
    other_billing = world.person("billing", "other_billing")
    verbs = (plan_view, plan_rows, plan_csv, operations.commit_plan, operations.stop_plan, operations.undo_plan)
    with unchanged():
        for who in (scoped, through_token, other_billing):
            for verb in verbs:
                with pytest.raises(NotFound):
                    verb(who, found.id)
        with pytest.raises(NotFound):
            plan_view(biller, "pln_NONE")
    assert operations.commit_plan(other_manager, found.id).done == 3
    assert {decision.by_id for decision in Decision.objects.all()} == {other_manager.id}


def test_a_verb_needs_its_own_permission(three: list[Dispute], manager: Principal, csr: Principal) -> None:
    params: dict[PlanVerb, dict[str, Any]] = {PARTIAL: {"percent": "50"}, ASSIGN: {"to": manager.id}}
    made = [plan(manager, verb, three, **params.get(verb, {})) for verb in PlanVerb]
    without = replace(manager, verbs=frozenset({"dispute.view", "dispute.decide_any"}))
    with unchanged():
        for verb, found in zip(PlanVerb, made, strict=True):
            with pytest.raises(NotPermitted):
                plan(csr, verb, three, **params.get(verb, {}))
            for step in (operations.commit_plan, operations.stop_plan):
                with pytest.raises(NotPermitted):
                    step(without, found.id)


def test_a_plan_expires_and_is_forgotten_later(three: list[Dispute], manager: Principal) -> None:
    found = plan(manager, ACCEPT, three)
    kept = plan(manager, ACCEPT, three)
    operations.commit_plan(manager, kept.id)
    with clock.shifted(timedelta(minutes=10)):
        assert raised_by(PlanExpired, operations.commit_plan, manager, found.id) == (
            "This plan is older than 10 minutes. Make it again, and look at what changed."
        )
        assert operations.commit_plan(manager, kept.id).done == 3
        assert tasks.old_plans() == 0
    with clock.shifted(timedelta(days=2)):
        assert (tasks.old_plans(), tasks.old_plans()) == (1, 0)
    assert [one.public_id for one in BulkPlan.objects.all()] == [kept.id]


def test_an_undo_takes_back_what_is_in_its_window_and_says_what_is_not(
    three: list[Dispute], manager: Principal, other_manager: Principal
) -> None:
    found = plan(manager, ACCEPT, three)
    for verb, error, sentence in (
        (operations.undo_plan, PlanNotCommitted, "This plan was not committed, so there is nothing to undo."),
        (operations.stop_plan, PlanNotRunning, "This plan is not committed yet, so it cannot be stopped."),
    ):
        assert raised_by(error, verb, manager, found.id) == sentence
    operations.commit_plan(manager, found.id)
    Dispute.objects.filter(pk=three[0].pk).update(commit_after=clock.now())
    undone = operations.undo_plan(manager, found.id)
    assert [(answer.ok, answer.code) for answer in undone.answers] == [(False, "UNDO_EXPIRED"), (True, ""), (True, "")]
    assert (undone.plan.state, undone.plan.done, undone.plan.undone) == ("undone", 1, 2)
    with unchanged():
        assert operations.undo_plan(manager, found.id).answers == ()
    states = [(row.state, row.code) for row in plan_rows(manager, found.id)]
    assert states == [("done", "UNDO_EXPIRED"), ("undone", ""), ("undone", "")]
    assert sorted(Dispute.objects.values_list("stage", flat=True)) == ["decided", "in_review", "in_review"]
    assert JournalEvent.objects.get(event="bulk_plan.undone").changes["undone"] == 2


def test_a_decision_that_somebody_else_made_anew_is_not_undone(
    three: list[Dispute], manager: Principal, other_manager: Principal
) -> None:
    found = plan(manager, ACCEPT, three[:2])
    operations.commit_plan(manager, found.id)
    operations.undo(other_manager, items=[Ref(three[0].pk)])
    decide(other_manager, item(three[0]))
    undone = operations.undo_plan(manager, found.id)
    assert [answer.code for answer in undone.answers] == ["VERSION_MISMATCH", ""]


def test_an_undo_after_its_time(three: list[Dispute], manager: Principal) -> None:
    found = plan(manager, ACCEPT, three)
    operations.commit_plan(manager, found.id)
    with clock.shifted(timedelta(seconds=60)):
        assert not plan_view(manager, found.id).can_undo
        assert raised_by(WindowEnded, operations.undo_plan, manager, found.id) == (
            "The time to undo this plan is over; the money has moved."
        )


def test_results_are_read_a_page_at_a_time_and_as_a_file(three: list[Dispute], manager: Principal) -> None:
    names = [*(one.public_id for one in three), "=SUM(A1)"]
    found = operations.plan_bulk(manager, verb=ACCEPT, selection=names)
    operations.commit_plan(manager, found.id)
    first = plan_rows(manager, found.id, limit=2)
    assert [row.ordinal for row in first] == [0, 1]
    assert [row.ordinal for row in plan_rows(manager, found.id, after=1)] == [2, 3]
    assert [row.ordinal for row in plan_rows(manager, found.id, state=RowState.EXCLUDED)] == [3]
    assert "".join(plan_csv(manager, found.id)).split("\r\n") == [
        "dispute,number,state,code,message,currency,credit,tax,clawback,clawback_currency",
        f"{three[0].public_id},{three[0]},done,,,USD,45.00,0.00,30.00,USD",
        f"{three[1].public_id},{three[1]},done,,,USD,30.00,0.00,30.00,USD",
        f"{three[2].public_id},{three[2]},done,,,USD,15.00,0.00,30.00,USD",
        '\'=SUM(A1),,excluded,NOT_FOUND,"Not found, or not yours.",,,,,',
        "",
    ]
