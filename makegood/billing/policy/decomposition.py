"""Why one bill differs from another: lines in, bars out. Pure; whole micros and exact fractions, never a float.

Lines of both bills are matched by their key. Those of one bill alone are new or removed. Matched ones are an effective
price times a quantity times the time they cover, so their difference splits symmetrically:

    proration  (t1 - t0) * (r0 + r1) / 2          with r = amount / t, what a whole period costs
    volume     (q1 - q0) * (p0 + p1) / 2 * (t0 + t1) / 2      with p = r / q
    price      the rest

Proration and volume are rounded to micros half-even, and price takes what is left, so the parts make the difference.
One-time items, credits, taxes and what stands on no line are plain differences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from makegood.billing.errors import CurrencyChanged
from makegood.billing.policy.spans import Measure, Span, measure_of

ONE = Fraction(1)
_ZERO = Fraction(0)


class Kind(StrEnum):
    """What a line of a bill is for; the categories of its history."""

    RECURRING = "recurring"
    USAGE = "usage"
    ONE_TIME = "one_time"
    TAX = "tax"
    CREDIT = "credit"
    REST = "rest"


class Bar(StrEnum):
    """What a difference comes from, in the order of the waterfall; a first bill has what it is made of."""

    RECURRING = "recurring"
    USAGE = "usage"
    NEW = "new"
    REMOVED = "removed"
    PRICE = "price"
    VOLUME = "volume"
    ONE_TIME = "one_time"
    PRORATION = "proration"
    TAXES = "taxes"
    CREDITS = "credits"
    REST = "rest"


class Key(NamedTuple):
    """By what lines of two bills are matched: what they are for, service, feature (see ``labels``), rate group."""

    kind: Kind
    service: str = ""
    label: str = ""
    group: str = ""


REST = Key(Kind.REST)
"""What a bill has beyond its lines."""
_PLAIN = {Kind.ONE_TIME: Bar.ONE_TIME, Kind.TAX: Bar.TAXES, Kind.CREDIT: Bar.CREDITS, Kind.REST: Bar.REST}
_FIRST = {Kind.RECURRING: Bar.RECURRING, Kind.USAGE: Bar.USAGE, **_PLAIN}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill, or ``count`` records summed. Micros, below zero for credits; ``quantity`` None: unknown.

    ``covers`` None: no days are known, so it is taken to cover the whole period of its bill.
    """

    key: Key
    amount: int
    tax: int = 0
    quantity: Fraction | None = None
    covers: Span | None = None
    count: int = 1


@dataclass(frozen=True)
class Sheet:
    """A bill as it is compared; ``rest`` is what its total has beyond its lines, in micros."""

    currency: str
    period: Span
    lines: tuple[Line, ...]
    rest: int = 0

    @property
    def total(self) -> int:
        """What the bill makes, in micros."""
        return sum(line.amount + line.tax for line in self.lines) + self.rest


@dataclass
class Sum:
    """The lines of one key on one side: amounts in micros, how much of it there was, for how long.

    ``quantity`` is None where a line does not say it; ``count`` counts the lines or records. ``lasting`` and ``spans``
    are both times the length that each covers.
    """

    amount: int = 0
    tax: int = 0
    quantity: Fraction | None = _ZERO
    count: Fraction = _ZERO
    lasting: Fraction = _ZERO
    spans: Fraction = _ZERO

    def add(self, line: Line, length: Fraction) -> None:
        """Add a line that covers ``length``; of what is never split only the amounts matter."""
        self.amount += line.amount
        self.tax += line.tax
        if line.key.kind in _PLAIN:
            return
        self.count += line.count
        self.spans += length if line.count == 1 else line.count * length
        if line.quantity is None or self.quantity is None:
            self.quantity = None
        else:
            self.quantity += line.quantity
            self.lasting += line.quantity if length == 1 else line.quantity * length

    def share(self, many: int) -> None:
        """Make it the mean of ``many`` bills; amounts are cut to micros."""
        self.amount, self.tax = _cut(self.amount, many), _cut(self.tax, many)
        self.count, self.spans, self.lasting = self.count / many, self.spans / many, self.lasting / many
        self.quantity = None if self.quantity is None else self.quantity / many


class Part(NamedTuple):
    """What a key adds to a bar, in micros; never zero."""

    bar: Bar
    key: Key
    micros: int


class Size(NamedTuple):
    """How much there was on each side, and how long it lasted on average, as the difference was split.

    ``counted`` says that lines or records were counted, because no quantity is known.
    """

    before: Fraction
    after: Fraction
    lasted_before: Fraction
    lasted_after: Fraction
    counted: bool


@dataclass(frozen=True)
class Change:
    """What became of a key: its sums (None where it is not on that side), its parts, how it was measured."""

    key: Key
    before: Sum | None
    after: Sum | None
    parts: tuple[Part, ...]
    size: Size | None = None

    @property
    def micros(self) -> int:
        """The difference without tax."""
        return (self.after.amount if self.after else 0) - (self.before.amount if self.before else 0)


@dataclass(frozen=True)
class Comparison:
    """A bill against others: totals in micros, the bars in their order, and every key with its sums.

    ``before`` is None for a first bill, which is compared with nothing. ``measured_in_days`` says that the bills are
    for periods that are not whole months.
    """

    currency: str
    before: int | None
    after: int
    changes: Mapping[Key, Change]
    bars: Mapping[Bar, int] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        """What the bill has more."""
        return self.after - (self.before or 0)

    def parts_of(self, bar: Bar) -> tuple[Part, ...]:
        """What a bar is made of."""
        return tuple(part for change in self.changes.values() for part in change.parts if part.bar is bar)


