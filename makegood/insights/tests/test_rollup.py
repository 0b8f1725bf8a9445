"""The roll-up counts what METRICS asks for, by the day of the charge in the program's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.insights.models import CohortDay, DirtyDay
from makegood.insights.operations import fold, refresh
from makegood.insights.tests.world import catch_up, imported, release_journal, stored
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.operations import zone_named
from tests.world import World

DAY = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
NOTE = "Heard it in full."


def charge(world: World, at: datetime = DAY, **overrides: object) -> Charge:
    return world.charge(occurred_at=at, received_at=at, billed_at=at, **overrides)


def file(buyer: Principal, *charges: Charge, reason: str = "SPAM") -> list[int]:
    answers = operations.submit(buyer, items=[SubmitItem(c.pk, reason, "Automated voice") for c in charges])
    assert all(answer.ok for answer in answers), answers
    return [answer.id or 0 for answer in answers]


def decide(manager: Principal, disputes: Sequence[int], kind: DecisionKind, micros: int | None = None) -> None:
    items = [DecisionItem(pk, kind, micros, note=NOTE) for pk in disputes]
    assert all(answer.ok for answer in operations.decide(manager, items=items))


def commit() -> None:
    with clock.shifted(timedelta(minutes=5)):
        operations.commit_due()


def only_row(**filters: object) -> CohortDay:
    return CohortDay.objects.get(**filters)


def test_billed_charges_are_counted_by_day_and_parties(world: World) -> None:
    charge(world)
    charge(world, billed_micros=1)
    charge(world, at=DAY + timedelta(days=1))
    world.charge(occurred_at=DAY, received_at=DAY, billed_at=None, billed_micros=0)
    imported(world.program, "2026-11-10", "2026-11-11")
    catch_up()
    row = only_row(day=date(2026, 11, 10))
    assert (row.charges, row.billed, row.billed_micros, row.payout_micros) == (3, 2, 45_000_001, 90_000_000)
    assert (row.customer_id, row.vendor_id, row.reason_id, row.currency) == (
        world.customer.pk,
        world.vendor.pk,
        None,
        "USD",
    )
    assert only_row(day=date(2026, 11, 11)).charges == 1


def test_a_day_is_one_of_the_programs_zone(world: World) -> None:
    Program.objects.filter(pk=world.program.pk).update(zone=zone_named("America/Los_Angeles"))
    charge(world, at=datetime(2026, 11, 11, 3, 0, tzinfo=UTC))
    imported(world.program, "2026-11-11")
    catch_up()
    assert only_row().day == date(2026, 11, 10)


def test_each_outcome_is_counted_with_its_money(world: World, buyer: Principal, manager: Principal) -> None:
    charges = [charge(world) for _ in range(5)]
    full, part, refused, waiting, taken_back = file(buyer, *charges)
    decide(manager, [full], DecisionKind.ACCEPT)
    decide(manager, [part], DecisionKind.PARTIAL, 20_000_000)
    decide(manager, [refused], DecisionKind.REJECT)
    commit()
    with clock.shifted(timedelta(hours=1)):
        operations.withdraw(buyer, items=[Ref(taken_back)])
    catch_up()
    row = only_row(reason__code="SPAM")
    counts = (row.disputes, row.accepted, row.accepted_partial, row.rejected, row.withdrawn, row.open, row.closed)
    assert counts == (5, 1, 1, 1, 1, 1, 0)
    assert (row.invalid, row.automatic, row.credits, row.reversals) == (2, 0, 2, 0)
    assert (row.asked_micros, row.decided_asked_micros, row.decided_micros) == (225_000_000, 135_000_000, 65_000_000)
    assert (row.credited_micros, row.clawed_micros) == (65_000_000, 30_000_000 + 13_333_333)
    assert (row.charges, row.billed_micros) == (0, 0)
    assert waiting


def test_a_decision_in_its_undo_window_is_open(world: World, buyer: Principal, manager: Principal) -> None:
    decide(manager, file(buyer, charge(world)), DecisionKind.ACCEPT)
    catch_up()
    row = only_row(reason__code="SPAM")
    assert (row.open, row.accepted, row.credited_micros, row.decided_asked_micros) == (1, 0, 0, 0)


def test_what_was_withdrawn_within_ten_minutes_does_not_count(world: World, buyer: Principal) -> None:
    soon, late = file(buyer, charge(world), charge(world))
    for dispute, minutes in ((soon, 10), (late, 11)):
        submitted = Dispute.objects.get(pk=dispute).submitted_at
        assert submitted is not None
        with clock.frozen(submitted + timedelta(minutes=minutes)):
            operations.withdraw(buyer, items=[Ref(dispute)])
    catch_up()
    row = only_row(reason__code="SPAM")
    assert (row.disputes, row.withdrawn, row.asked_micros) == (1, 1, 45_000_000)


def test_what_quality_assurance_opened_counts_as_money_and_not_as_dispute(
    world: World, buyer: Principal, manager: Principal
) -> None:
    [dispute] = file(buyer, charge(world))
    Dispute.objects.filter(pk=dispute).update(origin="qa_proactive")
    decide(manager, [dispute], DecisionKind.ACCEPT)
    commit()
    catch_up()
    row = only_row(reason__code="SPAM")
    assert (row.disputes, row.accepted, row.invalid, row.credited_micros) == (0, 0, 1, 45_000_000)


def test_reasons_vendors_and_currencies_stand_apart(world: World, buyer: Principal) -> None:
    file(buyer, charge(world), reason="SPAM")
    file(buyer, charge(world, vendor=world.other_vendor), reason="BOT")
    file(buyer, charge(world, vendor=None, payout_currency="EUR", payout_micros=0), reason="BOT")
    catch_up()
    found = CohortDay.objects.filter(reason__isnull=False).values_list("reason__code", "vendor", "payout_currency")
    assert sorted(found, key=str) == sorted(
        [("SPAM", world.vendor.pk, "USD"), ("BOT", world.other_vendor.pk, "USD"), ("BOT", None, "EUR")], key=str
    )


def test_a_correction_leaves_no_residue(world: World) -> None:
    one = world.charge(occurred_at=DAY, received_at=DAY, billed_at=None, billed_micros=0)
    imported(world.program, "2026-11-10")
    catch_up()
    assert {row.customer_id for row in CohortDay.objects.all()} == {world.customer.pk}
    Charge.objects.filter(pk=one.pk).update(customer=world.other_customer)
    imported(world.program, "2026-11-10")
    catch_up()
    assert {row.customer_id for row in CohortDay.objects.all()} == {world.other_customer.pk}
    Charge.objects.filter(pk=one.pk).delete()
    imported(world.program, "2026-11-10")
    catch_up()
    assert stored() == []


@pytest.mark.parametrize("event", ["dispute.claimed", "dispute.released", "dispute.decided", "dispute.undone"])
def test_what_changes_no_figure_marks_no_day(world: World, buyer: Principal, manager: Principal, event: str) -> None:
    [dispute] = file(buyer, charge(world))
    catch_up()
    if event in {"dispute.claimed", "dispute.released"}:
        assert operations.claim(manager, items=[Ref(dispute)])[0].ok
    if event == "dispute.released":
        assert operations.release(manager, items=[Ref(dispute)])[0].ok
    if event in {"dispute.decided", "dispute.undone"}:
        decide(manager, [dispute], DecisionKind.ACCEPT)
    if event == "dispute.undone":
        assert operations.undo(manager, items=[Ref(dispute)])[0].ok
    release_journal()
    assert fold() > 0
    assert not DirtyDay.objects.exists()


def test_marked_days_are_taken_the_latest_first(world: World) -> None:
    imported(world.program, "2026-11-10")
    release_journal()
    fold()
    assert DirtyDay.objects.count() == 3
    assert refresh(limit=1) == 1
    assert list(DirtyDay.objects.order_by("day").values_list("day", flat=True)) == [
        date(2026, 11, 9),
        date(2026, 11, 10),
    ]
    assert (refresh(), refresh()) == (2, 0)


def test_an_import_without_program_marks_every_program(world: World) -> None:
    imported(Program(pk=None), "2026-11-10")
    release_journal()
    fold()
    assert DirtyDay.objects.filter(day=date(2026, 11, 10)).count() == Program.objects.count()
