"""How a customer's pages write changes, periods and usage."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template

from makegood.billing.selectors import BillLine
from makegood.billing.selectors.issued import IssuedBill
from makegood.billing.selectors.usage import Span
from makegood.billing.selectors.usage_on_bills import UsageOnBill
from makegood.kernel.days import days_said
from makegood.kernel.money import Money, exponent, symbol
from makegood.web.account_words import change_words, exact_words, kind_in_log, used_words
from makegood.web.account_words import group_words as words_of_group
from makegood.web.templatetags.mg import NONE, money

register = template.Library()
register.filter("group_words", words_of_group)


@register.filter
def signed(amount: Money | None) -> str:
    """``+$72.50``, ``-$8.00``; an en dash where nothing changed or nothing is known."""
    if not amount:
        return NONE
    return money(amount) if amount.micros < 0 else f"+{money(amount, 'plain')}"


@register.filter
def share_of_before(one: IssuedBill) -> str:
    """``+51%`` of the bill before; empty where nothing compares."""
    return change_words(one.total.micros, one.total.micros - one.change.micros) if one.change else ""


@register.filter
def span_words(span: Span) -> str:
    """``1 to 30 Nov 2026``."""
    return days_said(span.first, span.last)


@register.filter
def use_words(one: UsageOnBill) -> str:
    """What was used, in its own measure."""
    return used_words(one.used, one.unit)


@register.filter
def line_quantity(line: BillLine) -> str:
    """``5 lines``, with every digit; empty where the bill does not say."""
    return f"{exact_words(line.quantity)} {line.unit}".strip() if line.quantity is not None else ""


@register.filter
def line_price(line: BillLine) -> str:
    """The price of one unit as the bill says it, with every digit: ``$0.0044``, ``$67.40``."""
    if line.unit_price is None:
        return ""
    currency = line.amount.currency
    whole, _, rest = exact_words(line.unit_price).partition(".")
    rest = rest.ljust(exponent(currency), "0")
    return f"{symbol(currency)}{whole}{f'.{rest}' if rest else ''}"


@register.filter
def records_query(one: UsageOnBill, number: int) -> str:
    """The query of the log that lists exactly these records of a bill."""
    wanted = {"range": "all", "billed": "all", "kind": kind_in_log(one.subkind), "what": one.subkind.value}
    return urlencode({**wanted, "q": str(number), "program": "all"})
