"""The demo's bills and leads as they are made up, before anything is imported."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from makegood.project.demo.contests import Contest, Did
from makegood.project.demo.leads import generator
from makegood.project.demo.leads.cast import CREDITS, DAILY_CAP, PRO_BY_NUMBER, REVIEWS
from makegood.project.demo.leads.past import past as leads_past
from makegood.project.demo.telecom import mobile, usage
from makegood.project.demo.telecom.accounts import ACCOUNTS, MONTHS, VANS, Plot
from makegood.project.demo.telecom.bills import Bill, bills, months
from makegood.project.demo.telecom.files import write_bills, write_usage
from makegood.project.demo.telecom.past import past

NOW = datetime(2026, 3, 25, 15, 17, 33, tzinfo=UTC)
DAYS = [date(2026, 3, 25), date(2026, 1, 1), date(2026, 3, 31), date(2028, 2, 29), date(2026, 12, 6), date(2026, 12, 7)]


@pytest.fixture(scope="module")
def made() -> list[Bill]:
    return list(bills(NOW.date(), 42))


def newest(made: list[Bill], plot: Plot) -> tuple[Bill, Bill]:
    """The last bill of an account with that plot, and the one before."""
    own = [bill for bill in made if bill.account.plot is plot]
    number = own[-1].account.number
    last = [bill for bill in own if bill.account.number == number][-2:]
    return last[1], last[0]


@pytest.mark.parametrize("today", DAYS)
def test_thirteen_months_follow_each_other_and_are_billed_already(today: date) -> None:
    found = months(today)
    assert len(found) == MONTHS
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(start.day == end.day == 1 for start, end in found)
    assert today - timedelta(days=37) <= found[-1][1] <= today - timedelta(days=6)


def test_every_account_gets_a_bill_a_month_with_lines_of_its_own(made: list[Bill]) -> None:
    assert len(made) == MONTHS * len(ACCOUNTS)
    assert len({bill.number for bill in made}) == len(made)
    assert len({line.feature for bill in made for line in bill.lines}) == sum(len(bill.lines) for bill in made)
    assert len({(bill.account.number, bill.period) for bill in made}) == len(made)


def test_the_same_day_gives_the_same_bills(made: list[Bill]) -> None:
    assert list(bills(NOW.date(), 42)) == made
    assert list(bills(NOW.date(), 43)) != made


def test_lines_multiply_and_tax_is_of_the_line(made: list[Bill]) -> None:
    for bill in made:
        for line in bill.lines:
            if line.price:
                assert line.net * line.parts == line.quantity * line.price
            exact = Decimal(line.net) * bill.account.tax_rate / 10_000
            assert abs(line.tax - exact) <= Decimal("0.5")


def test_the_worked_example_is_there(made: list[Bill]) -> None:
    by_number = {bill.number: bill for bill in made}
    (feature,) = [line for line in by_number[1_984_950].lines if line.feature == 10_986]
    (fee,) = [line for line in by_number[1_003_324].lines if line.feature == 103_254]
    assert (feature.net, fee.net, fee.description) == (495, 999, "MONTHLY FEE")
    assert by_number[1_003_324].period == 21_180_214
    (record,) = [r for r in usage.records(by_number[1_984_950], MONTHS - 1, 42) if r.id == usage.RECORD]
    assert record.micros == 1_500_000


def test_plots_bend_the_newest_bill(made: list[Bill]) -> None:
    after, before = newest(made, Plot.PROMOTION_ENDED)
    assert after.total - before.total > 3_000
    spike, usual = newest(made, Plot.USAGE_SPIKE)
    minutes = [next(line.quantity for line in bill.lines if line.type == "usage") for bill in (spike, usual)]
    assert minutes[0] > 4 * minutes[1]
    for plot, words in (
        (Plot.PRORATION, "not used"),
        (Plot.NEW_ADD_ON, "Premium support"),
        (Plot.CREDIT, "Outage credit"),
        (Plot.DOUBLE_CHARGE, "Late payment fee"),
    ):
        said = [" ".join(line.description for line in bill.lines) for bill in newest(made, plot)]
        assert [words in text for text in said] == [True, False], plot
    dearer, cheaper = (next(iter(bill.lines)).net for bill in newest(made, Plot.PRICE_RISE))
    two_months = [bill for bill in made if bill.account.plot is Plot.PRICE_RISE][-3]
    assert dearer == cheaper > next(iter(two_months.lines)).net


def test_one_bill_has_every_change(made: list[Bill]) -> None:
    after, before = newest(made, Plot.MANY)
    sums: list[Counter[str]] = [Counter(), Counter()]
    for bill, found in zip((before, after), sums, strict=True):
        for line in bill.lines:
            found[line.description] += line.net
    changes = {name: (sums[0][name], sums[1][name]) for name in {*sums[0], *sums[1]}}
    assert changes["Premium Voice"] == (0, 1_999)
    assert changes["Fax line"] == (500, 0)
    assert changes["Fiber 300"] == (5_900, 6_740)
    assert changes["Static addresses"][0] > changes["Static addresses"][1] > 0
    assert changes["Mobile data"][1] > 2 * changes["Mobile data"][0]
    assert changes["Technician visit"] == (0, 1_200)
    assert changes["Outage credit"] == (0, -800)
    assert sum(line.tax for line in after.lines) > sum(line.tax for line in before.lines)
    (part,) = [line for line in after.lines if line.description == "Static addresses"]
    assert part.covers == (after.starts_on, after.starts_on + timedelta(days=15))
    assert len([line for line in after.lines if line.detail]) > 40


def test_the_files_say_what_the_bills_say(made: list[Bill], tmp_path: Path) -> None:
    file = tmp_path / "bills.csv"
    assert write_bills(file, made) == sum(len(bill.lines) for bill in made)
    with file.open(newline="", encoding="ascii") as lines:
        rows = list(csv.DictReader(lines))
    sums = Counter[int]()
    for row in rows:
        sums[int(row["invoice_number"])] += int((Decimal(row["net"]) + Decimal(row["tax"])) * 100)
    assert sums == {bill.number: bill.total for bill in made}
    assert write_usage(tmp_path / "usage.csv", made, 42) == 120


@pytest.mark.parametrize("today", DAYS)
def test_mobile_records_stand_on_their_bills_or_wait(today: date) -> None:
    made = list(bills(today, 42))
    found = list(mobile.uses(made, today, 42))
    assert found == list(mobile.uses(made, today, 42))
    assert len({use.id for use in found}) == len(found) > 500
    assert all(use.at.date() < today and use.micros > 0 for use in found)
    own = {bill.number: bill for bill in made if bill.account is VANS}
    sums = Counter[int]()
    for use in found:
        sums[use.bill] += use.micros
        if use.bill:
            assert own[use.bill].starts_on <= use.at.date() < own[use.bill].ends_on
    billed = {number: -(-micros // 10_000) for number, micros in sums.items() if number}
    assert billed == {number: cents for number, bill in own.items() if (cents := mobile.cents_of(bill, 42))}
    data = Counter[date]()
    for use in found:
        if use.bill == max(own) and use.kind == "data":
            data[use.at.date()] += use.parts
    (most, _), (second, _) = data.most_common(2)
    assert abs((most - second).days) == 1


def test_the_third_filing_is_the_worked_example(made: list[Bill]) -> None:
    found = past(made, seed=42, now=NOW)
    assert found[2].items == ("1003324/103254",)
    assert [deed.did for deed in found[2].deeds] == [Did.ADJUST, Did.REVERSE, Did.FEE, Did.CLOSE]
    assert len(found) > 40
    check_order(found)


@pytest.mark.parametrize("program", [CREDITS, REVIEWS])
def test_leads_have_ids_of_their_own_and_lie_in_the_last_month(program: str) -> None:
    found = generator.leads(program, NOW, 42)
    assert len({lead.id for lead in found}) == len(found) > 150
    assert all(NOW - timedelta(days=32) < lead.at < NOW for lead in found)
    assert {lead.pro.program for lead in found} == {program}
    assert found == generator.leads(program, NOW, 42)


def test_leads_at_the_edge_of_their_windows() -> None:
    age = {lead.id: NOW - lead.at for program in (CREDITS, REVIEWS) for lead in generator.leads(program, NOW, 42)}
    assert age[generator.INSIDE] < timedelta(hours=96) < age[generator.OUTSIDE]
    assert age[generator.SEVEN_DAYS] == timedelta(days=7)


@pytest.mark.parametrize("program", [CREDITS, REVIEWS])
def test_nobody_asks_for_more_credits_a_day_than_the_limit(program: str) -> None:
    leads = generator.leads(program, NOW, 42)
    found = leads_past(program, leads, seed=42, now=NOW)
    check_order(found)
    of = {lead.id: lead.pro.number for lead in leads}
    days = Counter((of[contest.items[0]], contest.filed_at.date()) for contest in found)
    assert program == REVIEWS or max(days.values()) <= DAILY_CAP
    assert {of[contest.items[0]] for contest in found} <= set(PRO_BY_NUMBER)


def check_order(found: list[Contest]) -> None:
    """Each contest is filed after the one before, and its deeds follow its filing."""
    assert [contest.filed_at for contest in found] == sorted(contest.filed_at for contest in found)
    for contest in found:
        times = [contest.filed_at, *(deed.at for deed in contest.deeds)]
        assert times == sorted(times)
        assert contest.filed_at < NOW
