"""Words for the figures of a bill: periods, signed amounts, quantities, parts of the difference."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from makegood.billing.policy.decomposition import Bar, Key, Kind
from makegood.billing.policy.spans import Span, in_months
from makegood.billing.selectors.bill_lines import subkind_of, unit_of
from makegood.billing.selectors.invoices import Bill
from makegood.kernel.money import format_money, minor_micros
from makegood.web.figures import span_text

NOTHING = "–"  # noqa: RUF001 - a zero effect is an en dash
BAR_WORDS = {
    Bar.RECURRING: "Recurring",
    Bar.USAGE: "Usage",
    Bar.NEW: "New",
    Bar.REMOVED: "Removed",
    Bar.PRICE: "Price",
    Bar.VOLUME: "Volume",
    Bar.ONE_TIME: "One-time and fees",
    Bar.PRORATION: "Proration",
    Bar.TAXES: "Taxes",
    Bar.CREDITS: "Credits",
    Bar.REST: "On no line",
}
BAR_MEANS = {
    Bar.RECURRING: "What is billed every period.",
    Bar.USAGE: "What was used.",
    Bar.NEW: "On this bill, and not on the one it is compared with.",
    Bar.REMOVED: "On the bill it is compared with, and not on this one.",
    Bar.PRICE: "The same, at another price.",
    Bar.VOLUME: "More or less of the same, at the mean of both prices.",
    Bar.ONE_TIME: "Set-ups, fees and other items that are billed once.",
    Bar.PRORATION: "The same, for more or fewer of the days of its period.",
    Bar.TAXES: "Taxes on the lines, and taxes that are lines of their own.",
    Bar.CREDITS: "What was given back on the bill itself. Nobody disputes a credit.",
    Bar.REST: "What the total of a bill has beyond its lines.",
}
CATEGORY_WORDS = {
    Kind.RECURRING: "Recurring",
    Kind.USAGE: "Usage",
    Kind.ONE_TIME: "One-time and fees",
    Kind.TAX: "Taxes",
    Kind.CREDIT: "Credits",
    Kind.REST: "On no line",
}
_COUNTED = {"call": "calls", "lead": "leads", "message": "messages", "data": "records"}
_FAINT = Fraction(1, 200)


def period_name(bill: Bill, among: Sequence[Bill]) -> str:
    """``November``, with its year where the bills at hand are of several; days where it is no calendar month."""
    is_month = bill.first_day.day == 1 and in_months(Span(bill.first_day, bill.until)) == 1
    years = {one.first_day.year for one in among} | {bill.first_day.year}
    if is_month:
        return f"{bill.first_day:%B %Y}" if len(years) > 1 else f"{bill.first_day:%B}"
    days = span_text(bill.first_day, bill.last_day)
    return f"{days}, {bill.last_day.year}" if len(years) > 1 else days


def signed(micros: int, currency: str) -> str:
    """``+$41.26``, ``-$5.00``; an en dash for nothing."""
    if not micros:
        return NOTHING
    return f"{'+' if micros > 0 else ''}{format_money(micros, currency)}"


def in_coins(micros: int, currency: str) -> int:
    """Micros to the nearest coin, for the label of a mark; less than half a coin stays what it is."""
    coin = minor_micros(currency)
    return round(Fraction(micros, coin)) * coin or micros


def spoken(micros: int, currency: str) -> str:
    """``$41.26 more``, ``$5.00 less``."""
    if not micros:
        return "no difference"
    return f"{format_money(abs(micros), currency)} {'more' if micros > 0 else 'less'}"


def share_of(micros: int, difference: int) -> str:
    """``57% of the increase``; empty where it is against the difference, more than all of it, or next to nothing."""
    part = Fraction(micros, difference) if difference else Fraction(0)
    if not _FAINT <= part <= 1:
        return ""
    return f"{round(100 * part)}% of the {'increase' if difference > 0 else 'decrease'}"


def quantity_text(quantity: Fraction, unit: str = "") -> str:
    """``23.1 GB``, ``1,204``: at most three decimals."""
    thousandths = round(quantity * 1000)
    whole, rest = divmod(abs(thousandths), 1000)
    decimals = f".{rest:03}".rstrip("0") if rest else ""
    return f"{'-' if thousandths < 0 else ''}{whole:,}{decimals}{f' {unit}' if unit else ''}"


def unit_words(key: Key, *, counted: bool) -> str:
    """What a quantity of a key is counted in."""
    if not counted:
        return unit_of(key)
    return _COUNTED.get(subkind_of(key), "lines") if key.kind is Kind.USAGE else "lines"


def named(key: Key) -> str:
    """What a key is: ``Data usage on 2125550142``, ``"Fiber 500"``."""
    label = key.label if key.kind is Kind.USAGE else f'"{key.label}"'
    return f"{label} on {key.service}" if key.service else label
