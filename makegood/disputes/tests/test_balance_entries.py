"""The running balance a page at a time: every page stands on the sum of what is newer, whatever its length."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.billing.models import Charge, Invoice, Payment
from makegood.billing.states import InvoiceStatus
from makegood.disputes.selectors import balance_entries
from makegood.disputes.selectors.balance import balances
from makegood.disputes.selectors.balance_entries import Ledger, ledgers, streamed_entries
from makegood.disputes.tests.test_accounts import credited, file
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from tests.billed import Billed, billed
from tests.world import standing_world

SIZE = 7


@pytest.fixture
def made(db: None) -> Billed:
    return billed(standing_world("telecom_billing"))


@pytest.fixture
def rep(made: Billed) -> Principal:
    return made.world.person("csr", "rep")


def paid(made: Billed, count: int) -> None:
    """So many payments, three of each moment."""
    now, first = clock.now(), Payment.objects.count()
    Payment.objects.bulk_create(
        Payment(
            customer=made.world.customer, paid_at=now - timedelta(days=n // 3), currency="USD", micros=1_000_000 + n,
            method="Card", external_source="test", external_id=f"P-{first + n}",
        )
        for n in range(count)
    )  # fmt: skip


def walked(made: Billed, rep: Principal) -> list[Ledger]:
    """All pages, from the newest to the oldest."""
    (page,) = ledgers(rep, made.world.customer.pk)
    pages = [page]
    while page.page.after:
        (page,) = ledgers(rep, made.world.customer.pk, "USD", page.page.after)
        pages.append(page)
    return pages


def test_pages_make_one_running_balance(made: Billed, rep: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance_entries, "SIZE", SIZE)
    monkeypatch.setattr(balance_entries, "STREAMED", SIZE + 4)
    paid(made, 20)
    credited(made.world, file(rep, made.lines[made.latest.number][1].pk))
    pages = walked(made, rep)
    entries = [one for page in pages for one in page.entries]
    assert sorted(one.kind for one in entries) == ["bill"] * 3 + ["credit"] + ["payment"] * 20
    assert entries == sorted(entries, key=lambda one: (one.at, one.rank, one.id), reverse=True)
    assert [len(page.entries) for page in pages] == [SIZE, SIZE, SIZE, 3]
    running = balances(rep, made.world.customer.pk)[0].left
    for page in pages:
        for one in page.entries:
            assert one.running == running
            running = running - one.amount
        assert page.opening == running
    assert running == Money(0, "USD")
    assert list(streamed_entries(rep, made.world.customer.pk)) == entries


def test_the_way_back_shows_the_same_pages(made: Billed, rep: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance_entries, "SIZE", SIZE)
    paid(made, 18)
    Invoice.objects.filter(pk=made.bills[0].pk).update(status=InvoiceStatus.PAID)
    pages = walked(made, rep)
    page = pages[-1]
    for expected in pages[-2::-1]:
        (page,) = ledgers(rep, made.world.customer.pk, "USD", before=page.page.before)
        assert page.entries == expected.entries
    assert not page.page.before


def test_a_long_history_asks_no_more_statements(made: Billed, rep: Principal) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            ledgers(rep, made.world.customer.pk)
        return len(statements)

    paid(made, 3)
    few = asked()
    paid(made, 400)
    assert asked() == few
    (page,) = ledgers(rep, made.world.customer.pk)
    assert len(page.entries) == balance_entries.SIZE


def test_charges_billed_without_a_bill_are_said_at_once_for_every_currency(made: Billed, rep: Principal) -> None:
    customer = made.world.customer.pk
    (one,) = balances(rep, customer)
    assert not any("one by one" in said for said in one.unknown)
    alone = made.world.charge(customer=made.world.customer, billed_at=clock.now())
    Charge.objects.filter(pk=alone.pk).update(invoice=None)
    with CaptureQueriesContext(connection) as statements:
        (one,) = balances(rep, customer)
    assert one.unknown[-1] == "Charges that were billed one by one, without a bill, are not in it."
    assert sum("LIMIT 1000" in said["sql"] for said in statements) == 1
