"""Exposure as figures: what is pending by buyer, age and program, and what was at the last month-ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.insights.selectors.exposure import Currency, Exposure, Part
from makegood.kernel.days import day_said
from makegood.kernel.money import format_money
from makegood.web.account_words import counted
from makegood.web.exports import amount_columns
from makegood.web.figures import Column, Figure, How, Kind, Row, amount_plain

SHOWN = 12
FORMULA = (
    "Asked: what was sent and is not decided and committed. Expected: asked times the share that was granted of what "
    "was asked, per program and currency, over mature calls of the last 180 days; its interval is a bootstrap by buyer."
)

Linker = Callable[..., str]
"""The address of the list behind a mark: currency, and buyer, age or program."""


def _text(micros: int | None, currency: str) -> str:
    return "–" if micros is None else format_money(micros, currency)  # noqa: RUF001 - an en dash for nothing


def parts(
    found: Exposure, one: Currency, name: str, words: tuple[str, str], rows: Sequence[Part], link: Linker, counts: str
) -> Figure:
    """What is pending in one currency by buyer, age or program; ``words`` are the heading and the column."""
    scale = max((part.asked_micros for part in rows), default=0) or 1
    items: list[dict[str, Any]] = []
    lines = []
    for part in rows:
        href = link(currency=one.currency, **{name: part.key})
        asked, expected = _text(part.asked_micros, one.currency), _text(part.expected_micros, one.currency)
        plain = (part.count, *amount_plain(part.asked_micros, one.currency))
        plain = (*plain, *amount_plain(part.expected_micros, one.currency))
        lines.append(Row(part.label, (f"{part.count:,}", asked, expected), href, "", plain))
        if len(items) < SHOWN:
            items.append({
                "label": part.label, "from": 0, "to": round(100 * part.asked_micros / scale, 3), "role": "back",
                "text": asked, "href": href, "said": [part.label, f"{asked} asked, {counted(part.count, 'dispute')}",
                                                      f"{expected} expected (estimate)"],
            })  # fmt: skip
    return Figure(
        name=f"{name}-{one.currency.lower()}",
        kind=Kind.WATERFALL,
        title=f"{one.currency} {words[0]}" + (f", the {SHOWN} largest" if len(rows) > SHOWN else ""),
        finding=_finding(rows, one.currency),
        columns=(Column(words[1], is_number=False), Column("Disputes"), Column(f"Asked ({one.currency})"),
                 Column("Expected (estimate)")),
        rows=tuple(lines),
        how=How(FORMULA, counts, found.as_of),
        series={"items": items},
        csv=f"{name}-{one.currency.lower()}",
        plain_columns=("disputes", *amount_columns("asked"), *amount_columns("expected")),
    )  # fmt: skip


def _finding(rows: Sequence[Part], currency: str) -> str:
    if not rows:
        return "Nothing is pending."
    most = max(rows, key=lambda part: part.asked_micros)
    return f"Most: {most.label}, {_text(most.asked_micros, currency)} in {counted(most.count, 'dispute')}."


def month_ends(found: Exposure, counts: str) -> Figure:
    """What was asked and not decided when the last months ended; a table, since currencies share no scale."""
    rows = []
    for end in found.month_ends:
        day = end.at.astimezone(ZoneInfo(found.zone)).date() - timedelta(days=1)
        asked = _text(end.asked_micros, end.currency)
        plain = (day.isoformat(), end.count, *amount_plain(end.asked_micros, end.currency))
        rows.append(Row(day_said(day), (end.currency, f"{end.count:,}", asked), "", "", plain))
    return Figure(
        name="month-ends",
        kind=Kind.TABLE,
        title="At the last month-ends",
        finding=f"What was asked and not decided when a month ended, in the zone {found.zone}.",
        columns=(Column("Month-end", is_number=False), Column("Currency"), Column("Disputes"), Column("Asked")),
        rows=tuple(rows),
        how=How(
            "Disputes sent before the month's end, and neither decided, withdrawn nor closed by then; a dispute that "
            "was open for another round counts. This is what an accrual at that date starts from.",
            counts, found.as_of,
        ),
        csv="month-ends",
        plain_columns=("day", "disputes", *amount_columns("asked")),
        is_open=True,
        is_wide=True,
    )  # fmt: skip
