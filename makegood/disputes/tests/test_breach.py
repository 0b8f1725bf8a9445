"""Row 20: what waited too long is flagged and told of once, by the system, and nothing else changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from makegood.disputes import operations, tasks
from makegood.disputes.entries import DecisionItem, Ref
from makegood.disputes.models import Dispute, SlaClock
from makegood.disputes.selectors.clocks import deadlines_of, due_breaches, due_infos
from makegood.disputes.states import ClockKind, ClockOutcome, DecisionKind, Stage
from makegood.journal import operations as journal
from makegood.journal.models import JournalEpoch, JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
SLA = {
    "first_touch": {"target_hours": 4, "breach_hours": 8},
    "decision": {"target_hours": 24, "breach_hours": 48},
    "info": {"hours": 72},
}
FLAGS = ("disputes_sla_clock", "journal_event")


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def keep() -> None:
    """Let the reader read what this test's own, still open transaction wrote: events of a past epoch are all done."""
    JournalEpoch.objects.update(epoch=F("epoch") + 1)
    operations.keep_clocks()


@pytest.fixture
def dispute(world: World, make_dispute: DisputeMaker) -> Dispute:
    """Filed at noon, with clocks."""
    world.program.settings["sla"] = SLA
    world.program.save(update_fields=["settings"])
    with clock.frozen(NOON):
        filed = make_dispute()
    keep()
    return filed


def told() -> list[tuple[str, Any, Any]]:
    events = JournalEvent.objects.filter(event__startswith="dispute.sla_").order_by("id")
    return [(event.event, event.changes["clock"], event.at) for event in events]


def test_a_target_warns_and_a_breach_breaches_once_each(dispute: Dispute) -> None:
    with clock.frozen(at(4)):
        (warned,) = operations.breach([dispute.pk])
    assert (warned.ok, warned.data["warned"], warned.data["breached"]) == (True, ["first_touch"], [])
    with clock.frozen(at(4.5)), unchanged():
        (again,) = operations.breach([dispute.pk])
        refused(again, "NO_CLOCK_DUE", f"No clock of {dispute.label} is due.")
    with clock.frozen(at(8)):
        (breached,) = operations.breach([dispute.pk])
    assert (breached.data["warned"], breached.data["breached"]) == ([], ["first_touch"])
    assert told() == [("dispute.sla_warned", "first_touch", at(4)), ("dispute.sla_breached", "first_touch", at(8))]
    first = SlaClock.objects.get(kind=ClockKind.FIRST_TOUCH)
    assert (first.warned_at, first.breached_at, first.outcome) == (at(4), at(8), ClockOutcome.RUNNING)
    before = Dispute.objects.get(pk=dispute.pk)
    assert (before.stage, before.lock_version) == (Stage.PENDING, dispute.lock_version)


def test_what_reached_both_is_told_as_breached_alone(dispute: Dispute) -> None:
    with clock.frozen(at(100)):
        (answer,) = operations.breach([dispute.pk])
    assert (answer.data["warned"], answer.data["breached"]) == ([], ["decision", "first_touch"])
    assert [event for event, _, _ in told()] == ["dispute.sla_breached"] * 2
    assert set(SlaClock.objects.values_list("warned_at", "breached_at")) == {(at(100), at(100))}


def test_an_event_says_which_dispute_whose_and_since_when(dispute: Dispute, manager: Principal) -> None:
    with clock.frozen(at(1)):
        operations.claim(manager, items=[Ref(dispute.pk)])
    keep()
    with clock.frozen(at(24)):
        operations.breach([dispute.pk])
    event = JournalEvent.objects.get(event="dispute.sla_warned")
    assert event.changes == {
        "number": dispute.number,
        "label": dispute.label,
        "charge_id": dispute.charge_id,
        "clock": "decision",
        "assignee": manager.id,
        "due_at": "2026-11-17T12:00:00+00:00",
    }
    assert (event.object_id, event.program_id, event.customer_id, event.principal) == (
        dispute.pk,
        dispute.program_id,
        dispute.customer_id,
        None,
    )
    assert event.vendor_id == dispute.charge.vendor_id


