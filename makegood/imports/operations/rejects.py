"""Writes the rejected rows to a CSV: row, column, code, reason, and the source row's text."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path
from typing import TextIO

from makegood.imports.entries import Rejected
from makegood.imports.errors import RejectsInTheWay

HEADER = ("row", "column", "code", "reason", "source")
_HELD = 2_000
_KINDS = 3
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejects:
    """Counts rejected rows by kind, with an example of each."""

    def __init__(self) -> None:
        self.first: dict[str, Rejected] = {}
        self.counts: Counter[str] = Counter()
        self.rows = 0
        self._last_row = 0
        self._last_of: dict[str, int] = {}

    def add(self, rejected: Rejected) -> None:
        """Take one reason; several of the same row come one after another."""
        if rejected.row != self._last_row:
            self.rows += 1
            self._last_row = rejected.row
        self.first.setdefault(rejected.code, rejected)
        if self._last_of.get(rejected.code) != rejected.row:  # two columns of a row may fail alike
            self.counts[rejected.code] += 1
            self._last_of[rejected.code] = rejected.row

    def messages(self) -> list[str]:
        """The most frequent kinds, each with how often, and its first row's sentence."""
        out = []
        for code, count in self.counts.most_common(_KINDS):
            first = self.first[code]
            often = f"{count:,} rows, the first is row {first.row}" if count > 1 else f"Row {first.row}"
            out.append(f"{often}: {first.reason}")
        return out

    def flush(self) -> None:
        """A chunk is done."""

    def close(self) -> str | None:
        """Finish; the name of the file that was written, if any."""
        return None


class RejectFile(Rejects):
    """Collects rejects of a chunk, writes them in the order of the file; makes the file with the first one."""

    def __init__(self, source: Path, wanted: Path | None) -> None:
        """Raises RejectsInTheWay when the place cannot be written to."""
        self.path = wanted or self._beside(source)
        if not os.access(self.path.parent, os.W_OK):
            raise RejectsInTheWay(path=self.path, reason="the folder is not there or cannot be written")
        if self.path.exists() and self.path.samefile(source):
            raise RejectsInTheWay(path=self.path, reason="it is the very file that is imported")
        super().__init__()
        self._held: list[Rejected] = []
        self._file: TextIO | None = None

    @staticmethod
    def _beside(source: Path) -> Path:
        name = f"{source.stem}.rejects.csv"
        return source.with_name(name) if os.access(source.parent, os.W_OK) else Path.cwd() / name

    def add(self, rejected: Rejected) -> None:
        """Take one reason, and write when enough are held. Raises RejectsInTheWay."""
        super().add(rejected)
        self._held.append(rejected)
        if len(self._held) >= _HELD:
            self.flush()

    def flush(self) -> None:
        """Write what is held. Raises RejectsInTheWay."""
        if not self._held:
            return
        try:
            if self._file is None:
                self._file = self.path.open("w", newline="", encoding="utf-8")
                csv.writer(self._file).writerow(HEADER)
            writer = csv.writer(self._file)
            for one in sorted(self._held, key=lambda rejected: rejected.row):
                writer.writerow((one.row, _guarded(one.column), one.code, one.reason, _guarded(one.source)))
        except OSError as error:
            raise RejectsInTheWay(path=self.path, reason=error.strerror) from error
        self._held.clear()

    def close(self) -> str | None:
        """Finish; the file's name, or None when nothing was rejected."""
        self.flush()
        if self._file is None:
            return None
        self._file.close()
        return str(self.path)


def _guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
