"""Credits on items that no bill holds yet: told once, on no statement, and not lost when they are billed anyway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, WordsItem
from makegood.disputes.models import Dispute, DoNotBillBatch, DoNotBillLine
from makegood.disputes.selectors import billed_nevertheless as billed_nevertheless_read
from makegood.disputes.selectors.billed_nevertheless import (
    billed_nevertheless,
    every_billed_nevertheless,
    sums_billed_nevertheless,
)
from makegood.disputes.selectors.do_not_bill import told_in
from makegood.disputes.tests.settlement import bill, books, check_books_hold, close, credited, figures, leads
from makegood.imports.entries import Options
from makegood.imports.operations import import_calls
from makegood.imports.tests.logs import call, write_csv
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.kernel.paging import mark_of
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.models import Program
from tests.refusals import refused, unchanged
from tests.world import World

LAW = "what was told not to be billed was not billed, or came back"
LEAD = {"subkind": "lead", "lead_channel": "form", "billed_at": None}


@pytest.fixture
def program(world: World) -> Program:
    """A program of leads that can be disputed before they are billed; a mistake can be put right."""
    return leads()


@pytest.fixture
def dropped(world: World, program: Program) -> Dispute:
    """An unbilled lead of 45.00 that was accepted."""
    (dispute,) = credited(world, 45_000_000, program=program, **LEAD)
    return dispute


def tell(**facts: datetime) -> int:
    batch = operations.tell_not_to_bill(SYSTEM, program="leads", **facts)
    assert batch is not None
    return batch


def told(batch: int) -> list[tuple[str, int, int]]:
    """Instruction, change and what is left to bill, item by item."""
    lines = told_in(SYSTEM, program="leads", batch=batch)
    return [(line.instruction, line.micros, line.to_bill_micros) for line in lines]


def test_an_unbilled_credit_is_told_and_not_settled(world: World, dropped: Dispute) -> None:
    accrued = {f"ACCRUED:{world.customer.pk}": -45_000_000}
    assert books() == accrued
    with unchanged():
        assert close() == []
    batch = tell()
    assert told(batch) == [("do not bill", -45_000_000, 0)]
    (line,) = told_in(SYSTEM, program="leads", batch=batch)
    assert line.as_json() == {
        "batch": f"X-{batch}",
        "instruction": "do not bill",
        "external_source": "test",
        "external_id": dropped.charge.external_id,
        "usage_id": dropped.charge.usage_id,
        "customer": "B1",
        "dispute": dropped.label,
        "currency": "USD",
        "change": "-45.00",
        "left_to_bill": "0.00",
        "decided_at": line.at.isoformat(),
    }
    assert books() == accrued
    check_books_hold()


def test_nothing_is_told_twice_and_nothing_is_lost(world: World, program: Program, dropped: Dispute) -> None:
    first = tell()
    with unchanged():
        assert operations.tell_not_to_bill(SYSTEM, program="leads") is None
    credited(world, 20_000_000, 30_000_000, program=program, **LEAD)
    second = tell()
    assert {change for _, change, _ in told(second)} == {-20_000_000, -30_000_000}
    assert told(first) == [("do not bill", -45_000_000, 0)]
    assert DoNotBillLine.objects.count() == 3
    events = JournalEvent.objects.filter(event="do_not_bill.told").order_by("id")
    assert [(event.program_id, event.changes) for event in events] == [
        (program.pk, {"number": f"X-{first}", "lines": 1}),
        (program.pk, {"number": f"X-{second}", "lines": 2}),
    ]


def test_only_later_ones_are_told_when_asked_so_and_the_rest_stays(
    world: World, program: Program, dropped: Dispute
) -> None:
    with clock.shifted(timedelta(minutes=5)):
        since = clock.now()
        credited(world, 20_000_000, program=program, **LEAD)
        assert told(tell(since=since)) == [("do not bill", -20_000_000, 0)]
        assert told(tell()) == [("do not bill", -45_000_000, 0)]


def test_a_partial_leaves_the_rest_to_bill_and_a_reversal_all_of_it(world: World, program: Program) -> None:
    program.settings |= {"decisions": ["accept", "partial", "reject"]}
    program.save(update_fields=["settings"])
    (dispute,) = credited(world, 20_000_000, program=program, **LEAD, tax_micros=1_000_000)
    assert told(tell()) == [("do not bill", -21_000_000, 0)]
    (back,) = operations.correct(SYSTEM, items=[WordsItem(dispute.pk, "It was a customer after all")])
    assert back.ok, back
    assert told(tell()) == [("bill in full", 21_000_000, 21_000_000)]
    assert books() == {}
    check_books_hold()


def test_a_credit_and_its_reversal_in_one_batch_leave_it_as_it_is(world: World, dropped: Dispute) -> None:
    operations.correct(SYSTEM, items=[WordsItem(dropped.pk, "It was a customer after all")])
    assert told(tell()) == [("bill in full", 0, 45_000_000)]


def test_what_is_billed_nevertheless_is_noticed_and_comes_back_with_the_next_statement(
    world: World, dropped: Dispute
) -> None:
    tell()
    bill(dropped.charge_id)
    check_books_hold(but=(LAW,))
    (line,) = billed_nevertheless(SYSTEM, program="leads").rows
    assert (line.external_id, line.micros) == (dropped.charge.external_id, -45_000_000)
    key = f"AR:{world.customer.pk}"
    assert figures(close("B1")[0]) == [(key, 1, -45_000_000, 0, -45_000_000, 0)]
    assert books() == {key: -45_000_000}
    assert billed_nevertheless(SYSTEM, program="leads").rows == ()
    check_books_hold()
    with unchanged():
        assert close() == []


def test_what_is_billed_nevertheless_is_paged_and_summed(
    world: World, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billed_nevertheless_read, "SIZE", 2)
    told_off = [dispute for _ in range(5) for dispute in credited(world, 20_000_000, program=program, **LEAD)]
    tell()
    for dispute in told_off:
        bill(dispute.charge_id)
    pages, page = [], billed_nevertheless(SYSTEM, program="leads")
    while page.rows:
        pages.append(page.rows)
        page = billed_nevertheless(SYSTEM, program="leads", after=page.after) if page.after else type(page)(())
    assert [row.external_id for rows in pages for row in rows] == [one.charge.external_id for one in told_off]
    assert [len(rows) for rows in pages] == [2, 2, 1]
    last = billed_nevertheless(SYSTEM, program="leads", after=mark_of(pages[1][-1], billed_nevertheless_read.ORDER))
    assert billed_nevertheless(SYSTEM, program="leads", before=last.before).rows == pages[1]
    assert list(every_billed_nevertheless(SYSTEM, program="leads")) == [row for rows in pages for row in rows]
    (sum_,) = sums_billed_nevertheless(SYSTEM, program="leads")
    assert (sum_.items, sum_.changes, sum_.amount) == (5, 5, Money(-100_000_000, "USD"))


def test_what_is_billed_in_full_as_the_last_batch_told_is_no_break(world: World, dropped: Dispute) -> None:
    tell()
    operations.correct(SYSTEM, items=[WordsItem(dropped.pk, "It was a customer after all")])
    tell()
    bill(dropped.charge_id)
    assert billed_nevertheless(SYSTEM, program="leads").rows == ()
    check_books_hold()


def test_what_is_billed_before_it_was_told_is_settled_and_not_told_any_more(world: World, dropped: Dispute) -> None:
    bill(dropped.charge_id)
    check_books_hold()
    with unchanged():
        assert operations.tell_not_to_bill(SYSTEM, program="leads") is None
    assert figures(close("B1")[0]) == [(f"AR:{world.customer.pk}", 1, -45_000_000, 0, -45_000_000, 0)]
    check_books_hold()


def test_a_sub_cent_credit_that_is_billed_nevertheless_is_rounded_with_the_rest(world: World, program: Program) -> None:
    (dispute,) = credited(world, 4_400, program=program, **LEAD)
    credited(world, 4_400)
    tell()
    bill(dispute.charge_id)
    key = f"AR:{world.customer.pk}"
    assert figures(close("B1")[0]) == [(key, 2, -8_800, 0, -10_000, 1_200)]
    assert books() == {key: -10_000, "ROUNDING": 1_200}
    check_books_hold()


def test_a_prepaid_customer_gets_it_back_to_the_balance(world: World, dropped: Dispute) -> None:
    world.customer.billing_mode = "prepaid"
    world.customer.save(update_fields=["billing_mode"])
    tell()
    bill(dropped.charge_id)
    close("B1")
    assert books() == {f"WALLET:{world.customer.pk}": -45_000_000}
    check_books_hold()


def test_a_reversal_after_it_was_billed_nevertheless_is_settled_too(world: World, dropped: Dispute) -> None:
    tell()
    bill(dropped.charge_id)
    close("B1")
    operations.correct(SYSTEM, items=[WordsItem(dropped.pk, "It was a customer after all")])
    with unchanged():
        assert operations.tell_not_to_bill(SYSTEM, program="leads") is None
    assert figures(close("B1")[0]) == [(f"AR:{world.customer.pk}", 1, 45_000_000, 0, 45_000_000, 0)]
    assert books() == {}
    check_books_hold()


def import_one(tmp_path: Path, **facts: str) -> tuple[int, int, list[str]]:
    """Imported, updated, and the codes of what was rejected."""
    file = write_csv(tmp_path / "calls.csv", [call(**facts)])
    rejects = tmp_path / "rejects.csv"
    answer = import_calls(SYSTEM, path=file, options=Options(program="leads", rejects=rejects))
    codes = [line.split(",")[2] for line in rejects.read_text().splitlines()[1:]] if answer.tally.rejected else []
    return answer.tally.imported, answer.tally.updated, codes


@pytest.fixture
def imported(world: World, program: Program, tmp_path: Path) -> Charge:
    """A call that came unbilled, with the price it is going to have; disputed, accepted and told."""
    assert import_one(tmp_path, converted="no")[0] == 1
    Charge.objects.filter(external_id="c1").update(billed_micros=99_500_000, payout_micros=60_000_000)
    charge = Charge.objects.get(external_id="c1")
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    Charge.objects.filter(pk=charge.pk).update(recording_enabled=True)
    with clock.frozen(at):
        (filed,) = operations.submit(SYSTEM, items=[SubmitItem(charge.pk, "SPAM", "A robot spoke")])
        assert filed.ok, filed
    return charge


def test_an_import_bills_what_is_in_dispute_for_the_same_amount(imported: Charge, tmp_path: Path) -> None:
    assert import_one(tmp_path) == (0, 1, [])
    imported.refresh_from_db()
    assert imported.billed_at is not None
    assert imported.billed_micros == 99_500_000
    check_books_hold()


@pytest.mark.parametrize("facts", [{"revenue": "12.00"}, {"payout": "1.00"}, {"vendor_id": "V2"}, {"buyer_id": "B2"}])
def test_an_import_that_says_another_amount_is_rejected_and_noticed(
    imported: Charge, tmp_path: Path, facts: dict[str, str]
) -> None:
    with unchanged(but=("imports_batch",)):
        _, updated, codes = import_one(tmp_path, **facts)
    assert updated == 0
    assert [code in {"CHARGE_CHANGED", "CHARGE_DISPUTED"} for code in codes] == [True]
    imported.refresh_from_db()
    assert (imported.billed_at, imported.billed_micros) == (None, 99_500_000)


def test_an_unbilled_item_without_a_price_cannot_be_disputed_for_money(world: World, program: Program) -> None:
    charge = world.charge(program=program, billed_micros=0, payout_micros=0, **LEAD)
    with unchanged():
        (answer,) = operations.submit(SYSTEM, items=[SubmitItem(charge.pk, "SPAM", "A robot spoke")])
    refused(answer, "AMOUNT_EXCEEDS_REMAINING", "Only $0.00 of this charge is left.")


def test_who_may_not_close_statements_tells_nothing(world: World, dropped: Dispute, buyer: Principal) -> None:
    with unchanged(), pytest.raises(NotPermitted):
        operations.tell_not_to_bill(buyer, program="leads")
    batch = tell()
    with pytest.raises(NotPermitted):
        told_in(buyer, program="leads", batch=batch)


def test_a_program_out_of_scope_does_not_exist(world: World, dropped: Dispute, manager: Principal) -> None:
    scope = type(manager.scope)(programs=(world.program.pk,))
    bound = Principal(**{**vars(manager), "scope": scope})
    with unchanged(), pytest.raises(NotFound):
        operations.tell_not_to_bill(bound, program="leads")
    batch = tell()
    with pytest.raises(NotFound):
        told_in(bound, program="leads", batch=batch)
    with pytest.raises(NotFound):
        billed_nevertheless(bound, program="leads")


def test_a_batch_that_is_not_there_is_not_found(world: World, program: Program) -> None:
    with pytest.raises(NotFound):
        told_in(SYSTEM, program="leads", batch=4_711)
    assert not DoNotBillBatch.objects.exists()