def test_flags_do_not_differ_when_the_journal_is_read_again(dispute: Dispute) -> None:
    for hours in (4, 8, 24, 48):
        with clock.frozen(at(hours)):
            operations.breach([dispute.pk])
    names = ("kind", "warned_at", "breached_at", "outcome", "target_at")
    before = list(SlaClock.objects.order_by("kind").values_list(*names))
    keep()
    assert list(SlaClock.objects.order_by("kind").values_list(*names)) == before
    operations.rebuild_clocks()
    assert list(SlaClock.objects.order_by("kind").values_list(*names)) == before


def test_one_moment_earlier_nothing_is_due(dispute: Dispute) -> None:
    with clock.frozen(at(4) - timedelta(microseconds=1)), unchanged():
        assert due_breaches(clock.now()) == []
        (answer,) = operations.breach([dispute.pk])
        assert answer.code == "NO_CLOCK_DUE"
    assert due_breaches(at(4)) == [dispute.pk]


@pytest.mark.parametrize(
    ("stage", "code", "message"),
    [
        (Stage.INFO_NEEDED, "WRONG_STAGE", "{} is waiting for information, so this step is not possible."),
        (Stage.WITHDRAWN, "DISPUTE_CLOSED", "{} is withdrawn and cannot be changed."),
        (Stage.RESOLVED, "ALREADY_DECIDED", "{} was already decided."),
        (Stage.CLOSED, "DISPUTE_CLOSED", "{} is closed and cannot be changed."),
    ],
)
def test_what_does_not_wait_is_not_late(dispute: Dispute, stage: Stage, code: str, message: str) -> None:
    """Even where the reader of the journal has not come that far."""
    ends = {Stage.WITHDRAWN: {"withdrawn_at": at(1)}, Stage.CLOSED: {"closed_at": at(1)}}
    Dispute.objects.filter(pk=dispute.pk).update(stage=stage, **ends.get(stage, {}))
    with clock.frozen(at(100)), unchanged():
        refused(operations.breach([dispute.pk])[0], code, message.format(dispute.label))
    assert due_breaches(at(100)) == []


def test_a_decided_dispute_is_not_late(dispute: Dispute, manager: Principal) -> None:
    with clock.frozen(at(1)):
        operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    with clock.frozen(at(100)), unchanged():
        refused(operations.breach([dispute.pk])[0], "ALREADY_DECIDED", f"{dispute.label} was already decided.")


def test_nobody_s_dispute_is_not_found(world: World) -> None:
    with unchanged():
        refused(operations.breach([4_711])[0], "NOT_FOUND", "Not found, or not yours.")


def test_a_bad_one_stands_alone(dispute: Dispute, make_dispute: DisputeMaker) -> None:
    with clock.frozen(at(99)):
        fresh = make_dispute()
    keep()
    with clock.frozen(at(100)):
        answers = operations.breach([4_711, dispute.pk, fresh.pk])
    assert [(answer.ordinal, answer.ok, answer.code) for answer in answers] == [
        (0, False, "NOT_FOUND"),
        (1, True, ""),
        (2, False, "NO_CLOCK_DUE"),
    ]


def test_a_touched_dispute_is_not_late_for_its_first_touch(dispute: Dispute, manager: Principal) -> None:
    """The claim is in the journal and not in the clock yet."""
    with clock.frozen(at(1)):
        operations.claim(manager, items=[Ref(dispute.pk)])
    with clock.frozen(at(5)), unchanged():
        assert due_breaches(clock.now()) == []
        assert operations.breach([dispute.pk])[0].code == "NO_CLOCK_DUE"


