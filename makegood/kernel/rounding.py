"""The three places where money is rounded: the entry of a partial by percentage, settlement, and pricing by a rate."""

from __future__ import annotations

from fractions import Fraction

from makegood.kernel.money import MICROS, minor_micros


def partial_by_percent(billed: int, percent: Fraction, remaining: int, currency: str) -> int:
    """Rounding 1: ``percent`` (0..100) of ``billed``, to the smallest coin in the buyer's favor.

    Never above ``remaining``. When the billed amount is itself no whole number of coins the result stays
    in micros. All amounts in micros. Raises ValueError for a percentage outside 0..100.
    """
    if not 0 <= percent <= 100:
        raise ValueError("a percentage lies between 0 and 100")
    exact = percent * billed
    grain = 1 if billed % minor_micros(currency) else minor_micros(currency)
    coins = -((-exact.numerator) // (exact.denominator * 100 * grain))
    return min(int(coins) * grain, remaining)


def settle(total: int, carried: int, currency: str) -> tuple[int, int]:
    """Rounding 2: the settled amount of ``total + carried`` and the remainder to carry on.

    Half-even to the smallest coin; both parts in micros, summing exactly.
    """
    grain = minor_micros(currency)
    whole = total + carried
    coins, rest = divmod(whole, grain)
    if rest * 2 > grain or (rest * 2 == grain and coins % 2):
        coins += 1
    return coins * grain, whole - coins * grain


def priced(rate: Fraction, quantity: Fraction) -> int:
    """Rounding 3: what ``quantity`` units cost at ``rate`` major units each, in micros, half-even.

    For sources without a price of their own; what a source says itself is never rounded.
    """
    return round(rate * quantity * MICROS)


def tax_at(amount: int, rate: Fraction) -> int:
    """Tax on ``amount`` micros at ``rate`` (0.0825 for 8.25%), half-even to the micro.

    Raises ValueError below zero.
    """
    if amount < 0 or rate < 0:
        raise ValueError("tax is on an amount and at a rate of zero or more")
    return round(amount * rate)
