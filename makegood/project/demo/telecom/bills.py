"""Thirteen months of bills, each with lines that add up. Pure: the same day gives the same bills, to the cent.

An account's plot bends its newest bills: a promotion ends, usage spikes, a change of plan is prorated, an add-on
appears, a credit is given, a price rises, something is charged twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from makegood.project.demo.dice import dice
from makegood.project.demo.telecom import accounts, riverside
from makegood.project.demo.telecom.accounts import ACCOUNTS, MONTHS, Account, Plot
from makegood.project.demo.telecom.lines import Line, minutes_net

_FIRST_NUMBER, _STRIDE = 1_984_350, 50
_FIRST_FEATURE = 200_001
_DUE_AFTER = timedelta(days=20)
_SETTLED = timedelta(days=6)
_OLD_INVOICE, _OLD_FEATURE, _OLD_PERIOD = 1_003_324, 103_254, 21_180_214
_FEATURE = 10_986
_FIRST_PERIOD = 21_180_290
_LAST = MONTHS - 1
LATE_FEE = "Late payment fee"
WORKED_MONTH = 2
"""The month, counted from the oldest, of the bill that dispute D-10003 is about."""


@dataclass(frozen=True)
class Bill:
    """One month of one account: ``[starts_on, ends_on)``; ``month`` 0 is the oldest."""

    number: int
    period: int
    account: Account
    month: int
    starts_on: date
    ends_on: date
    lines: tuple[Line, ...]

    @property
    def issued_on(self) -> date:
        """The day after the month."""
        return self.ends_on

    @property
    def due_on(self) -> date:
        """Twenty days later."""
        return self.ends_on + _DUE_AFTER

    @property
    def total(self) -> int:
        """What is asked for, in cents."""
        return sum(line.net + line.tax for line in self.lines)


def months(today: date) -> list[tuple[date, date]]:
    """The last thirteen months whose bill came days ago, oldest first, each from its first day to the next one's."""
    start = (today - _SETTLED).replace(day=1)
    found = []
    for _ in range(MONTHS):
        end, start = start, (start - timedelta(days=1)).replace(day=1)
        found.append((start, end))
    return found[::-1]


def bills(today: date, seed: int) -> Iterator[Bill]:
    """Every bill, month by month."""
    feature = _FIRST_FEATURE
    for month, (starts_on, ends_on) in enumerate(months(today)):
        for place, account in enumerate(ACCOUNTS):
            lines = []
            for line in _lines(account, month, starts_on, ends_on, seed):
                covers = line.covers or ((starts_on, ends_on) if line.type == "recurring" else None)
                lines.append(_taxed(replace(line, feature=line.feature or feature, covers=covers), account))
                feature += 1
            number, period = _numbers(account, month, place)
            yield Bill(number, period, account, month, starts_on, ends_on, tuple(lines))


def _numbers(account: Account, month: int, place: int) -> tuple[int, int]:
    if account is accounts.WORKED and month == WORKED_MONTH:
        return _OLD_INVOICE, _OLD_PERIOD
    return _FIRST_NUMBER + _STRIDE * month + place, _FIRST_PERIOD + month


def _taxed(line: Line, account: Account) -> Line:
    """Tax to the nearest cent, on each line by itself; a credit gives its tax back."""
    sign = -1 if line.net < 0 else 1
    return replace(line, tax=sign * ((abs(line.net) * account.tax_rate + 5_000) // 10_000))


def _lines(account: Account, month: int, starts_on: date, ends_on: date, seed: int) -> Iterator[Line]:
    for product, quantity in account.orders:
        cents = product.cents
        if account.plot is Plot.PRICE_RISE and month >= _LAST - 1 and product is accounts.FIBER:
            cents += 1_500
        feature = _fixed_feature(account, month, product)
        yield Line(
            feature, "recurring", product.name, quantity, cents, quantity * cents, unit="each", phone=product.phone
        )
    for phone in account.phones:
        cents = accounts.MOBILE.cents
        yield Line(0, "recurring", accounts.MOBILE.name, 1, cents, cents, unit="each", phone=phone)
    yield from _talk(account, month, seed)
    if account.plot is Plot.MANY:
        yield from riverside.lines(month, starts_on, ends_on, seed)
    yield from _PLOTS.get(account.plot, _nothing)(account, month, starts_on, ends_on)


def _fixed_feature(account: Account, month: int, product: accounts.Product) -> int:
    if account is not accounts.WORKED:
        return 0
    if month == WORKED_MONTH and product is accounts.MONTHLY:
        return _OLD_FEATURE
    return _FEATURE if month == _LAST and product is accounts.TOLL_FREE else 0


def _talk(account: Account, month: int, seed: int) -> Iterator[Line]:
    """International minutes, more before the holidays; the price a minute is finer than a cent."""
    if not account.minutes:
        return
    rng = dice(seed, f"minutes {account.number} {month}")
    minutes = int(account.minutes * rng.uniform(0.85, 1.18))
    if account.plot is Plot.USAGE_SPIKE and month == _LAST:
        minutes *= 7
    yield Line(0, "usage", "International minutes", minutes, 0, minutes_net(minutes), unit="min")


def _nothing(account: Account, month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    return iter(())


def _promotion(account: Account, month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    """Twelve months at a lower price, and then no more."""
    if month < _LAST:
        yield Line(0, "credit", "Welcome offer, 12 months", 1, -4_000, -4_000)


def _add_on(account: Account, month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    if month == _LAST:
        yield Line(0, "one_time", "Premium support, set-up", 1, 7_500, 7_500)
        yield Line(
            0, "recurring", accounts.SUPPORT.name, 1, accounts.SUPPORT.cents, accounts.SUPPORT.cents, unit="each"
        )


def _proration(account: Account, month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    """From the eleventh of the newest month a faster line: its days are added, the old line's taken off."""
    if month < _LAST:
        return
    days = (ends_on - starts_on).days
    rest, since = days - 10, starts_on + timedelta(days=10)
    span = f"{since:%b %-d} to {ends_on - timedelta(days=1):%b %-d}"
    new = accounts.FIBER_LARGE.cents * rest // days
    old = accounts.FIBER.cents * rest // days
    covers = (since, ends_on)
    yield Line(0, "recurring", f"{accounts.FIBER_LARGE.name}, {span}", 1, new, new, unit="each", covers=covers)
    yield Line(0, "credit", f"{accounts.FIBER.name} not used, {span}", 1, -old, -old, covers=covers)


def _credit(account: Account, month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    """Two days without a line in the month before the last one, made good on the newest bill."""
    if month == _LAST:
        yield Line(0, "credit", "Outage credit", 1, -3_000, -3_000)


def _double(account: Account, month: int, starts_on: date, ends_on: date) -> Iterator[Line]:
    """The routers once more, and a late fee that nobody can explain."""
    if month == _LAST:
        yield Line(
            0, "recurring", accounts.ROUTER.name, 2, accounts.ROUTER.cents, 2 * accounts.ROUTER.cents, unit="each"
        )
        yield Line(0, "fee", LATE_FEE, 1, 1_500, 1_500)


_PLOTS = {
    Plot.PROMOTION_ENDED: _promotion,
    Plot.NEW_ADD_ON: _add_on,
    Plot.PRORATION: _proration,
    Plot.CREDIT: _credit,
    Plot.DOUBLE_CHARGE: _double,
}
