"""Clocks as rows: kept by a reader of the journal, the same whenever and however often it reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref
from makegood.disputes.models import Dispute, SlaClock
from makegood.disputes.operations.keep_clocks import READER
from makegood.disputes.selectors.clocks import deadlines_of
from makegood.disputes.states import ClockKind, ClockOutcome, DecisionKind
from makegood.journal import operations as journal
from makegood.journal.models import JournalCursor, JournalEpoch, JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

SLA = {
    "first_touch": {"target_hours": 4, "breach_hours": 8},
    "decision": {"target_hours": 24, "breach_hours": 48},
    "info": {"hours": 72},
    "re_review": {"target_hours": 12, "breach_hours": 24},
}
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def with_sla(program: Program, **sla: Any) -> None:
    program.settings["sla"] = sla
    program.save(update_fields=["settings"])


@pytest.fixture
def timed(world: World) -> World:
    """The marketplace with a clock of every kind."""
    with_sla(world.program, **SLA)
    return world


def tell(dispute: Dispute, event: str, **changes: Any) -> None:
    """Write an event as its verb does."""
    journal.record(
        SYSTEM,
        verb=event,
        event=f"dispute.{event}",
        object_kind="dispute",
        object_id=dispute.pk,
        program_id=dispute.program_id,
        changes=changes,
    )


def keep(limit: int = 5_000) -> int:
    """Let the reader read what this test's own, still open transaction wrote: events of a past epoch are all done."""
    JournalEpoch.objects.update(epoch=F("epoch") + 1)
    return operations.keep_clocks(limit=limit)


def rows() -> list[tuple[Any, ...]]:
    """Every clock as it is, but for its id."""
    names = [field.attname for field in SlaClock._meta.concrete_fields if field.attname != "id"]
    return sorted(SlaClock.objects.values_list(*names), key=str)


def of(dispute: Dispute, kind: ClockKind) -> SlaClock:
    return SlaClock.objects.get(dispute=dispute, kind=kind)


@pytest.mark.parametrize("sla", ["24h", [24], {"decision": 24}, {"decision": {"target_hours": 10**9}}])
def test_settings_that_cannot_be_read_stop_no_clock_but_their_own(
    timed: World, make_dispute: DisputeMaker, sla: object, caplog: pytest.LogCaptureFixture
) -> None:
    dispute = make_dispute()
    timed.program.settings["sla"] = sla
    timed.program.save(update_fields=["settings"])
    keep()
    assert not SlaClock.objects.filter(kind=ClockKind.DECISION).exists()
    assert "has no decision clock" in caplog.text
    assert [answer.code for answer in operations.breach([dispute.pk])] == ["NO_CLOCK_DUE"]


def test_filing_writes_no_clock_and_reading_writes_two(timed: World, make_dispute: DisputeMaker) -> None:
    with clock.frozen(NOON):
        dispute = make_dispute()
    assert rows() == []
    with clock.shifted(timedelta(days=9)):
        assert keep() > 0
    first, decision = of(dispute, ClockKind.FIRST_TOUCH), of(dispute, ClockKind.DECISION)
    assert (first.started_at, first.target_at, first.breach_at) == (
        NOON,
        NOON + timedelta(hours=4),
        NOON + timedelta(hours=8),
    )
    assert (decision.started_at, decision.target_at, decision.breach_at, decision.round) == (
        NOON,
        NOON + timedelta(hours=24),
        NOON + timedelta(hours=48),
        1,
    )
    assert {first.outcome, decision.outcome} == {ClockOutcome.RUNNING}


def test_the_real_verbs_move_the_clocks(timed: World, make_dispute: DisputeMaker, manager: Principal) -> None:
    with clock.frozen(NOON):
        dispute = make_dispute()
    with clock.frozen(NOON + timedelta(hours=1)):
        assert operations.claim(manager, items=[Ref(dispute.pk)])[0].ok
    with clock.frozen(NOON + timedelta(hours=2)):
        assert operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])[0].ok
        keep()
        stopped = of(dispute, ClockKind.DECISION)
        assert (stopped.outcome, stopped.stopped_at) == (ClockOutcome.MET, clock.now())
        assert operations.undo(manager, items=[Ref(dispute.pk)])[0].ok
        keep()
    assert of(dispute, ClockKind.FIRST_TOUCH).stopped_at == NOON + timedelta(hours=1)
    again = of(dispute, ClockKind.DECISION)
    assert (again.outcome, again.stopped_at, again.breach_at) == (
        ClockOutcome.RUNNING,
        None,
        NOON + timedelta(hours=48),
    )


