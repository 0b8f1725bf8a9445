"""Rows as CSV or JSON, to a file or to the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from makegood.project.problems import OperatorProblem

Command = TypeVar("Command", bound=Callable[..., Any])

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-\d+(\.\d+)?", re.ASCII)


class NoSuchNumber(OperatorProblem):
    """What was typed is no number of ours."""

    def __init__(self, text: str, letter: str) -> None:
        super().__init__(f'"{text}" is no number; write it as {letter}-1001.')


def writing_options(command: Command) -> Command:
    """The options --format and --out, as `format_` and `out`."""
    for option in (
        click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."),
        click.option("--format", "format_", default="csv", type=click.Choice(["csv", "json"]), show_default=True,
                     help="How the rows are written."),
    ):  # fmt: skip
        command = option(command)
    return command


def write_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, format_: str, out: Path | None) -> None:
    """Write plain rows; CSV has a header even without rows, JSON is one line.

    In CSV a text that a spreadsheet would take for a formula gets an apostrophe in front; JSON has texts as they are.
    """
    listed = list(rows)
    text = json.dumps(listed) + "\n" if format_ == "json" else _as_csv(listed, columns)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8", newline="")


def _as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _guarded(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _guarded(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula, nor for two rows; a number stays one."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if value.startswith(_FORMULA) else text


def numbered(text: str, letter: str) -> int:
    """The number of ``S-1001`` or ``1001``. Raises NoSuchNumber."""
    digits = text.removeprefix(f"{letter}-")
    if not (digits.isascii() and digits.isdigit()):
        raise NoSuchNumber(text, letter)
    return int(digits)
