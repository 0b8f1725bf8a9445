"""What the ledger forbids, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from makegood.ledger.models import Account, Adjustment, ChargeBalance, Hold, Posting
from makegood.ledger.tests.books import CHARGE, DISPUTE, TEN, account, adjust, balance, enter, hold
from tests.refusals import refused_by, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def disputed() -> ChargeBalance:
    """One charge with one dispute on it."""
    opened = balance()
    hold()
    return opened


@pytest.fixture
def credit(disputed: ChargeBalance) -> int:
    """A credit of 10.00, tax 0.80, claw-back 6.00."""
    return adjust(tax=-800_000, clawback=-6_000_000)


def change(**columns: Any) -> None:
    ChargeBalance.objects.filter(pk=CHARGE).update(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"held_micros": TEN + 1},
        {"credited_micros": TEN + 1},
        {"held_micros": TEN, "credited_micros": 1},
        {"held_micros": -1},
        {"credited_micros": -1},
        {"held_micros": -1, "credited_micros": TEN},
    ],
)
def test_held_and_credited_outside_of_what_was_billed(disputed: ChargeBalance, columns: dict[str, int]) -> None:
    with refused_by("no_over_credit"):
        change(**columns)


def test_everything_billed_may_be_held_or_credited(disputed: ChargeBalance) -> None:
    change(held_micros=3_000_000, credited_micros=7_000_000)
    disputed.refresh_from_db()
    assert (disputed.held_micros, disputed.credited_micros) == (3_000_000, 7_000_000)


@pytest.mark.parametrize("clawed", [6_000_001, -1])
def test_claw_back_outside_of_the_payout(disputed: ChargeBalance, clawed: int) -> None:
    with refused_by("no_over_clawback"):
        change(clawed_micros=clawed)


@pytest.mark.parametrize("credited", [800_001, -1])
def test_tax_credit_outside_of_the_tax(disputed: ChargeBalance, credited: int) -> None:
    with refused_by("no_over_tax_credit"):
        change(tax_credited_micros=credited)


@pytest.mark.parametrize(
    "columns",
    [
        {"billed_micros": F("billed_micros") + 1},
        {"tax_micros": 0},
        {"payout_micros": 0},
        {"currency": "EUR"},
        {"payout_currency": "EUR"},
        {"charge_id": CHARGE + 1},
    ],
)
def test_amounts_of_the_charge_in_its_balance_are_fixed(disputed: ChargeBalance, columns: dict[str, Any]) -> None:
    with refused_by("balance_copies_fixed"):
        change(**columns)


@pytest.mark.parametrize("facts", [{"charge_id": CHARGE + 1}, {"currency": "EUR"}])
def test_hold_of_another_charge_or_currency(disputed: ChargeBalance, facts: dict[str, Any]) -> None:
    with refused_by("hold_of_charge"):
        hold(DISPUTE + 1, **facts)


def test_hold_below_zero(disputed: ChargeBalance) -> None:
    with refused_by("hold_not_negative"):
        Hold.objects.filter(pk=DISPUTE).update(held_micros=-1)


def test_balance_of_a_charge_with_holds_stays(disputed: ChargeBalance) -> None:
    with refused_by("hold_of_charge"):
        run("DELETE FROM ledger_charge_balance")


def test_two_accounts_of_one_key_and_currency() -> None:
    account("AR:1")
    with refused_by("account_once"):
        Account.objects.create(key="AR:1", kind="AR", currency="USD")


def test_entry_without_postings() -> None:
    with refused_by("ledger_entry_has_postings"):
        run("INSERT INTO ledger_entry (at, kind, origin) VALUES (now(), 'credit', 'test')")


def test_entry_with_one_posting() -> None:
    line = account("AR:1")
    with refused_by("ledger_entry_has_postings"):
        enter((line, 1))


@pytest.mark.parametrize("last", [-TEN + 1, -TEN - 1, TEN])
def test_entry_that_does_not_sum_to_zero(last: int) -> None:
    lines = [(account("AR:1"), TEN), (account("REV_CONTRA:1"), last)]
    with refused_by("ledger_entry_balances"):
        enter(*lines)


def test_entry_that_sums_to_zero_only_across_currencies() -> None:
    lines = [(account("AR:1"), TEN), (account("REV_CONTRA:1", "EUR"), -TEN)]
    with refused_by("ledger_entry_balances"):
        enter(*lines)


def test_one_more_posting_on_a_finished_entry() -> None:
    line = account("AR:1")
    entry = enter((line, TEN), (account("REV_CONTRA:1"), -TEN))
    with refused_by("ledger_entry_balances"):
        Posting.objects.create(entry_id=entry, account=line, currency="USD", micros=1)


def test_a_second_balanced_set_of_postings_on_a_finished_entry() -> None:
    left, right = account("AR:1"), account("REV_CONTRA:1")
    entry = enter((left, TEN), (right, -TEN))
    with refused_by("ledger_entry_is_whole"):
        Posting.objects.bulk_create(
            [
                Posting(entry_id=entry, account=at, currency="USD", micros=micros)
                for at, micros in ((left, 1), (right, -1))
            ]
        )


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "ledger_adjustment"])
def test_history_is_not_emptied(credit: int, table: str) -> None:
    with refused_by("ledger_kept"):
        run(f"TRUNCATE {table} CASCADE")


def test_posting_of_no_entry() -> None:
    line = account("AR:1")
    with refused_by("posting_of_entry"):
        Posting.objects.bulk_create(
            [Posting(entry_id=999_999, account=line, currency="USD", micros=micros) for micros in (1, -1)]
        )


def test_posting_in_another_currency_than_its_account() -> None:
    lines = [(account("AR:1"), TEN), (account("REV_CONTRA:1"), -TEN)]
    with refused_by("posting_account_currency"):
        enter(*lines, currency="EUR")


def test_posting_of_nothing() -> None:
    lines = [(account("AR:1"), 0), (account("REV_CONTRA:1"), 0)]
    with refused_by("posting_not_zero"):
        enter(*lines)


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "ledger_adjustment"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_history_is_neither_changed_nor_removed(credit: int, table: str, statement: str) -> None:
    with refused_by("ledger_append_only"):
        run(statement.format(table))


def test_adjustment_of_a_dispute_without_hold(disputed: ChargeBalance) -> None:
    with refused_by("adjustment_of_hold"):
        adjust(dispute_id=DISPUTE + 1)


@pytest.mark.parametrize("facts", [{"charge_id": CHARGE + 1}, {"currency": "EUR"}])
def test_adjustment_that_disagrees_with_its_hold(disputed: ChargeBalance, facts: dict[str, Any]) -> None:
    balance(CHARGE + 1)
    with refused_by("adjustment_of_hold"):
        adjust(**facts)


def test_adjustment_of_no_entry(disputed: ChargeBalance) -> None:
    with refused_by("adjustment_of_entry"):
        adjust(entry_id=999_999)


def test_two_adjustments_of_one_entry(credit: int) -> None:
    entry = Adjustment.objects.get(pk=credit).entry_id
    with refused_by("one_entry_per_adjustment"):
        adjust(round=2, entry_id=entry)


def test_second_credit_in_a_round(credit: int) -> None:
    with refused_by("one_credit_per_round"):
        adjust(key="another")


def test_same_key_twice(credit: int) -> None:
    with refused_by("adjustment_once"):
        adjust(round=2, key=f"credit:{DISPUTE}:1")


def test_round_below_one(disputed: ChargeBalance) -> None:
    with refused_by("adjustment_round"):
        adjust(round=0)


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("credit", {"amount": 0}),
        ("credit", {"amount": 1}),
        ("credit", {"amount": -1, "tax": 1}),
        ("credit", {"amount": -1, "clawback": 1}),
        ("reversal", {"amount": -TEN, "parent": True}),
        ("reversal", {"amount": TEN, "tax": -1, "parent": True}),
        ("reversal", {"amount": TEN, "clawback": -1, "parent": True}),
        ("reversal_fee", {"amount": -1, "parent": True}),
        ("reversal_fee", {"amount": 1, "clawback": 1, "parent": True}),
        ("gift", {"amount": -1, "parent": True}),
    ],
)
def test_sign_that_does_not_fit_the_kind(credit: int, kind: str, figures: dict[str, Any]) -> None:
    facts = {name: value for name, value in figures.items() if name != "parent"}
    parent = credit if "parent" in figures else None
    with refused_by("adjustment_sign"):
        adjust(kind, round=2, parent_id=parent, **facts)


@pytest.mark.parametrize("kind", ["reversal", "reversal_fee"])
def test_reversal_or_fee_without_parent(disputed: ChargeBalance, kind: str) -> None:
    with refused_by("adjustment_has_parent"):
        adjust(kind, TEN)


def test_credit_with_a_parent(credit: int) -> None:
    with refused_by("adjustment_has_parent"):
        adjust(round=2, parent_id=credit)


def test_fee_on_a_credit(credit: int) -> None:
    with refused_by("adjustment_order"):
        adjust("reversal_fee", 5_000_000, parent_id=credit)


def test_reversal_of_another_disputes_credit(credit: int) -> None:
    hold(DISPUTE + 1)
    with refused_by("adjustment_order"):
        inverse_of(credit, dispute_id=DISPUTE + 1)


def test_reversal_of_a_reversal(credit: int) -> None:
    reversal = inverse_of(credit)
    with refused_by("adjustment_order"):
        adjust("reversal", TEN, parent_id=reversal, key="again")


@pytest.mark.parametrize("figure", ["amount", "tax", "clawback"])
@pytest.mark.parametrize("off", [1, -1])
def test_reversal_off_by_one_micro(credit: int, figure: str, off: int) -> None:
    exact = {"amount": TEN, "tax": 800_000, "clawback": 6_000_000}
    with refused_by("adjustment_inverse"):
        adjust("reversal", parent_id=credit, **{**exact, figure: exact[figure] + off})


def test_second_reversal_of_a_credit(credit: int) -> None:
    inverse_of(credit)
    with refused_by("one_child_per_adjustment"):
        inverse_of(credit, key="again")


def test_second_fee_on_a_reversal(credit: int) -> None:
    reversal = inverse_of(credit)
    adjust("reversal_fee", 5_000_000, parent_id=reversal)
    with refused_by("one_child_per_adjustment"):
        adjust("reversal_fee", 1, parent_id=reversal, key="again")


def inverse_of(credit: int, **facts: Any) -> int:
    """The exact inverse of the credit."""
    return adjust("reversal", **{"amount": TEN, "tax": 800_000, "clawback": 6_000_000, "parent_id": credit, **facts})


def test_credit_reversal_and_fee_pass(credit: int) -> None:
    with transaction.atomic():
        adjust("reversal_fee", 5_000_000, tax=1, parent_id=inverse_of(credit))
        adjust(round=2)
    kinds = Adjustment.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["credit", "reversal", "reversal_fee", "credit"]