def test_withdrawing_stops_everything(timed: World, make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    assert operations.withdraw(buyer, items=[Ref(dispute.pk)])[0].ok
    keep()
    assert set(SlaClock.objects.values_list("outcome", flat=True)) == {ClockOutcome.MET}
    assert deadlines_of([dispute.pk]) == {}


def a_long_story(dispute: Dispute) -> None:
    """Every event that clocks listen to, hours apart."""
    events: tuple[tuple[str, dict[str, Any]], ...] = (
        ("claimed", {}),
        ("info_requested", {}),
        ("info_provided", {}),
        ("decided", {}),
        ("undone", {}),
        ("sla_warned", {"clock": "decision"}),
        ("info_requested", {}),
        ("info_lapsed", {}),
        ("sla_breached", {"clock": "decision"}),
        ("decided", {}),
        ("closed", {}),
        ("reopened", {"round": 2}),
        ("decided", {}),
        ("closed", {}),
        ("re_review_requested", {"round": 3}),
        ("withdrawn", {}),
    )
    for hour, (event, changes) in enumerate(events, start=1):
        with clock.frozen(NOON + timedelta(hours=3 * hour)):
            tell(dispute, event, **changes)


@pytest.mark.parametrize("limit", [1, 3, 5_000])
def test_replaying_gives_the_same_rows_whatever_the_batch(timed: World, make_dispute: DisputeMaker, limit: int) -> None:
    with clock.frozen(NOON):
        disputes = [make_dispute() for _ in range(3)]
    for dispute in disputes:
        a_long_story(dispute)
    while keep(limit):
        pass
    before = rows()
    assert len(before) == 3 * 6
    assert operations.rebuild_clocks() > 0
    assert rows() == before
    with unchanged():
        assert operations.keep_clocks() == 0


def test_what_breaks_off_is_read_again(
    timed: World, make_dispute: DisputeMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and cursor are one transaction: after a crash between them nothing is there, and nothing is lost."""
    a_long_story(make_dispute())

    def crash(*_: object) -> None:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as broken:
        broken.setattr(journal, "advance", crash)
        JournalEpoch.objects.update(epoch=F("epoch") + 1)
        with unchanged(), pytest.raises(RuntimeError, match="out of memory"):
            operations.keep_clocks()
    keep()
    before = rows()
    operations.rebuild_clocks()
    assert rows() == before != []


def test_a_program_without_profiles_has_no_clocks(world: World, make_dispute: DisputeMaker) -> None:
    with_sla(world.program, info=None)
    dispute = make_dispute()
    a_long_story(dispute)
    keep()
    assert rows() == []
    assert JournalCursor.objects.get(reader=READER).event_id > 0


def test_a_profile_nobody_can_read_is_logged_and_holds_nobody_up(
    world: World, make_dispute: DisputeMaker, caplog: pytest.LogCaptureFixture
) -> None:
    with_sla(world.program, decision={"target_hours": "soon"}, first_touch={"target_hours": 4}, calendar="none-such")
    make_dispute()
    keep()
    assert list(SlaClock.objects.values_list("kind", flat=True)) == ["first_touch"]
    assert 'not to "soon"' in caplog.text
    assert '"none-such", which does not exist' in caplog.text


def test_business_days_are_those_of_the_program_s_calendar(
    world: World, make_dispute: DisputeMaker, manager: Principal
) -> None:
    calendar = operations.set_federal_calendar(SYSTEM, key="us", zone="America/New_York", first=2026, last=2026)
    with_sla(world.program, decision={"target_business_days": 2, "breach_business_days": 3}, calendar="us")
    with clock.frozen(datetime(2026, 11, 24, 20, tzinfo=UTC)):  # the Tuesday before Thanksgiving
        dispute = make_dispute()
    keep()
    decision = of(dispute, ClockKind.DECISION)
    assert decision.calendar_id == calendar.pk
    assert decision.target_at == datetime(2026, 11, 28, 5, tzinfo=UTC)  # Friday night
    assert decision.breach_at == datetime(2026, 12, 1, 5, tzinfo=UTC)
    # It goes on by the calendar it was started with, even if the program counts by another one by now.
    with_sla(world.program, decision={"target_business_days": 2, "breach_business_days": 3})
    with clock.frozen(datetime(2026, 11, 25, 20, tzinfo=UTC)):
        tell(dispute, "info_requested")
    with clock.frozen(datetime(2026, 11, 30, 20, tzinfo=UTC)):
        tell(dispute, "info_provided")
    keep()
    assert of(dispute, ClockKind.DECISION).target_at == datetime(2026, 12, 2, 5, tzinfo=UTC)


def test_without_a_calendar_the_program_s_zone_counts(world: World, make_dispute: DisputeMaker) -> None:
    with_sla(world.program, decision={"target_business_days": 1})
    with clock.frozen(datetime(2026, 11, 20, 20, tzinfo=UTC)):
        dispute = make_dispute()
    keep()
    assert of(dispute, ClockKind.DECISION).target_at == datetime(2026, 11, 24, tzinfo=UTC)


def test_the_queue_reads_the_earliest_limit_that_runs(timed: World, make_dispute: DisputeMaker) -> None:
    with clock.frozen(NOON):
        fresh, claimed, asked = make_dispute(), make_dispute(), make_dispute()
        for dispute in (claimed, asked):
            tell(dispute, "claimed")
        tell(asked, "info_requested")
    keep()
    found = deadlines_of([fresh.pk, claimed.pk, asked.pk])
    assert {pk: one.breach_at for pk, one in found.items()} == {
        fresh.pk: NOON + timedelta(hours=8),
        claimed.pk: NOON + timedelta(hours=48),
    }
    assert {pk: one.target_at for pk, one in found.items()} == {
        fresh.pk: NOON + timedelta(hours=4),
        claimed.pk: NOON + timedelta(hours=24),
    }


def test_later_events_of_a_dispute_come_later_whatever_their_transactions(
    timed: World, make_dispute: DisputeMaker
) -> None:
    """Who waits for a lock may have begun first: the reading order then turns round what happened to a dispute."""
    with clock.frozen(NOON):
        dispute = make_dispute()
    submitted = JournalEvent.objects.get(event="dispute.submitted")
    JournalEvent.objects.create(
        epoch=submitted.epoch,
        written_by="3",
        at=NOON + timedelta(hours=1),
        object_kind="dispute",
        object_id=dispute.pk,
        program_id=dispute.program_id,
        verb="claim",
        event="dispute.claimed",
    )
    keep()
    assert of(dispute, ClockKind.FIRST_TOUCH).outcome == ClockOutcome.MET
