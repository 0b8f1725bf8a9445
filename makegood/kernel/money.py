"""Money: integer micros (10^-6 of the major unit) with an ISO 4217 code. No float, ever."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import format_currency, get_currency_symbol

from makegood.kernel.errors import AmountTooFine, BadAmount, UnknownCurrency

MICROS = 1_000_000
LARGEST = 10**18  # stays inside bigint with room for sums
_GRAIN = Decimal(1).scaleb(-6)
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation])  # a digit that does not fit is refused, never rounded
_LARGEST_PLACE = 12  # the power of ten of LARGEST in major units


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """How many decimals the smallest coin has: 2 for USD, 0 for JPY, 3 for KWD (source: CLDR via babel).

    Raises UnknownCurrency.
    """
    if currency not in get_global("all_currencies"):
        raise UnknownCurrency(currency=currency)
    fractions = get_global("currency_fractions")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return digits


def minor_micros(currency: str) -> int:
    """The smallest coin in micros: 10,000 for USD, 1,000,000 for JPY. Raises UnknownCurrency."""
    return int(10 ** (6 - exponent(currency)))


def parse_amount(text: str, currency: str) -> int:
    """Micros of a plain decimal such as ``12.50``; trailing zeros are fine.

    Raises BadAmount for anything that is no finite decimal, AmountTooFine below 10^-6.
    """
    exponent(currency)
    try:
        value = Decimal(text.strip()) if text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation as error:
        raise BadAmount(text=text) from error
    if not value.is_finite():
        raise BadAmount(text=text)
    if not value:
        return 0
    if value.adjusted() > _LARGEST_PLACE:
        raise BadAmount(text=text)
    try:
        micros = value.scaleb(6, _EXACT).to_integral_exact(context=_EXACT)
    except Inexact as error:
        raise AmountTooFine(text=text) from error
    if abs(micros) > LARGEST:
        raise BadAmount(text=text)
    return int(micros)


def decimal_of(micros: int) -> Decimal:
    """The same amount as an exact decimal of major units."""
    return micros * _GRAIN


@lru_cache(maxsize=4096)
def plain(micros: int, currency: str) -> str:
    """A plain decimal without symbol (``-12.50``): at least the coin's decimals, more when needed, never rounded."""
    value = decimal_of(micros)
    digits = exponent(currency)
    text = f"{value:.6f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(digits, "0")
    return f"{whole}.{fraction}" if fraction else whole


def is_sub_cent(micros: int, currency: str) -> bool:
    """Whether the amount is no whole number of the currency's smallest coins."""
    return micros % minor_micros(currency) != 0


@lru_cache(maxsize=512)
def _pattern(currency: str, locale: str, decimals: int) -> str:
    pattern = Locale.parse(locale).currency_formats["standard"].pattern.split(";")[0]
    head, _, _ = pattern.partition(".00")
    tail = pattern[len(head) + len(".00") :] if ".00" in pattern else ""
    fraction = "." + "0" * decimals if decimals else ""
    return f"{head}{fraction}{tail};-{head}{fraction}{tail}"


@lru_cache(maxsize=4096)
def format_money(micros: int, currency: str, locale: str = "en_US") -> str:
    """What people read: ``$1,234.50``, ``-$15.00``, ``$0.0044``, ``¥1,200``; the sign stands in front."""
    shown = plain(micros, currency).partition(".")[2]
    return format_currency(
        decimal_of(micros),
        currency,
        format=_pattern(currency, locale, len(shown)),
        locale=locale,
        currency_digits=False,
    )


def symbol(currency: str, locale: str = "en_US") -> str:
    """The sign people know the currency by: ``$``, ``€``, ``¥``."""
    return get_currency_symbol(currency, locale=locale)


@dataclass(frozen=True, order=False)
class Money:
    """An amount in micros of one currency. Adding or comparing two currencies raises ValueError."""

    micros: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added or compared")
        return other.micros

    def __add__(self, other: Money) -> Money:
        return Money(self.micros + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.micros - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micros, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.micros < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.micros <= self._same(other)

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        return format_money(self.micros, self.currency)