def compare(before: Sequence[Sheet], after: Sheet) -> Comparison:
    """A bill against another one, or against the mean of several. Raises CurrencyChanged."""
    for sheet in before:
        if sheet.currency != after.currency:
            raise CurrencyChanged(currency=after.currency, other=sheet.currency)
    measure = measure_of(sheet.period for sheet in (*before, after))
    old, new = summed(before, measure), summed((after,), measure)
    total = _total(old)
    changes = {key: _change(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())}
    return Comparison(after.currency, total, after.total, changes, _bars(changes))


def compose(sheet: Sheet) -> Comparison:
    """What a bill is made of, where there is none to compare it with."""
    sums = summed((sheet,), measure_of((sheet.period,)))
    changes = {key: Change(key, None, one, _made_of(key, one)) for key, one in sorted(sums.items())}
    return Comparison(sheet.currency, None, sheet.total, changes, _bars(changes))


def per_day(micros: int, period: Span, coin: int) -> int:
    """What an amount makes a day, to whole coins of ``coin`` micros, half-even: a hint, never posted."""
    return round(Fraction(micros, period.days * coin)) * coin


def summed(sheets: Sequence[Sheet], measure: Measure) -> dict[Key, Sum]:
    """The lines of bills by key: sums of one, per-line means of several.

    The mean of each amount is cut to micros; what is missing to the mean of the totals goes to the largest of them.
    """
    many = len(sheets)
    sums: defaultdict[Key, Sum] = defaultdict(Sum)
    for sheet in sheets:
        whole = measure(sheet.period)
        for line in sheet.lines:
            sums[line.key].add(line, measure(line.covers) if line.covers else whole)
        if sheet.rest:
            sums[REST].add(Line(REST, sheet.rest), whole)
    if many > 1:
        _mean(sums, many)
    return dict(sums)


def _mean(sums: Mapping[Key, Sum], many: int) -> None:
    """Turn sums into means."""
    wanted = round(Fraction(_total(sums), many))
    for one in sums.values():
        one.share(many)
    if sums:
        largest = max(sorted(sums), key=lambda key: abs(sums[key].amount))
        sums[largest].amount += wanted - _total(sums)


def _cut(micros: int, many: int) -> int:
    share = abs(micros) // many
    return share if micros >= 0 else -share


def _total(sums: Mapping[Key, Sum]) -> int:
    return sum(one.amount + one.tax for one in sums.values())


def _bars(changes: Mapping[Key, Change]) -> dict[Bar, int]:
    bars: dict[Bar, int] = {}
    for change in changes.values():
        for part in change.parts:
            bars[part.bar] = bars.get(part.bar, 0) + part.micros
    return {bar: bars[bar] for bar in Bar if bar in bars}


def _made_of(key: Key, one: Sum) -> tuple[Part, ...]:
    found = (Part(_FIRST[key.kind], key, one.amount), Part(Bar.TAXES, key, one.tax))
    return tuple(part for part in found if part.micros)


def _change(key: Key, old: Sum | None, new: Sum | None) -> Change:
    size = _size(old, new) if old and new and key.kind not in _PLAIN else None
    found = [*_parts(key, old, new, size), Part(Bar.TAXES, key, (new.tax if new else 0) - (old.tax if old else 0))]
    parts: dict[Bar, int] = {}
    for part in found:  # tax upon a tax line falls into the same bar
        parts[part.bar] = parts.get(part.bar, 0) + part.micros
    return Change(key, old, new, tuple(Part(bar, key, micros) for bar, micros in parts.items() if micros), size)


def _parts(key: Key, old: Sum | None, new: Sum | None, size: Size | None) -> Iterator[Part]:
    was, now = (old.amount if old else 0), (new.amount if new else 0)
    plain = _PLAIN.get(key.kind)
    if plain is not None:
        yield Part(plain, key, now - was)
    elif size is None:
        yield Part(Bar.NEW, key, now)
        yield Part(Bar.REMOVED, key, -was)
    else:
        yield from _split(key, was, now, size)


def _size(old: Sum, new: Sum) -> Size | None:
    """How much there was of both; None where a quantity of zero on one side leaves nothing to compare."""
    counted = old.quantity is None or new.quantity is None or not (old.quantity or new.quantity)
    before, after = (old.count, new.count) if counted else (old.quantity or _ZERO, new.quantity or _ZERO)
    if not (before and after):
        return None
    lasted = (old.spans, new.spans) if counted else (old.lasting, new.lasting)
    return Size(before, after, lasted[0] / before, lasted[1] / after, counted)


def _split(key: Key, was: int, now: int, size: Size) -> Iterator[Part]:
    """Proration, volume and price, which make the difference."""
    q0, q1, t0, t1 = size.before, size.after, size.lasted_before, size.lasted_after
    if key.kind is Kind.USAGE:  # what was used does not depend on the days a line names
        t0 = t1 = ONE
    r0, r1 = was / t0, now / t1
    proration = round((t1 - t0) * (r0 + r1) / 2) if t0 != t1 else 0
    volume = round((q1 - q0) * (r0 / q0 + r1 / q1) * (t0 + t1) / 4) if q0 != q1 else 0
    yield Part(Bar.PRORATION, key, proration)
    yield Part(Bar.VOLUME, key, volume)
    yield Part(Bar.PRICE, key, now - was - proration - volume)
