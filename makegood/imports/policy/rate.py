"""What calls cost that come without a price: so much a minute or second of talk, or so much each.

Written ``0.022/min``, ``0.0004/s`` or ``0.022/min:60/60``: the price, then the seconds that the first increment and
each further one last, to which talk is rounded up (1/1 when not said). A call of 61 seconds at 60/60 is billed as 120,
at 30/6 as 66. ``35/call`` and ``35/lead`` are a price each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from makegood.imports.errors import BadRate, NegativeRate, RateTooFine
from makegood.kernel.rounding import priced

_RATE = re.compile(
    r"(?P<price>[+-]?(\d{1,12}([.]\d*)?|[.]\d+))/(?P<unit>min|s|call|lead)(:(?P<first>\d{1,5})/(?P<next>\d{1,5}))?",
    re.ASCII,
)
_SECONDS = {"s": 1, "min": 60}
_MOST = {"s": Decimal(1_000) / 60, "min": Decimal(1_000), "call": Decimal(100_000), "lead": Decimal(100_000)}
_DECIMALS = 10
_LONGEST_S = 86_400


@dataclass(frozen=True)
class Rate:
    """``price`` is in major units per ``unit`` (``min``, ``s``, ``call``, ``lead``); increments are in seconds."""

    price: Decimal
    unit: str
    first_s: int = 1
    next_s: int = 1

    def __str__(self) -> str:
        return f"{self.price:f}/{self.unit}" + (f":{self.first_s}/{self.next_s}" if self.is_timed else "")

    @property
    def is_timed(self) -> bool:
        """Whether talk is what is paid for."""
        return self.unit in _SECONDS

    @property
    def unit_s(self) -> int:
        """Seconds in a unit; calls and leads are counted one by one."""
        return _SECONDS.get(self.unit, 1)


def parse_rate(text: str) -> Rate:
    """The rate that a text says. Raises BadRate, NegativeRate, RateTooFine."""
    match = _RATE.fullmatch("".join(text.split()))
    if match is None:
        raise BadRate(text=text)
    price = Decimal(match["price"])
    first_s, next_s = int(match["first"] or 1), int(match["next"] or 1)
    if price < 0:
        raise NegativeRate(text=text)
    if price != round(price, _DECIMALS):
        raise RateTooFine(text=text)
    rate = Rate(price, match["unit"], first_s, next_s)
    is_short = all(1 <= seconds <= _LONGEST_S for seconds in (first_s, next_s))
    if not price or price > _MOST[rate.unit] or not is_short or (match["first"] and not rate.is_timed):
        raise BadRate(text=text)
    return rate


def billable(rate: Rate, seconds: int) -> int:
    """Seconds of talk rounded up to the increments of the rate, or one call; none for a call nobody took."""
    if seconds <= rate.first_s or not rate.is_timed:
        return rate.first_s if seconds > 0 else 0
    further = -(-(seconds - rate.first_s) // rate.next_s)
    return rate.first_s + further * rate.next_s


def amount_micros(rate: Rate, seconds: int) -> int:
    """What a call with so many seconds of talk costs; the reference of :func:`rate_fragments`."""
    return priced(Fraction(rate.price), Fraction(billable(rate, seconds), rate.unit_s))


def rate_fragments(rate: Rate | None, *, is_flagged: bool = False) -> dict[str, str]:
    """The same in SQL: ``rated_s`` over ``v`` (connect_s, answered, amount, direction, billed_flag), then what it costs
    over ``p.rated_s``.

    A call with a price of its own keeps it; one between two extensions costs nothing. ``is_flagged`` says that the
    source tells which ones were charged, though not for how much: the others cost nothing.
    """
    if rate is None:
        return {
            "rated_s": "NULL::bigint AS rated_s",
            "rated": "NULL::bigint AS rated_micros, NULL::numeric AS rated_quantity, NULL::text AS rated_unit,"
            " NULL::numeric AS rated_price",
        }
    first, later = rate.first_s, rate.next_s
    count, taken = "1::bigint", "coalesce(v.connect_s > 0, v.answered)"
    if rate.is_timed:
        count = f"{first} + (greatest(v.connect_s::bigint - {first}, 0) + {later - 1}) / {later} * {later}"
        taken = "v.connect_s > 0"
    if is_flagged:
        taken = f"v.billed_flag AND {taken}" if rate.is_timed else "v.billed_flag"
    whole = int(rate.price * 10**_DECIMALS)  # ten-billionths of the currency, exactly
    per = 10 ** (_DECIMALS - 6) * rate.unit_s
    cost, rest = f"div(p.rated_s * {whole}::numeric, {per})", f"mod(p.rated_s * {whole}::numeric, {per}) * 2"
    up = f"(({rest}) > {per} OR (({rest}) = {per} AND mod({cost}, 2) = 1))::integer"
    return {
        "rated_s": f"CASE WHEN {taken} AND v.amount IS NULL AND v.direction IS DISTINCT FROM 'internal'"
        f" THEN {count} END AS rated_s",
        "rated": f"({cost} + {up})::bigint AS rated_micros,"
        f" round(p.rated_s::numeric / {rate.unit_s}, 6) AS rated_quantity,"
        f" CASE WHEN p.rated_s IS NOT NULL THEN '{rate.unit}' END AS rated_unit,"
        f" CASE WHEN p.rated_s IS NOT NULL THEN {rate.price:f}::numeric END AS rated_price",
    }
