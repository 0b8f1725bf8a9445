"""An explained bill as figures: the waterfall of the difference, use by day, and twelve periods by category."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from makegood.billing.policy.decomposition import Bar, Key, Kind
from makegood.billing.selectors.bill_charges import DayUse
from makegood.billing.selectors.bill_comparison import Period
from makegood.billing.selectors.bill_lines import subkind_of
from makegood.kernel import clock
from makegood.kernel.money import format_money
from makegood.web.bill_sentences import Said
from makegood.web.bill_words import BAR_WORDS, CATEGORY_WORDS, NOTHING, in_coins, named, period_name, share_of, signed
from makegood.web.figures import Column, Figure, How, Row, amount_plain, day_text
from makegood.web.figures import Kind as Drawn

_BELOW = 4
"""Where both totals are cut off, the axis starts this part of the spread of all levels below the smallest one."""


def waterfall(said: Said) -> Figure:
    """From the bill it is compared with to this one; a first bill from nothing."""
    comparison, currency = said.found.comparison, said.currency
    steps = _steps(said)
    levels = [level for _, start, end, bar in steps for level in ((start, end) if bar else (end,))]
    low, high = min(levels), max(levels)
    floor = low - (high - low) // _BELOW if comparison.before is not None and 2 * low > high else min(0, low)
    scale = max(1, high - floor)
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for label, start, end, bar in steps:
        micros = end - start if bar else end
        told = signed if bar and comparison.before is not None else format_money
        text = told(micros, currency)
        href = said.link(bar, None) if bar else ""
        share = share_of(micros, comparison.difference) if bar and comparison.before is not None else ""
        rows.append(Row(label, (text or NOTHING,), href, share, amount_plain(micros, currency)))
        first, last = sorted((max(start, floor), max(end, floor)))
        items.append({
            "label": label, "name": f"{label}, cut off" if not bar and floor > 0 else label,
            "text": told(in_coins(micros, currency), currency), "from": _share(first - floor, scale),
            "to": _share(last - floor, scale), "href": href,
            "role": "whole" if not bar else "given" if bar is Bar.CREDITS and micros < 0 else "more" if micros > 0
            else "less", "said": [label, text, *([share] if share else [])],
        })  # fmt: skip
    return Figure(
        name="waterfall",
        kind=Drawn.WATERFALL,
        title="Where the difference comes from" if comparison.before is not None else "What the bill is made of",
        finding=_largest(said),
        columns=(Column("Part", is_number=False), Column(f"Amount ({currency})")),
        rows=tuple(rows),
        how=_how(said),
        series={"items": items},
        is_open=True,
    )


def _largest(said: Said) -> str:
    """Which bar is the longest."""
    comparison = said.found.comparison
    if not comparison.bars:
        return "Nothing changed."
    bar = max(comparison.bars, key=lambda one: abs(comparison.bars[one]))
    micros = in_coins(comparison.bars[bar], said.currency)
    if comparison.before is None:
        return f"The largest part: {BAR_WORDS[bar].lower()}, {said.money(micros)}."
    share = share_of(comparison.bars[bar], comparison.difference)
    amount = signed(micros, said.currency)
    return f"The longest bar: {BAR_WORDS[bar].lower()}, {amount}{f', {share}' if share else ''}."


def _steps(said: Said) -> list[tuple[str, int, int, Bar | None]]:
    """Label, from where, to where, and which bar; both totals have none."""
    comparison = said.found.comparison
    steps: list[tuple[str, int, int, Bar | None]] = []
    level = 0
    if comparison.before is not None:
        level = comparison.before
        steps.append((said.was[:1].upper() + said.was[1:], 0, level, None))
    for bar, micros in comparison.bars.items():
        steps.append((BAR_WORDS[bar], level, level + micros, bar))
        level += micros
    return [*steps, (said.now, 0, comparison.after, None)]


def _share(micros: int, scale: int) -> float:
    """A length to draw, in hundredths of the whole width."""
    return round(100_000 * micros / scale) / 1000


def _how(said: Said) -> How:
    return How(
        "Lines are matched by service, feature and rate, whatever days or installments their names carry. Lines of one "
        "bill alone are new or removed. The difference of matched ones is split into days covered, quantity and price, "
        "each at the mean of the other two; price takes what is left of rounding, so the bars "
        "make the difference to the micro.",
        f"Bill {said.found.bill.number}"
        + (f" against {', '.join(str(one.number) for one in said.found.compared)}." if said.found.compared else "."),
        clock.now(),
        "Corrected lines count as they stand now.",
    )


def days(said: Said, key: Key | None) -> Figure | None:
    """Use by day with the other period laid over it; None where no records are known."""
    found = said.found
    if len(found.compared) > 1:
        return None
    now = _by_place(said, found.bill.id, key, found.after.sheet.period.since.toordinal())
    if not now:
        return None
    old = found.compared[0] if found.compared else None
    was = _by_place(said, old.id, key, old.first_day.toordinal()) if old else {}
    length = max(found.after.sheet.period.days, found.before[0].sheet.period.days if old else 0)
    top = max(1, *(one.micros for one in (*now.values(), *was.values())))
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for place in range(length):
        day, use, before = found.bill.first_day + timedelta(days=place), now.get(place), was.get(place)
        label = day_text(day) if day < found.bill.until else f"Day {place + 1}"
        texts = tuple(said.money(one.micros) if one else NOTHING for one in (use, before))
        if use or before:
            rows.append(Row(label, texts if old else texts[:1]))
        items.append({
            "label": label, "value": _share(use.micros if use else 0, top), "href": "", "text": "",
            **({"before": _share(before.micros if before else 0, top)} if old else {}),
            "said": [label, f"{said.now} {texts[0]}", *([f"{said.was} {texts[1]}"] if old else [])],
        })  # fmt: skip
    over = f"; dashed, {said.was} laid over it" if old else ""
    columns = (Column("Day", is_number=False), Column(f"{said.now} ({said.currency})"))
    return Figure(
        name=f"days-{subkind_of(key)}" if key else "days",
        kind=Drawn.COLUMNS,
        title=f"{named(key) if key else 'Everything used'}, by day",
        finding=f"Bars: {said.now}{over}.",
        columns=(*columns, Column(f"{said.was} ({said.currency})")) if old else columns,
        rows=tuple(rows),
        how=How(
            "What usage records, and lines that name it use by use, made on each day, in the customer's time zone; "
            "both periods begin at their first day.", "Records of both bills.", clock.now(),
        ),
        series={"items": items},
    )  # fmt: skip


def _by_place(said: Said, bill_id: int, key: Key | None, first: int) -> dict[int, DayUse]:
    """Use by its place in the period."""
    if key is None:
        every = [one for (bill, _), uses in said.use.by_key.items() if bill == bill_id for one in uses]
    else:
        every = said.days_of(key, bill_id)
    found: dict[int, DayUse] = {}
    for one in every:
        place = one.day.toordinal() - first
        known = found.get(place)
        found[place] = DayUse(one.day, one.micros + (known.micros if known else 0), None, one.count)
    return {place: use for place, use in found.items() if place >= 0}


def history(said: Said) -> Figure:
    """Up to twelve periods, stacked by category; credits below the line."""
    periods = said.found.history
    bills = [one.bill for one in periods]
    used = [kind for kind in Kind if any(one.categories[kind] for one in periods)]
    top = max(1, *(sum(max(0, micros) for micros in one.categories.values()) for one in periods))
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for one in periods:
        name, total = period_name(one.bill, bills), _total(one)
        cells = tuple(format_money(one.categories[kind], said.currency) if one.categories[kind] else NOTHING
                      for kind in used)  # fmt: skip
        href = f"{reverse('inquiry_bill', args=[one.bill.customer_id])}?bill={one.bill.number}"
        rows.append(Row(name, (*cells, format_money(total, said.currency)), href))
        items.append({
            "label": f"{one.bill.first_day:%b}", "text": format_money(total, said.currency), "href": href,
            "parts": [_share(one.categories[kind], top) for kind in used], "now": one is periods[-1],
            "said": [name, format_money(total, said.currency),
                     *(f"{CATEGORY_WORDS[kind]} {cell}" for kind, cell in zip(used, cells, strict=True))],
        })  # fmt: skip
    names = [CATEGORY_WORDS[kind] for kind in used]
    return Figure(
        name="history",
        kind=Drawn.STACKED,
        title=f"The last {len(periods)} bills" if len(periods) > 1 else "The only bill so far",
        finding=_history_finding(said, periods),
        columns=(Column("Bill for", is_number=False), *(Column(name) for name in names), Column("Total")),
        rows=tuple(rows),
        how=How(
            "The lines of each bill as they stand, by category. A line is unusual above the median + 4 times the "
            "median deviation of up to 12 earlier bills, with at least 6 of them.", "Bills of the same kind and "
            f"currency ({said.currency}).", clock.now(),
        ),
        series={"items": items, "names": names, "kinds": [kind.value for kind in used]},
    )  # fmt: skip


def _total(period: Period) -> int:
    return sum(period.categories.values())


def _history_finding(said: Said, periods: tuple[Period, ...]) -> str:
    totals = [_total(one) for one in periods]
    if len(totals) < 2:
        return "Earlier bills will stand beside it."
    earlier = sorted(totals[:-1])
    place = sum(1 for one in earlier if one >= totals[-1])
    rank = "It is the highest of them" if not place else f"{place} of them {'is' if place == 1 else 'are'} as high"
    return f"Between {said.money(earlier[0])} and {said.money(earlier[-1])} before {said.now}. {rank}."