def ask(dispute: Dispute, hours: float) -> None:
    """As the verb does: the stage and its event."""
    Dispute.objects.filter(pk=dispute.pk).update(stage=Stage.INFO_NEEDED)
    with clock.frozen(at(hours)):
        journal.record(
            SYSTEM,
            verb="request_info",
            event="dispute.info_requested",
            object_kind="dispute",
            object_id=dispute.pk,
            program_id=dispute.program_id,
        )
    keep()


def test_an_unanswered_question_is_due_for_its_lapse_and_nothing_else(dispute: Dispute) -> None:
    ask(dispute, 2)
    assert due_infos(at(74) - timedelta(microseconds=1)) == []
    assert due_infos(at(74)) == [dispute.pk]
    assert due_breaches(at(200)) == []
    assert deadlines_of([dispute.pk])[dispute.pk].breach_at == at(8)  # nobody has touched it yet


def test_a_program_may_grant_what_it_did_not_decide_in_time(dispute: Dispute, world: World) -> None:
    with clock.frozen(at(8)):
        assert operations.breach([dispute.pk])[0].data["grant"] is False
    world.program.settings["on_breach"] = "auto_accept"
    world.program.save(update_fields=["settings"])
    with clock.frozen(at(24)):
        assert operations.breach([dispute.pk])[0].data["grant"] is False  # a warning is no breach
    with clock.frozen(at(48)):
        assert operations.breach([dispute.pk])[0].data["grant"] is True


def test_the_worker_reads_and_flags(dispute: Dispute) -> None:
    JournalEpoch.objects.update(epoch=F("epoch") + 1)
    with clock.frozen(at(5)):
        assert tasks.clocks() >= 1
        assert [event for event, _, _ in told()] == ["dispute.sla_warned"]
        JournalEpoch.objects.update(epoch=F("epoch") + 1)
        assert tasks.clocks() == 1  # the reader reads the flag
        assert tasks.clocks() == 0


def test_the_worker_grants_what_is_late_within_the_budget(dispute: Dispute, world: World) -> None:
    world.program.settings |= {"on_breach": "auto_accept", "auto_budget": {"count": 1}}
    world.program.save(update_fields=["settings"])
    with clock.frozen(at(48)):
        tasks.clocks()
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome, dispute.decided_by_id) == (Stage.CLOSED, "accepted", None)
    assert dispute.decision_note == "Accepted by the system: not decided in time."


def test_the_worker_leaves_what_is_late_above_the_budget_to_people(dispute: Dispute, world: World) -> None:
    world.program.settings |= {"on_breach": "auto_accept", "auto_budget": {"micros": 1}}
    world.program.save(update_fields=["settings"])
    with clock.frozen(at(48)):
        tasks.clocks()
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome) == (Stage.PENDING, None)
    assert ("dispute.sla_breached", "decision", at(48)) in told()


def test_the_worker_lets_an_unanswered_question_lapse(dispute: Dispute) -> None:
    ask(dispute, 2)
    with clock.frozen(at(74) - timedelta(microseconds=1)):
        assert tasks.lapses() == 0
    with clock.frozen(at(74)):
        assert tasks.lapses() == 1
        assert tasks.lapses() == 0
    keep()
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.info_missing) == (Stage.PENDING, True)
    assert SlaClock.objects.get(kind=ClockKind.INFO).outcome == ClockOutcome.MISSED
    assert deadlines_of([dispute.pk])[dispute.pk].breach_at == at(8)
    assert SlaClock.objects.get(kind=ClockKind.DECISION).breach_at == at(48 + 72)


def test_deadlines_tell_what_was_said_already(dispute: Dispute) -> None:
    with clock.frozen(at(4)):
        operations.breach([dispute.pk])
    found = deadlines_of([dispute.pk])[dispute.pk]
    assert (found.target_at, found.breach_at, found.is_warned, found.is_breached) == (at(4), at(8), True, False)
