"""Forty connections credit 3.00 of a charge of 10.00: three pass, by the law; without lock and law, all do."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from makegood.journal.operations import actor_parameters
from makegood.kernel import sql
from makegood.ledger.models import Adjustment, ChargeBalance, Hold
from makegood.ledger.posting import open_accounts
from makegood.ledger.selectors import proof
from makegood.parties.entries import SYSTEM
from tests.concurrency.threads import all_of
from tests.refusals import constraint_of, run

RACERS = 40
THREE, TEN = 3_000_000, 10_000_000
CHARGE = 5
KEYS = ("AR:1", "REV_CONTRA:1", "AP:1", "PAYOUT_CONTRA:1")

HOLD = """
WITH to_hold AS (
  SELECT %(dispute)s::bigint AS dispute_id, %(charge)s::bigint AS charge_id, %(micros)s::bigint AS micros
),
{part}
SELECT dispute_id FROM held
"""
CREDIT = """
WITH to_credit AS (
  SELECT %(dispute)s::bigint AS dispute_id, %(charge)s::bigint AS charge_id, 'USD' AS currency,
         'USD' AS payout_currency, 1 AS round, %(micros)s::bigint AS credit_micros, 0::bigint AS tax_micros,
         1000000::bigint AS clawback_micros, false AS non_billable,
         nextval('ledger_entry_id_seq') AS entry_id, 'AR:1' AS receivable_key, 'REV_CONTRA:1' AS revenue_key,
         'TAX:none' AS tax_key, 'AP:1' AS payable_key, 'PAYOUT_CONTRA:1' AS payout_contra_key
),
{part}
SELECT id FROM adjusted
"""


@pytest.fixture
def charge(transactional_db: None) -> None:
    """A charge of 10.00 with a payout of 6.00, and a hold for each racer."""
    ChargeBalance.objects.create(
        charge_id=CHARGE, currency="USD", billed_micros=TEN, payout_currency="USD", payout_micros=6_000_000
    )
    Hold.objects.bulk_create([Hold(dispute_id=n, charge_id=CHARGE, currency="USD") for n in range(1, RACERS + 1)])
    open_accounts((key, "USD") for key in KEYS)


def credit_three(dispute: int) -> str:
    """Hold and credit 3.00 by the ledger's own parts; the name of the law that refused, or nothing."""
    params = {"dispute": dispute, "charge": CHARGE, "micros": THREE}
    try:
        with transaction.atomic():
            run(HOLD.format(part=sql.load("ledger.place_holds")), **params)
            run(CREDIT.format(part=sql.load("ledger.post_credits")), **params, at=actor_parameters(SYSTEM)["at"])
    except DatabaseError as error:
        return constraint_of(error)
    return ""


@pytest.mark.usefixtures("charge")
def test_forty_credits_of_three_on_a_charge_of_ten_let_three_through() -> None:
    refused = Counter(all_of([partial(credit_three, dispute) for dispute in range(1, RACERS + 1)]))
    assert refused == {"": 3, "no_over_credit": 37}
    balance = ChargeBalance.objects.get()
    assert (balance.credited_micros, balance.held_micros, balance.clawed_micros) == (3 * THREE, 0, 3_000_000)
    assert Adjustment.objects.count() == 3
    assert proof().holds


@pytest.mark.usefixtures("charge")
def test_forty_holds_of_three_on_a_charge_of_ten_let_three_through() -> None:
    def place(dispute: int) -> str:
        try:
            run(HOLD.format(part=sql.load("ledger.place_holds")), dispute=dispute, charge=CHARGE, micros=THREE)
        except DatabaseError as error:
            return constraint_of(error)
        return ""

    refused = Counter(all_of([partial(place, dispute) for dispute in range(1, RACERS + 1)]))
    assert refused == {"": 3, "no_over_credit": 37}
    assert ChargeBalance.objects.get().held_micros == 3 * THREE
    assert proof().holds


@pytest.fixture
def lawless(transactional_db: None) -> Iterator[None]:
    """A balance of 10.00 in a table without any law."""
    run("CREATE TABLE lawless_balance AS SELECT 10000000::bigint AS billed_micros, 0::bigint AS credited_micros")
    run("CREATE TABLE lawless_credit (micros bigint)")
    yield
    run("DROP TABLE lawless_balance, lawless_credit")


def judge_then_credit(lock: str, judged: Callable[[], object]) -> bool:
    """Read what is left, and credit 3.00 of it when that is enough."""
    with transaction.atomic():
        ((left,),) = run(f"SELECT billed_micros - credited_micros FROM lawless_balance {lock}")  # noqa: S608
        judged()
        if left < THREE:
            return False
        run("INSERT INTO lawless_credit VALUES (3000000)")
        run("UPDATE lawless_balance SET credited_micros = credited_micros + 3000000")
        return True


@pytest.mark.usefixtures("lawless")
def test_without_the_lock_the_race_lets_more_than_three_through() -> None:
    everybody_judged = threading.Barrier(RACERS, timeout=30)
    passed = Counter(all_of([partial(judge_then_credit, "", everybody_judged.wait)] * RACERS))
    assert passed == {True: RACERS}
    assert run("SELECT count(*), sum(micros) FROM lawless_credit") == [(RACERS, RACERS * THREE)]


@pytest.mark.usefixtures("lawless")
def test_with_the_lock_the_same_code_lets_three_through() -> None:
    passed = Counter(all_of([partial(judge_then_credit, "FOR UPDATE", lambda: None)] * RACERS))
    assert passed == {True: 3, False: RACERS - 3}
    assert run("SELECT count(*), sum(micros) FROM lawless_credit") == [(3, 3 * THREE)]
