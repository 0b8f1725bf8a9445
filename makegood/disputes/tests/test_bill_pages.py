"""A bill of many lines: read a page at a time, summed where the lines lie, judged only where they are shown."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.billing.models import Charge, Invoice
from makegood.billing.selectors import bill_numbered
from makegood.billing.selectors.bill_pages import EVERY, SIZE, line_sums
from makegood.billing.states import Subkind
from makegood.disputes.selectors.account_bills import BillSeen, account_bill
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from tests.billed import Billed, billed
from tests.world import standing_world

KINDS = (Subkind.RECURRING, Subkind.FEE, Subkind.TAX, Subkind.DATA)
MORE = 3 * SIZE + 17


@pytest.fixture
def made(db: None) -> Billed:
    return billed(standing_world("telecom_billing"))


@pytest.fixture
def rep(made: Billed) -> Principal:
    return made.world.person("csr", "rep")


def lengthened(made: Billed, bill: Invoice, more: int) -> None:
    """So many further lines of a bill, of four kinds in turn."""
    first = made.lines[bill.number][0]
    lines = []
    for n in range(more):
        line = copy.copy(first)
        line.pk, line._state = None, type(first._state)()
        line.feature_id, line.external_id = 500_000 + n, f"{bill.number}:more:{n}"
        line.feature_label, line.subkind = f"Line {n}", KINDS[n % len(KINDS)]
        line.billed_micros, line.tax_micros = 1_000_000 + n, n
        lines.append(line)
    Charge.objects.bulk_create(lines)


def seen(made: Billed, rep: Principal, bill: Invoice, **place: str) -> BillSeen:
    return account_bill(rep, made.world.customer.pk, bill.number, clock.now().date(), **place)


def corrected(made: Billed, line: Charge) -> Charge:
    """A corrected one in its place, for one micro less."""
    again = copy.copy(line)
    again.pk, again._state = None, type(line._state)()
    again.corrects_id, again.external_id = line.pk, f"{line.external_id}:again"
    again.billed_micros = line.billed_micros - 1
    again.save(force_insert=True)
    return again


def test_pages_walk_through_every_line_once_in_order(made: Billed, rep: Principal) -> None:
    bill = made.latest
    lengthened(made, bill, MORE)
    again = corrected(made, made.lines[bill.number][1])
    whole = bill_numbered(rep, bill.number)
    expected = sorted(whole.lines, key=lambda line: (EVERY.index(line.subkind), line.feature_id))
    page, pages = seen(made, rep, bill), []
    while True:
        pages.append(page)
        if not page.page.after:
            break
        page = seen(made, rep, bill, after=page.page.after)
    shown = [row.line for one in pages for row in one.page.rows]
    assert shown == expected
    assert again.pk in [line.charge_id for line in shown]
    assert [len(one.page.rows) for one in pages] == [SIZE, SIZE, SIZE, len(expected) - 3 * SIZE]
    back, page = [pages[-1]], pages[-1]
    while page.page.before:
        page = seen(made, rep, bill, before=page.page.before)
        back.append(page)
    assert [[row.line for row in one.page.rows] for one in back[::-1]] == [
        [row.line for row in one.page.rows] for one in pages
    ]
    for one in pages:
        assert (one.lines, one.lines_total, one.unexplained) == (len(expected), whole.lines_total, whole.unexplained)
        assert [row for group in one.groups for row in group.lines] == list(one.page.rows)


def test_sums_by_kind_are_those_of_the_whole_bill(made: Billed, rep: Principal) -> None:
    bill = made.latest
    lengthened(made, bill, MORE)
    corrected(made, made.lines[bill.number][0])
    lines = bill_numbered(rep, bill.number).lines
    for one in line_sums(rep, bill.pk, "USD"):
        of_kind = [line for line in lines if line.subkind == one.kind]
        assert (one.count, one.total) == (len(of_kind), sum((line.total for line in of_kind), Money(0, "USD")))
    last = seen(made, rep, bill).groups[-1]
    assert last.whole.count >= len(last.lines)


def test_a_long_bill_asks_no_more_statements_than_a_short_one(made: Billed, rep: Principal) -> None:
    def asked(**place: Any) -> int:
        with CaptureQueriesContext(connection) as statements:
            seen(made, rep, made.latest, **place)
        return len(statements)

    short = asked()
    lengthened(made, made.latest, MORE)
    long = asked()
    # A page of one kind alone needs fewer: kinds behind it are not asked for.
    assert long <= short + len(KINDS)
    lengthened_after = asked(after=seen(made, rep, made.latest).page.after)
    assert lengthened_after <= short + len(KINDS)


def test_only_the_lines_of_the_page_are_judged(made: Billed, rep: Principal) -> None:
    lengthened(made, made.latest, MORE)
    with CaptureQueriesContext(connection) as statements:
        found = seen(made, rep, made.latest)
    assert found.pickable == SIZE
    others = {line.charge_id for line in bill_numbered(rep, made.latest.number).lines}
    others -= {row.line.charge_id for row in found.page.rows}
    assert not [pk for pk in others if pk and any(f", {pk}," in one["sql"] for one in statements)]
