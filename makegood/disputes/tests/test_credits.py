"""Credits by bill: the sums are those of the ledger, whatever was credited, reversed and charged, in any order."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from makegood.billing.models import BillPeriod
from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, FeeItem, ReverseItem, SubmitItem
from makegood.disputes.selectors import credits as selector
from makegood.disputes.selectors.credits import credit_page, credits_of, every_credit
from makegood.disputes.states import PartyKind
from makegood.kernel import clock
from makegood.ledger.models import Adjustment
from makegood.ledger.states import AdjustmentKind
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.operations import change_settings
from tests.world import World

FEES = {"reversal_fee": {"default": "5.00", "max": "25.00"}, "fee_tax_rate": "0.08", "auto_close": False}
ZONE = "America/New_York"


def settle() -> None:
    operations.settle_statements(SYSTEM, party=PartyKind.CUSTOMER, up_to=clock.now().date(), numbers=None)


def shuffled(world: World, draw: random.Random, rounds: int) -> None:
    """Credits in two currencies, some reversed, some of those with a fee, statements closed in between."""
    change_settings(SYSTEM, program=world.program, settings=FEES)
    for _ in range(rounds):
        currency = draw.choice(["USD", "USD", "EUR"])
        charge = world.charge(currency=currency, payout_currency=currency, tax_micros=draw.choice([0, 3_600_000]))
        (filed,) = operations.submit(SYSTEM, items=[SubmitItem(charge.pk, "SPAM", "A robot spoke")])
        micros = draw.choice([45_000_000, 22_500_000, 1, 33_333_333])
        verbs: list[tuple[Any, Any]] = [(operations.adjust, AdjustItem(filed.id or 0, micros, note="As heard."))]
        verbs += [(operations.reverse, ReverseItem(filed.id or 0))] if draw.random() < 0.5 else []
        verbs += [(operations.apply_fee, FeeItem(filed.id or 0))] if len(verbs) > 1 and currency == "USD" else []
        for verb, item in verbs:
            (answer,) = verb(SYSTEM, items=[item])
            assert answer.ok, answer
            if draw.random() < 0.2:
                settle()


@pytest.mark.parametrize("seed", range(2))
def test_sums_are_those_of_the_ledger(
    seed: int, world: World, buyer: Principal, csr: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selector, "SIZE", 4)
    shuffled(world, random.Random(seed), 9)  # noqa: S311 - a draw of examples
    ledger = {
        currency: (count, net, tax)
        for currency, count, net, tax in Adjustment.objects.order_by("currency")
        .values_list("currency")
        .annotate(n=Sum(1), net=Sum("amount_micros"), tax=Sum("tax_micros"))
    }
    for who in (buyer, csr):
        page = credit_page(who, customer_id=world.customer.pk, zone=ZONE)
        assert {t.net.currency: (t.count, t.net.micros, t.tax.micros) for t in page.totals} == ledger
        seen = list(page.rows)
        while page.older:
            page = credit_page(who, customer_id=world.customer.pk, zone=ZONE, before=int(page.older))
            seen += page.rows
        assert [row.id for row in seen] == list(Adjustment.objects.order_by("-id").values_list("pk", flat=True))
        assert seen == list(every_credit(who, customer_id=world.customer.pk, zone=ZONE, period=None))
        running: Counter[str] = Counter()
        for row in reversed(seen):
            running[row.total.currency] += row.total.micros
            assert row.running.micros == running[row.total.currency]
        by_period = [row for one in page.periods for row in every_credit(
            who, customer_id=world.customer.pk, zone=ZONE, period=one.key)]  # fmt: skip
        assert sorted(row.id for row in by_period) == sorted(row.id for row in seen)
        for one in page.periods:
            rows = [row for row in seen if row.period == one.key]
            for total in one.totals:
                mine = [row.total.micros for row in rows if row.total.currency == total.net.currency]
                assert (total.count, total.total.micros) == (len(mine), sum(mine))


def test_it_says_on_which_bill_a_credit_stands(world: World, buyer: Principal) -> None:
    today = clock.now().date()
    BillPeriod.objects.create(
        customer=world.customer, number=21180214, starts_on=today - timedelta(days=9), ends_on=today + timedelta(days=9)
    )
    change_settings(SYSTEM, program=world.program, settings=FEES)
    charge = world.charge()
    (filed,) = operations.submit(SYSTEM, items=[SubmitItem(charge.pk, "SPAM", "A robot spoke")])
    operations.adjust(SYSTEM, items=[AdjustItem(filed.id or 0, 45_000_000, note="As heard.")])
    (row,) = credits_of(buyer, filed.id or 0)
    assert (row.kind, row.stands_on, row.total.micros) == (AdjustmentKind.CREDIT, "", -45_000_000)
    settle()
    (row,) = credits_of(buyer, filed.id or 0)
    assert (row.stands_on, row.period) == ("bill 21180214", "bill-21180214")
    page = credit_page(buyer, customer_id=world.customer.pk, zone=ZONE, period=row.period)
    assert page.period is not None
    assert (page.period.words, page.period.first_day) == ("Bill 21180214", today - timedelta(days=9))
    assert page.period.last_day == today + timedelta(days=8)
    assert credit_page(buyer, customer_id=world.customer.pk, zone=ZONE, period="bill-1").period is None


def test_a_month_is_that_of_the_reader(world: World, buyer: Principal) -> None:
    shuffled(world, random.Random(1), 1)  # noqa: S311 - a draw of examples
    rows = Adjustment.objects.order_by("id")
    (month,) = {one.key for one in credit_page(buyer, customer_id=world.customer.pk, zone="UTC").periods}
    assert month == f"{rows[0].at:%Y-%m}"


def test_credits_of_others_are_not_there(
    world: World, buyer: Principal, other_buyer: Principal, csr: Principal
) -> None:
    shuffled(world, random.Random(3), 2)  # noqa: S311 - a draw of examples
    dispute = Adjustment.objects.values_list("dispute_id", flat=True)[0]
    page = credit_page(other_buyer, customer_id=world.customer.pk, zone=ZONE)
    assert (page.rows, page.periods, credits_of(other_buyer, dispute)) == ((), (), [])
    with pytest.raises(NotFound):
        selector.credited_customer(other_buyer, world.customer.pk)
    assert selector.credited(other_buyer, "acme") == []
    assert [one.name for one in selector.credited(csr, "acme")] == ["Acme Plumbing"]
    assert [one.number for one in selector.credited(csr, "b1")] == ["B1"]
