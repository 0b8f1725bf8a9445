"""What a figure is: a finding in words, a table that says everything, and plain series that draw the same.

The server decides every value, label and address; ``static/makegood/charts.js`` only places marks. Numbers of a chart
are shares, counts or lengths to draw; every text that is read, amounts above all, comes from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from makegood.insights.entries import Rate
from makegood.insights.policy.intervals import FEW
from makegood.kernel.days import day_said, days_said
from makegood.kernel.money import plain

TALL, MIDDLE, FLAT = 8, 4, 2


class Kind(StrEnum):
    """How a figure is drawn."""

    BARS = "bars"
    LINE = "line"
    FUNNEL = "funnel"
    WATERFALL = "waterfall"
    COLUMNS = "columns"
    STACKED = "stacked"
    TABLE = "table"


@dataclass(frozen=True)
class Column:
    """One column of the table; its unit is in the heading."""

    label: str
    is_number: bool = True


@dataclass(frozen=True)
class Row:
    """One mark as a row: its heading, its cells as texts, its list, what is to be noted; ``plain`` is for the file."""

    label: str
    cells: tuple[str, ...]
    href: str = ""
    note: str = ""
    plain: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class How:
    """How a figure is computed: the formula, what it counts in words, when it was read, up to when it is mature."""

    formula: str
    counts: str
    as_of: datetime
    maturity: str = ""


@dataclass(frozen=True)
class Figure:
    """A frozen result to show. ``series`` is plain data for the chart; ``csv`` the name of its table as a file.

    ``is_open`` keeps the table open beside the chart, ``is_wide`` gives it a line of its own. A figure without
    ``series`` is its table alone.
    """

    name: str
    kind: Kind
    title: str
    finding: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    how: How
    series: Mapping[str, Any] = field(default_factory=dict)
    csv: str = ""
    is_open: bool = False
    is_wide: bool = False
    plain_columns: tuple[str, ...] = ()

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Every row with its cells, each under the label of its column."""
        labels = [column.label for column in self.columns[1:]]
        return [(row, list(zip(labels, row.cells, strict=True))) for row in self.rows]

    @property
    def data(self) -> dict[str, Any]:
        """What the chart is drawn from."""
        return {"kind": self.kind.value, **self.series}

    @property
    def data_id(self) -> str:
        """The id of the block of data in the page."""
        return f"data-{self.name}"

    @property
    def size(self) -> str:
        """The class of the chart's height, so that nothing moves when it is drawn."""
        if self.kind not in {Kind.BARS, Kind.WATERFALL}:
            return "is-plot"
        count = len(self.series.get("items", ()))
        if count > MIDDLE:
            return "is-tall" if count > TALL else "is-middle"
        return "is-low" if count > FLAT else "is-flat"


def share(value: float | None) -> str:
    """``6.1%``; an en dash where nothing is known."""
    return "–" if value is None else f"{100 * value:.1f}%"  # noqa: RUF001 - an en dash for nothing


def percent(value: float | None) -> float | None:
    """A share as a number to draw, in percent."""
    return None if value is None else round(100 * value, 3)


def rate_cells(rate: Rate) -> tuple[str, str, str, str]:
    """Four cells: so many, of so many, the rate (none below ten), its interval."""
    if rate.n < FEW:
        return f"{rate.hits:,}", f"{rate.n:,}", "too few", interval_text(rate) if rate.n else "–"  # noqa: RUF001
    return f"{rate.hits:,}", f"{rate.n:,}", share(rate.value), interval_text(rate)


RATE_COLUMNS = ("hits", "n", "rate", "low_95", "high_95")


def rate_plain(rate: Rate) -> tuple[str | int, ...]:
    """A rate as cells of a file: hits, n, and three shares as plain decimals."""
    value = "" if rate.value is None else f"{rate.value:.6f}"
    return rate.hits, rate.n, value, f"{rate.low:.6f}", f"{rate.high:.6f}"


def amount_plain(micros: int | None, currency: str) -> tuple[str | int, ...]:
    """An amount as three cells of a file: plain decimal, currency, micros."""
    return ("", currency, "") if micros is None else (plain(micros, currency), currency, micros)


def interval_text(rate: Rate) -> str:
    """``5.4 to 6.9%``."""
    return f"{100 * rate.low:.1f} to {100 * rate.high:.1f}%"


def day_text(day: date) -> str:
    """``15 Nov``: a figure names its year elsewhere."""
    return day_said(day, day.year)


def span_text(since: date, until: date) -> str:
    """``9 to 15 Nov``, ``26 Oct to 1 Nov``; one day alone is said once."""
    return days_said(since, until, until.year)
