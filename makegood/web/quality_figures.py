"""Quality as figures: over time, by group, as a funnel, and what became of the money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from makegood.insights.entries import Money as Sums
from makegood.insights.policy.intervals import FEW
from makegood.insights.selectors.quality import Line, Point, Quality
from makegood.insights.states import By, Counted, Measure
from makegood.kernel.money import Money, format_money
from makegood.web.figures import (
    RATE_COLUMNS,
    Column,
    Figure,
    How,
    Kind,
    Row,
    amount_plain,
    day_text,
    interval_text,
    percent,
    rate_cells,
    rate_plain,
    share,
    span_text,
)

NOTHING = "–"  # noqa: RUF001 - a zero effect is an en dash
SHOWN = 12
"""So many groups are drawn; the table has them all."""
HITS = {Measure.DISPUTED: Counted.DISPUTED, Measure.ACCEPTED: Counted.ACCEPTED, Measure.INVALID: Counted.INVALID}
WORDS = {Measure.DISPUTED: "Disputed", Measure.ACCEPTED: "Accepted", Measure.INVALID: "Invalid"}
OF = {Measure.DISPUTED: "billed", Measure.ACCEPTED: "decided", Measure.INVALID: "delivered"}
FORMULAS = {
    Measure.DISPUTED: "Disputes / billed charges of the same cohorts. Left out: what was withdrawn within 10 minutes, "
    "and what quality assurance opened.",
    Measure.ACCEPTED: "Accepted in full or in part / decided and committed. Undecided disputes count on neither side.",
    Measure.INVALID: "Charges decided invalid / charges delivered: decided, not merely disputed.",
}
NOUNS = {
    By.VENDOR: ("vendor", "Vendors", "No vendor"),
    By.CAMPAIGN: ("campaign", "Campaigns", "No campaign"),
    By.CUSTOMER: ("buyer", "Buyers", "No buyer"),
    By.REASON: ("reason", "Reasons", "No reason given"),
}

Linker = Callable[..., str]
"""The address of the list behind a mark: what is counted, and since, until, key, mature where they differ."""


@dataclass(frozen=True)
class Said:
    """What a page says of all its figures: the filter in words, the last mature day, where marks lead."""

    counts: str
    through: date
    link: Linker

    @property
    def maturity(self) -> str:
        """Up to when cohorts are mature."""
        return f"Mature through {day_text(self.through)}; later calls can still be disputed."


def trend(found: Quality, said: Said) -> Figure:
    """The rate by day or week with its three-sigma limits; cohorts that can still be disputed are dashed."""
    word, of = WORDS[found.measure], OF[found.measure]
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for point in found.points:
        span = span_text(point.since, point.until)
        note = "" if point.is_mature else "can still change"
        note = "out of the ordinary" if point.alarms else note
        href = said.link(HITS[found.measure], since=point.since, until=point.until, mature=False)
        limits = f"{100 * point.limits.low:.1f} to {100 * point.limits.high:.1f}%"
        plain = (point.since.isoformat(), point.until.isoformat(), *rate_plain(point.rate), int(point.is_mature))
        rows.append(Row(span, (*rate_cells(point.rate), limits), href, note, plain))
        items.append(_point_item(point, span, note, href))
    return Figure(
        name="trend",
        kind=Kind.LINE,
        title=f"{word}, by {'week' if found.weekly else 'day'} of the call",
        finding=_trend_finding(found, word),
        columns=(Column("Calls of", is_number=False), Column(word), Column(f"Of ({of})"), Column("Rate"),
                 Column("95% interval"), Column("3 sigma limits")),
        rows=tuple(rows),
        how=How(
            f"{FORMULAS[found.measure]} Limits: the mean of mature cohorts and three standard errors around it; "
            "a week alarms outside them, or as the eighth in a row on one side.",
            said.counts, found.as_of, said.maturity,
        ),
        series={"items": items, "mean": percent(found.mean.value), "meanText": f"mean {share(found.mean.value)}"},
        csv="trend",
        plain_columns=("since", "until", *RATE_COLUMNS, "mature"),
    )  # fmt: skip


def _point_item(point: Point, span: str, note: str, href: str) -> dict[str, Any]:
    return {
        "label": day_text(point.since),
        "value": percent(point.rate.value),
        "low": percent(point.limits.low),
        "high": percent(point.limits.high),
        "open": not point.is_mature,
        "alarm": point.alarms,
        "href": href,
        "said": [span, str(point.rate), *([note] if note else [])],
    }


def _trend_finding(found: Quality, word: str) -> str:
    if not found.mean.n:
        return "No cohort of this period is mature yet, so there is no headline figure."
    span = "week" if found.weekly else "day"
    loud = [point for point in found.points if point.alarms]
    if not loud:
        return f"{word} {found.mean} of {found.mean.n:,} mature calls; no {span} is out of the ordinary."
    worst = max(loud, key=lambda point: abs((point.rate.value or 0.0) - (found.mean.value or 0.0)))
    count = f"{len(loud)} {span}{'' if len(loud) == 1 else 's'}"
    return (
        f"{word} {found.mean}; {count} out of the ordinary, most {span_text(worst.since, worst.until)} at {worst.rate}."
    )


def groups(found: Quality, by: By, said: Said) -> Figure:
    """Every group with raw rate, n, interval and shrunk rate; the highest are drawn with whiskers."""
    noun, title, nobody = NOUNS[by]
    word, of = WORDS[found.measure], OF[found.measure]
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for line in found.lines:
        label = line.label if line.key is not None else nobody
        href = said.link(HITS[found.measure], key=line.key if line.key is not None else "none")
        note = "outside the 99.8% limits" if line.is_outside else ""
        plain = (*rate_plain(line.rate), f"{line.shrunk:.6f}")
        rows.append(Row(label, (*rate_cells(line.rate), share(line.shrunk)), href, note, plain))
        if len(items) < SHOWN:
            items.append(_bar(line, label, note, href))
    few = len(found.lines) > SHOWN
    return Figure(
        name="groups",
        kind=Kind.BARS,
        title=f"{word} by {noun}" + (f", the {SHOWN} highest" if few else ""),
        finding=_group_finding(found, noun, nobody),
        columns=(Column(title[:-1], is_number=False), Column(word), Column(f"Of ({of})"), Column("Rate"),
                 Column("95% interval"), Column("Shrunk")),
        rows=tuple(rows),
        how=How(
            f"{FORMULAS[found.measure]} Interval: Wilson, 95%. Order: the shrunk rate (x + m s) / (n + s) with "
            f"m = {share(found.prior.mean)} and s = {found.prior.strength:,.0f} (method of moments over these groups), "
            "so that few calls do not top the list.",
            said.counts, found.as_of, said.maturity,
        ),
        series={"items": items, "mean": percent(found.mean.value), "meanText": f"mean {share(found.mean.value)}"},
        csv="groups",
        plain_columns=(*RATE_COLUMNS, "shrunk"),
        is_open=True,
        is_wide=True,
    )  # fmt: skip


def _bar(line: Line, label: str, note: str, href: str) -> dict[str, Any]:
    few = line.rate.n < FEW
    return {
        "label": label,
        "value": percent(line.rate.value),
        "low": percent(line.rate.low),
        "high": percent(line.rate.high),
        "dot": percent(line.shrunk),
        "few": few,
        "href": href,
        "said": [label, str(line.rate), f"n {line.rate.n:,}, shrunk {share(line.shrunk)}", *([note] if note else [])],
    }


def _group_finding(found: Quality, noun: str, nobody: str) -> str:
    if not found.lines:
        return f"No {noun} has mature calls in this period."
    first = found.lines[0]
    label = first.label if first.key is not None else nobody
    return (
        f"Highest: {label} with {first.rate}, {share(first.shrunk)} once shrunk toward the mean, n = {first.rate.n:,}."
    )


def funnel(found: Quality, by: By, said: Said) -> Figure | None:
    """Volume against rate with the limits that chance keeps to; None where there is nothing to compare."""
    if not found.edges or len(found.lines) < 3:
        return None
    noun, title, nobody = NOUNS[by]
    items, rows = _dots(found, nobody, said)
    outside = [line for line in found.lines if line.is_outside]
    limits = [
        [edge.n, *(percent(end) for end in (edge.limits.outer.low, edge.limits.inner.low, edge.limits.inner.high,
                                            edge.limits.outer.high))]
        for edge in found.edges
    ]  # fmt: skip
    names = ", ".join(line.label if line.key is not None else nobody for line in outside[:4])
    more = f" and {len(outside) - 4} more" if len(outside) > 4 else ""
    finding = f"{len(outside)} of {len(found.lines)} {title.lower()} outside the 99.8% limits: {names}{more}."
    return Figure(
        name="funnel",
        kind=Kind.FUNNEL,
        title=f"{title} against what chance would bring",
        finding=finding if outside else f"No {noun} is outside the 99.8% limits.",
        columns=(Column(title[:-1], is_number=False), Column(f"n ({OF[found.measure]})"), Column("Rate"),
                 Column("95% interval")),
        rows=tuple(rows),
        how=How(
            f"{FORMULAS[found.measure]} Limits at 95% and 99.8% around the mean, their variance widened "
            f"{found.factor:.1f} times for overdispersion (extremes pulled in by a tenth).",
            said.counts, found.as_of, said.maturity,
        ),
        series={"items": items, "limits": limits, "mean": percent(found.mean.value),
                "meanText": f"mean {share(found.mean.value)}", "across": f"n, {OF[found.measure]} (log)"},
        csv="funnel",
        plain_columns=RATE_COLUMNS,
    )  # fmt: skip


def _dots(found: Quality, nobody: str, said: Said) -> tuple[list[dict[str, Any]], list[Row]]:
    """Every group as a mark of the funnel, and as a row."""
    items: list[dict[str, Any]] = []
    rows: list[Row] = []
    for line in found.lines:
        label = line.label if line.key is not None else nobody
        href = said.link(HITS[found.measure], key=line.key if line.key is not None else "none")
        note = "outside the 99.8% limits" if line.is_outside else ""
        cells = f"{line.rate.n:,}", share(line.rate.value), interval_text(line.rate)
        rows.append(Row(label, cells, href, note, rate_plain(line.rate)))
        items.append({
            "label": label, "x": line.rate.n, "y": percent(line.rate.value), "out": line.is_outside, "href": href,
            "said": [label, str(line.rate), f"n {line.rate.n:,}", *([note] if note else [])],
        })  # fmt: skip
    return items, rows


@dataclass(frozen=True)
class _Step:
    """One bar of a waterfall: what it is, from where to where it reaches, and its own amount."""

    label: str
    start: int
    end: int
    amount: int
    role: str
    what: Counted | None = None


def waterfall(found: Quality, money: Sums, said: Said) -> Figure:
    """What was billed, credited, reversed, charged as fees and clawed back, and what is left of it; one currency."""
    steps, code = _steps(money), money.currency
    scale = max(1, *(max(step.start, step.end) for step in steps[1:]))
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for step in steps:
        text = format_money(step.amount, code) if step.amount else NOTHING
        part = f"{100 * abs(step.amount) / money.billed_micros:.2f}%" if money.billed_micros else "–"  # noqa: RUF001
        href = said.link(step.what) if step.what else ""
        rows.append(Row(step.label, (text, part), href, "", amount_plain(step.amount, code)))
        low, high = sorted((step.start, step.end))
        items.append({
            "label": step.label, "name": f"{step.label}, cut off" if high > scale else step.label,
            "from": round(100 * low / scale, 3), "to": round(100 * min(high, scale) / scale, 3),
            "role": step.role, "text": text, "href": href, "said": [step.label, text, f"{part} of billed"],
        })  # fmt: skip
    return Figure(
        name=f"money-{code.lower()}-{money.payout_currency.lower()}",
        kind=Kind.WATERFALL,
        title=f"Where {code} goes",
        finding=_money_finding(money, code),
        columns=(Column("Step", is_number=False), Column(f"Amount ({code})"), Column("Of billed")),
        rows=tuple(rows),
        how=How(
            "Credited - reversed - fees - clawed back (less what was given back to vendors) = net leakage after fees. "
            "The bar of what was billed is cut off; the others share one scale. Amounts of different currencies are "
            "never added.",
            said.counts, found.as_of, said.maturity,
        ),
        series={"items": items},
        csv=f"money-{code.lower()}-{money.payout_currency.lower()}",
        plain_columns=("amount", "currency", "micros"),
        is_open=True,
    )  # fmt: skip


def _steps(money: Sums) -> list[_Step]:
    credited, kept = money.credited_micros, money.credited_micros - money.reversed_micros
    after = kept - money.fee_micros
    steps = [
        _Step("Billed", 0, money.billed_micros, money.billed_micros, "whole"),
        _Step("Credited", 0, credited, credited, "given", Counted.INVALID),
        _Step("Reversed", kept, credited, -money.reversed_micros, "back"),
        _Step("Fees", after, kept, -money.fee_micros, "back"),
    ]
    if money.currency != money.payout_currency:
        return [*steps, _Step("Credited, net", 0, after, after, "net")]
    left = after - money.net_clawed_micros
    clawed = _Step("Clawed back", left, after, -money.net_clawed_micros, "back")
    return [*steps, clawed, _Step("Net leakage", 0, left, left, "net")]


def _money_finding(money: Sums, code: str) -> str:
    gross = money.gross_leakage
    if gross is None:
        return f"Nothing was billed in {code}."
    text = f"{float(100 * gross):.2f}% of {format_money(money.billed_micros, code)} was credited and not reversed"
    if money.net_leakage is None:
        back = Money(money.net_clawed_micros, money.payout_currency)
        return f"{text}; vendors gave {format_money(back.micros, back.currency)} back, which is another currency."
    coverage = money.clawback_coverage
    carried = f"; vendors carry {float(100 * coverage):.0f}% of their share" if coverage is not None else ""
    return f"{text}; net leakage {float(100 * money.net_leakage):.2f}%{carried}."
