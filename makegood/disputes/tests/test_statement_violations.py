"""What statements and the telling of what not to bill forbid, tried one by one."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.models import DoNotBillBatch, DoNotBillLine, StatementCredit, StatementCreditLine
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.tests.settlement import VENDOR, close, credited, leads
from makegood.ledger.models import Adjustment, Entry
from makegood.ledger.selectors.laws import broken
from makegood.ledger.tests.books import account, enter
from makegood.parties.entries import SYSTEM
from tests.refusals import refused_by, run
from tests.world import World

LEAD = {"subkind": "lead", "lead_channel": "form", "billed_at": None}
_STATEMENT = """
  INSERT INTO disputes_statement_credit
    (number, party, customer_id, vendor_id, account_key, currency, sequence, previous_id, up_to, sum_micros,
     carried_micros, settled_micros, remainder_micros, grain_micros, entry_id, external_ref)
  SELECT {columns} RETURNING id, party
"""
_LINE = """
  INSERT INTO disputes_statement_credit_line (statement_id, party, adjustment_id, micros)
  SELECT id, coalesce(%(line_party)s, party), %(adjustment)s, %(micros)s FROM written WHERE %(lined)s
"""
ORDER = ("number", "party", "customer_id", "vendor_id", "account_key", "currency", "sequence", "previous_id", "up_to",
         "sum_micros", "carried_micros", "settled_micros", "remainder_micros", "grain_micros", "entry_id",
         "external_ref")  # fmt: skip
CASTS = {"up_to": "date", "previous_id": "bigint", "customer_id": "bigint", "vendor_id": "bigint", "entry_id": "bigint"}


@pytest.fixture
def open_credit(world: World) -> Adjustment:
    """A credit of 45.00 that is on no statement."""
    (dispute,) = credited(world, 45_000_000)
    return Adjustment.objects.get(dispute_id=dispute.pk)


def write(world: World, adjustment: Adjustment | int, **facts: Any) -> None:
    """A statement with one line, in one statement of SQL."""
    values: dict[str, Any] = {
        "number": 1,
        "party": "customer",
        "customer_id": world.customer.pk,
        "vendor_id": None,
        "account_key": f"AR:{world.customer.pk}",
        "currency": "USD",
        "sequence": 1,
        "previous_id": None,
        "up_to": "2026-11-22",
        "sum_micros": -45_000_000,
        "carried_micros": 0,
        "settled_micros": -45_000_000,
        "remainder_micros": 0,
        "grain_micros": 10_000,
        "entry_id": None,
        "external_ref": "",
        "line_party": None,
        "adjustment": adjustment if isinstance(adjustment, int) else adjustment.pk,
        "micros": -45_000_000,
        "lined": True,
        **facts,
    }
    columns = ", ".join(f"%({name})s" + (f"::{CASTS[name]}" if name in CASTS else "") for name in ORDER)
    run(f"WITH written AS ({_STATEMENT.format(columns=columns)}) {_LINE}", **values)


def test_a_sound_statement_is_taken(world: World, open_credit: Adjustment) -> None:
    write(world, open_credit)
    assert StatementCredit.objects.count() == StatementCreditLine.objects.count() == 1
    assert list(broken(LAWS)) == []


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"lined": False}, "statement_sums_its_lines"),
        ({"micros": -44_999_999}, "statement_sums_its_lines"),
        ({"settled_micros": -45_010_000}, "statement_adds_up"),
        ({"sum_micros": -45_000_001, "settled_micros": -45_000_001}, "statement_in_whole_coins"),
        ({"settled_micros": -45_010_000, "remainder_micros": 10_000}, "statement_remainder_below_a_coin"),
        ({"carried_micros": 10_000, "settled_micros": -44_990_000}, "statement_begins_even"),
        ({"sequence": 2}, "statement_begins_even"),
        ({"customer_id": None}, "statement_of_one_party"),
        ({"party": "vendor"}, "statement_of_one_party"),
        ({"account_key": "AR:0"}, "statement_of_account"),
        ({"currency": "EUR"}, "statement_of_account"),
        ({"entry_id": 0}, "statement_of_entry"),
        ({"line_party": "vendor"}, "statement_line_of_statement"),
        ({"adjustment": 0}, "statement_line_of_adjustment"),
    ],
)
def test_statement_that_does_not_fit(
    world: World, open_credit: Adjustment, facts: dict[str, Any], constraint: str
) -> None:
    with refused_by(constraint):
        write(world, **{"adjustment": open_credit.pk, **facts})


def test_adjustment_on_two_statements_of_a_party(world: World, open_credit: Adjustment) -> None:
    write(world, open_credit)
    first = StatementCredit.objects.get()
    with refused_by("statement_line_once"):
        write(world, open_credit, number=2, sequence=2, previous_id=first.pk)


def test_line_that_comes_after_its_statement(world: World, open_credit: Adjustment) -> None:
    write(world, open_credit)
    (dispute,) = credited(world, 45_000_000)
    later = Adjustment.objects.get(dispute_id=dispute.pk)
    first = StatementCredit.objects.get()
    with refused_by("statement_sums_its_lines"):
        StatementCreditLine.objects.create(
            statement=first, party="customer", adjustment_id=later.pk, micros=later.amount_micros
        )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"sequence": 1, "previous_id": None}, "statement_once_in_its_chain"),
        ({"carried_micros": 2_400, "settled_micros": -45_000_000, "remainder_micros": 2_400}, "statement_carries_on"),
        ({"sequence": 3}, "statement_carries_on"),
        ({"account_key": "REV_CONTRA"}, "statement_carries_on"),
    ],
)
def test_statement_that_does_not_carry_on(world: World, facts: dict[str, Any], constraint: str) -> None:
    """The one before left 0.0012 over; the next one carries exactly that, or it is refused."""
    credited(world, 8_800)
    close("B1")
    first = StatementCredit.objects.get()
    assert first.remainder_micros == 1_200
    (dispute,) = credited(world, 45_000_000)
    adjustment = Adjustment.objects.get(dispute_id=dispute.pk)
    follows = {
        "number": 2, "sequence": 2, "previous_id": first.pk, "carried_micros": 1_200, "remainder_micros": 1_200,
    }  # fmt: skip
    facts = {**follows, **facts}
    if facts["sequence"] == 1:
        facts |= {"carried_micros": 0, "remainder_micros": 0}
    if facts.get("account_key") == "REV_CONTRA":
        facts["account_key"] = f"REV_CONTRA:{world.program.pk}"
    with refused_by(constraint):
        write(world, adjustment, **facts)
    write(world, adjustment, **follows)


def test_one_entry_for_two_statements(world: World) -> None:
    credited(world, 8_800, payout_micros=3_333)
    close()
    entry = StatementCredit.objects.get().entry_id
    (dispute,) = credited(world, 45_000_000, customer=world.other_customer)
    adjustment = Adjustment.objects.get(dispute_id=dispute.pk)
    key = f"AR:{world.other_customer.pk}"
    with refused_by("one_entry_per_statement"):
        write(world, adjustment, customer_id=world.other_customer.pk, account_key=key, entry_id=entry)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE disputes_statement_credit SET up_to = up_to + 1",
        "DELETE FROM disputes_statement_credit_line",
        "UPDATE disputes_statement_credit_line SET micros = 0",
        "UPDATE disputes_do_not_bill_batch SET number = 7",
        "DELETE FROM disputes_do_not_bill_line",
    ],
)
def test_what_was_closed_or_told_stays(world: World, change: str) -> None:
    credited(world, 45_000_000)
    credited(world, 45_000_000, program=leads(), **LEAD)
    close()
    operations.tell_not_to_bill(SYSTEM, program="leads")
    with refused_by("statement_stays"):
        run(change)


def test_what_is_told_twice_or_of_nothing(world: World) -> None:
    program = leads()
    (dispute,) = credited(world, 45_000_000, program=program, **LEAD)
    adjustment = Adjustment.objects.get(dispute_id=dispute.pk)
    batch = DoNotBillBatch.objects.create(number=1, program=program)
    facts = {"adjustment_id": adjustment.pk, "charge_id": dispute.charge_id, "micros": -1, "to_bill_micros": 0}

    def told(**changed: int) -> None:
        DoNotBillLine.objects.create(**{"batch": batch, **facts, **changed})

    with refused_by("do_not_bill_of_adjustment"):
        told(adjustment_id=0)
    with refused_by("do_not_bill_of_charge"):
        told(charge_id=0)
    with refused_by("do_not_bill_leaves_no_debt"):
        told(to_bill_micros=-1)
    told()
    with refused_by("do_not_bill_once"):
        told()


def test_rounding_that_no_statement_carries_is_reported(world: World) -> None:
    credited(world, 8_800, payout_micros=3_333)
    close()
    close(party=VENDOR)
    assert list(broken(LAWS)) == []
    enter((account("ROUNDING"), 3), (account("AR:1"), -3))
    assert [(found.law, found.found) for found in broken(LAWS)] == [
        ("the rounding account holds the remainders that are carried", "holds 4536, remainders are 4533")
    ]
    assert Entry.objects.exists()


@pytest.mark.parametrize(
    ("spoil", "laws"),
    [
        (
            "UPDATE disputes_statement_credit_line SET micros = micros - 1",
            {
                "a statement is the sum of its lines and what it carried on",
                "a line of a statement says what its adjustment says",
            },
        ),
        (
            "DELETE FROM disputes_statement_credit WHERE sequence = 1",
            {"every statement carries on the remainder of the one before"},
        ),
    ],
)
def test_laws_find_what_the_database_would_have_refused(world: World, spoil: str, laws: set[str]) -> None:
    for _ in range(2):
        credited(world, 8_800)
        close()
    run("SET LOCAL session_replication_role = replica")  # without triggers and keys
    run(spoil)
    assert {found.law for found in broken(LAWS)} == laws
    run("SET LOCAL session_replication_role = origin")
