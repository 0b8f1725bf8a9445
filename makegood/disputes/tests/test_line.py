"""The line of the lane: order, who is left out, places; and the times of decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import AssignItem, DecisionItem, DeskTimeItem, Ref, SnoozeItem
from makegood.disputes.models import Decision, DeskTime, Dispute, SlaClock
from makegood.disputes.selectors.leases import lease_of
from makegood.disputes.selectors.line import line_of
from makegood.disputes.selectors.queue import QueueQuery
from makegood.disputes.selectors.replies import reply_of
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit, DecisionKind
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.world import DisputeMaker, World


def ask(vendor: int = 0) -> QueueQuery:
    """Everything that waits, or what concerns a vendor."""
    return QueueQuery(tab="pending", midnight=clock.now(), vendor=vendor)


def numbers(principal: Principal, query: QueueQuery | None = None) -> list[str]:
    return [row.number for row in line_of(principal, query or ask()).rows]


def promise(dispute: Dispute, hours: int) -> None:
    """A running clock of the decision."""
    now = clock.now()
    SlaClock.objects.create(
        dispute=dispute, round=1, kind=ClockKind.DECISION, unit=ClockUnit.WALL, started_by=dispute.pk, started_at=now,
        breach_at=now + timedelta(hours=hours), outcome=ClockOutcome.RUNNING,
    )  # fmt: skip


def test_what_is_promised_first_comes_first_and_the_rest_by_arrival(
    make_dispute: DisputeMaker, manager: Principal
) -> None:
    first, second, third = (make_dispute() for _ in range(3))
    promise(third, 2)
    promise(second, 4)
    assert numbers(manager) == [str(third), str(second), str(first)]
    assert [row.number for row in line_of(manager, ask()).next(but=[third.pk], limit=1)] == [str(second)]
    assert line_of(manager, ask()).place(second.pk).number == 2
    assert line_of(manager, ask()).place(0).number is None
    assert line_of(manager, ask()).place(0).of_text == "3"


def test_a_program_in_order_of_arrival_knows_no_haste(
    world: World, make_dispute: DisputeMaker, manager: Principal
) -> None:
    first, second = make_dispute(), make_dispute()
    promise(second, 1)
    change_settings(SYSTEM, program=world.program, settings={"queue": {"order": "fifo"}})
    assert numbers(manager) == [str(first), str(second)]


def test_who_works_on_what_leaves_the_line_of_others(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    taken, given, off, free = (make_dispute() for _ in range(4))
    steps = (
        operations.claim(other_manager, items=[Ref(taken.pk)]),
        operations.assign(manager, items=[AssignItem(given.pk, other_manager.id)]),
        operations.snooze(manager, items=[SnoozeItem(off.pk, clock.now() + timedelta(hours=1))]),
    )
    assert [answer.message for step in steps for answer in step if not answer.ok] == []
    assert numbers(manager) == [str(free)]
    assert numbers(other_manager) == [str(taken), str(given), str(off), str(free)]
    lease = lease_of(manager, taken.pk)
    assert lease is not None
    assert lease.who == "other_manager"
    assert lease_of(other_manager, taken.pk) is None
    with clock.shifted(timedelta(hours=2)):
        assert numbers(manager) == [str(taken), str(off), str(free)]
        assert lease_of(manager, taken.pk) is None


def test_the_line_stays_inside_scope_and_filters(
    world: World, make_dispute: DisputeMaker, manager: Principal, buyer: Principal, vendor: Principal
) -> None:
    mine, other = make_dispute(), make_dispute(vendor=world.other_vendor)
    operations.claim(manager, items=[Ref(mine.pk)])
    assert numbers(manager, ask(vendor=world.other_vendor.pk)) == [str(other)]
    assert numbers(manager, QueueQuery(tab="mine", midnight=clock.now())) == [str(mine)]
    assert numbers(vendor) == []
    operations.decide(manager, items=[DecisionItem(mine.pk, DecisionKind.ACCEPT)])
    assert numbers(manager) == [str(other)]


def test_times_of_a_decision_are_kept_once_and_only_for_one_s_own(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal
) -> None:
    dispute = make_dispute()
    item = DeskTimeItem(dispute.pk, 7_400, 3_100, sought=True)
    (early,) = operations.keep_desk_times(manager, items=[item])
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.REJECT, note="An ordinary call.")])
    (stranger,) = operations.keep_desk_times(other_manager, items=[item])
    assert (early.code, stranger.code) == ("NOT_FOUND", "NOT_FOUND")
    assert DeskTime.objects.count() == 0
    for decision_ms in (-5, 10**12, 7_400):
        (kept,) = operations.keep_desk_times(manager, items=[DeskTimeItem(dispute.pk, decision_ms, 3_100, sought=True)])
        assert kept.ok, kept
        assert 0 <= DeskTime.objects.get().decision_ms <= 24 * 3_600_000
    time = DeskTime.objects.get()
    assert (time.decision_ms, time.listened_ms, time.sought) == (7_400, 3_100, True)
    assert time.decision_id == Decision.objects.get().pk
    assert str(time) == f"{time.decision_id}: 7400 ms"


@pytest.mark.parametrize(
    ("kind", "micros", "sentence"),
    [
        (DecisionKind.ACCEPT, None, "accepted, $45.00 is credited."),
        (DecisionKind.PARTIAL, 15_000_000, "accepted in part, $15.00 of $45.00 is credited."),
        (DecisionKind.REJECT, None, "rejected, the charge of $45.00 stands."),
    ],
)
def test_a_reply_says_the_decision_what_was_heard_and_the_guideline(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal, kind: DecisionKind, micros: int | None,
    sentence: str,
) -> None:  # fmt: skip
    dispute = make_dispute()
    assert reply_of(manager, dispute.pk) == ""
    item = DecisionItem(dispute.pk, kind, micros, "Thank you.", ("PRICE_SHOPPER",))
    (answer,) = operations.decide(manager, items=[item])
    assert answer.ok, answer
    said = reply_of(manager, dispute.pk)
    assert said.startswith(f"{dispute}: {sentence} Heard: price shopper. Guideline: ")
    assert said.endswith("Thank you.")
    assert reply_of(buyer, dispute.pk) == ""
