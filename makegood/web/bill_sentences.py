"""An explained bill in sentences: what changed most, a text to read aloud, and the same as an e-mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from makegood.billing.policy.decomposition import Bar, Change, Key, Kind
from makegood.billing.policy.spans import in_months, measure_of
from makegood.billing.policy.unusual import densest
from makegood.billing.selectors.bill_charges import DayUse, UseByDay
from makegood.billing.selectors.bill_comparison import Inquiry
from makegood.billing.selectors.bill_lines import Loaded, subkind_of
from makegood.kernel.money import format_money
from makegood.web.bill_words import named, period_name, quantity_text, share_of, signed, spoken, unit_words
from makegood.web.figures import day_text, span_text

SHOWN = 8
"""So many findings are read first; the others are below them."""
ALOUD = 3
Linker = Callable[[Bar | None, Key | None], str]
"""The address of the charges of a bar or of a line."""


@dataclass(frozen=True)
class Finding:
    """A change as a sentence: what it is, its amount, its share of the difference, and what else is known.

    ``href`` leads to its charges, whose sums differ by exactly its amount; ``dispute`` files a claim on them.
    """

    words: str
    micros: int
    amount: str
    share: str = ""
    more: str = ""
    unusual: bool = False
    href: str = ""
    dispute: str = ""

    @property
    def text(self) -> str:
        """The whole sentence."""
        share = f" ({self.share})" if self.share else ""
        return f"{self.words}: {self.amount}{share}.{f' {self.more}' if self.more else ''}"


@dataclass(frozen=True)
class Said:
    """An explained bill with what its sentences need besides: days of use, and where its marks lead."""

    found: Inquiry
    use: UseByDay
    link: Linker
    dispute: Callable[[Loaded, Key], str]

    @property
    def currency(self) -> str:
        """Of both bills."""
        return self.found.comparison.currency

    @property
    def now(self) -> str:
        """The period of the bill."""
        return period_name(self.found.bill, self.found.compared)

    @property
    def was(self) -> str:
        """What it is compared with: a period, or the mean of several; empty for nothing."""
        compared = self.found.compared
        if len(compared) > 1:
            return f"the mean of {len(compared)} bills"
        return period_name(compared[0], [self.found.bill]) if compared else ""

    def money(self, micros: int) -> str:
        """An amount."""
        return format_money(micros, self.currency)

    def days_of(self, key: Key, bill_id: int) -> list[DayUse]:
        """The use of a key on a bill by day: its own records, or those that tell more about its line."""
        own = self.use.by_key.get((bill_id, key))
        return own or self.use.by_service.get((bill_id, key.service, subkind_of(key)), [])


def findings(said: Said) -> tuple[Finding, ...]:
    """Every change without its tax, then taxes and what stands on no line; the largest first."""
    comparison = said.found.comparison
    found = [_finding(said, change) for change in comparison.changes.values() if _speaks(change)]
    for bar in (Bar.TAXES, Bar.REST):
        if bar in comparison.bars:
            found.append(_of_bar(said, bar))
    return tuple(sorted(found, key=lambda one: (-abs(one.micros), one.words)))


def _speaks(change: Change) -> bool:
    return change.key.kind not in {Kind.TAX, Kind.REST} and any(part.bar is not Bar.TAXES for part in change.parts)


def _finding(said: Said, change: Change) -> Finding:
    key, comparison = change.key, said.found.comparison
    words, more = _words(said, change)
    mostly = _mostly(said, key) if key.kind is Kind.USAGE and change.after else ""
    is_first = comparison.before is None
    return Finding(
        words=words,
        micros=change.micros,
        amount=said.money(change.micros) if is_first else signed(change.micros, said.currency),
        share="" if is_first else share_of(change.micros, comparison.difference),
        more=" ".join(part for part in (more, mostly) if part),
        unusual=key in said.found.unusual,
        href=said.link(None, key),
        dispute=said.dispute(said.found.after, key) if change.after else "",
    )


def _of_bar(said: Said, bar: Bar) -> Finding:
    """Taxes, or what stands on no line, of both bills as a whole."""
    comparison = said.found.comparison
    micros, is_first = comparison.bars[bar], comparison.before is None
    word = "Taxes" if bar is Bar.TAXES else "What stands on no line of the bill"
    if bar is Bar.TAXES and not is_first:
        changes = comparison.changes.values()
        now = sum(_tax(change, side=1) for change in changes)
        word = f"Taxes of {said.money(now)} against {said.money(now - micros)}"
    return Finding(
        words=word,
        micros=micros,
        amount=said.money(micros) if is_first else signed(micros, said.currency),
        share="" if is_first else share_of(micros, comparison.difference),
        href=said.link(bar, None),
    )


def _tax(change: Change, side: int) -> int:
    """The tax of a key on a side: that of its lines, and the line itself where it is a tax."""
    one = (change.before, change.after)[side]
    if one is None:
        return 0
    return one.tax + (one.amount if change.key.kind is Kind.TAX else 0)


def _words(said: Said, change: Change) -> tuple[str, str]:
    """What happened, and what its parts are where it has several."""
    key, old, new = change.key, change.before, change.after
    if said.found.comparison.before is None:
        return named(key), ""
    if key.kind is Kind.CREDIT:
        return _credit_words(said, change), ""
    if old is None:
        return f"{'Billed once' if key.kind is Kind.ONE_TIME else 'New'}: {named(key)}{_since(said, key)}", ""
    if new is None:
        return f"No longer billed: {named(key)}", ""
    if change.size is None:
        return f"{named(key)} went from {said.money(old.amount)} to {said.money(new.amount)}", ""
    return _matched_words(said, change), _parts_words(said, change)


def _credit_words(said: Said, change: Change) -> str:
    old, new, label = change.before, change.after, named(change.key)
    if old is None:
        return f"Credit: {label}"
    if new is None:
        return f"The credit {label} of {said.money(-old.amount)} is not given anymore"
    return f"The credit {label} is {said.money(-new.amount)} against {said.money(-old.amount)}"


def _matched_words(said: Said, change: Change) -> str:
    key, size, bars = change.key, change.size, {part.bar for part in change.parts}
    if size is None or change.before is None or change.after is None:
        return named(key)
    now, was = (quantity_text(one) for one in (size.after, size.before))
    if Bar.VOLUME in bars:
        unit = unit_words(key, counted=size.counted)
        verb = "was" if key.kind is Kind.USAGE else "was billed for"
        return f"{named(key)} {verb} {now}{f' {unit}' if unit else ''} against {was}{f' {unit}' if unit else ''}"
    if bars == {Bar.PRORATION} or bars == {Bar.PRORATION, Bar.TAXES}:
        return f"{named(key)} was billed for {_lasting(said, change)}"
    return f"{named(key)} went from {said.money(change.before.amount)} to {said.money(change.after.amount)}"


def _lasting(said: Said, change: Change) -> str:
    """``28 days against 31``; of a mean no days can be told."""
    size, compared = change.size, said.found.compared
    if size is None or len(compared) != 1:
        return "another number of days"
    sides = ((said.found.after, size.lasted_after), (said.found.before[0], size.lasted_before))
    measure = measure_of(loaded.sheet.period for loaded, _ in sides)
    days = [
        round(lasted * loaded.sheet.period.days / measure(loaded.sheet.period))
        if measure is in_months
        else round(lasted)
        for loaded, lasted in sides
    ]
    return f"{days[0]:,} days against {days[1]:,}"


def _parts_words(said: Said, change: Change) -> str:
    """What makes the amount, where more than one thing does."""
    words = {Bar.VOLUME: "the quantity", Bar.PRICE: "the price", Bar.PRORATION: "the days covered"}
    parts = [f"{signed(part.micros, said.currency)} by {words[part.bar]}" for part in change.parts if part.bar in words]
    return f"Of it {' and '.join(parts)}." if len(parts) > 1 else ""


def _since(said: Said, key: Key) -> str:
    """Since when, where the line says that it does not cover its whole period."""
    period = said.found.after.sheet.period
    begun = [line.covers.since for line in said.found.after.sheet.lines if line.key == key and line.covers]
    return f", since {day_text(min(begun))}" if begun and min(begun) > period.since else ""


def _mostly(said: Said, key: Key) -> str:
    days = [(use.day, use.micros) for use in said.days_of(key, said.found.bill.id)]
    stretch = densest(days, said.found.after.sheet.period.days)
    return f"Mostly {span_text(*stretch)}." if stretch else ""


def headline(said: Said) -> str:
    """What the bill is, and how it differs: one or two sentences."""
    comparison, refusal = said.found.comparison, said.found.refusal
    bill = f"The bill for {said.now} is {said.money(comparison.after)}"
    if comparison.before is None:
        return (
            f"{bill}. It is the first one, so there is nothing to compare it with." if refusal is None else f"{bill}."
        )
    difference = comparison.difference
    if not difference:
        return f"{bill}, exactly as much as {said.was}."
    more = f"{said.money(abs(difference))} {'more' if difference > 0 else 'less'} than {said.was}"
    part = Fraction(abs(difference), comparison.before) if comparison.before > 0 else Fraction(0)
    percent = f" ({round(100 * part):,}%)" if round(100 * part) else ""
    return f"{bill}: {more}, which was {said.money(comparison.before)}{percent}."


def aloud(said: Said, found: Sequence[Finding]) -> str:
    """A text to read to the customer: the bill, the largest causes, and what is left of the difference; no signs."""
    first, rest, is_first = found[:ALOUD], found[ALOUD:], said.found.comparison.before is None
    begun = "It is made of" if is_first else "What changed most"
    lines = [headline(said), *([f"{begun}:"] if first else [])]
    for one in first:
        amount = one.amount if is_first else spoken(one.micros, said.currency)
        share = f", {one.share}" if one.share else ""
        lines.append(f"{one.words}: {amount}{share}.{f' {one.more}' if one.more else ''}")
    if rest:
        left = sum(one.micros for one in rest)
        amount = said.money(left) if is_first else spoken(left, said.currency)
        many = "One smaller item makes" if len(rest) == 1 else f"{len(rest)} smaller items together make"
        lines.append(f"{many} {amount}.")
    return " ".join(lines)


def letter(said: Said, found: Sequence[Finding], customer: str) -> str:
    """The same as the text of an e-mail, each of these changes on a line of its own."""
    bill = said.found.bill
    lines = [
        f"Subject: Your bill {bill.number} for {said.now}", "", f"Hello {customer},", "", headline(said), "",
        *(f"- {one.text}" for one in found), "",
        "If you do not agree with one of these charges, answer this message and name it.",
    ]  # fmt: skip
    return "\n".join(lines)
