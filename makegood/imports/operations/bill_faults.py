"""Says in words why a line of a bill was left out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from makegood.imports.entries import Rejected
from makegood.imports.errors import LineChanged, RowFault, UsageChanged, row_faults
from makegood.imports.operations.bill_files import BillFile
from makegood.imports.operations.bill_rows import CANONICAL
from makegood.imports.operations.rows import as_line
from makegood.imports.operations.tmf_bills import PATHS
from makegood.imports.operations.tmf_usage import PATHS as USAGE_PATHS
from makegood.imports.states import BillFormat, Container
from makegood.kernel.money import format_money

_PATHS = {BillFormat.TMF678: PATHS, BillFormat.TMF635: USAGE_PATHS}


class BillExplainer:
    """Turns codes into rejects with column, value and sentence, for one file."""

    def __init__(self, file: BillFile, zone: str | None) -> None:
        self._file = file
        self._zone = zone
        self._classes = row_faults()
        self._told: tuple[int, set[tuple[str, str]]] = (0, set())

    def unstaged(self, row: int, code: str, fields: Mapping[str, Any], source: str) -> Rejected:
        """The reject of a row that could not be staged."""
        return Rejected(row, "", code, self._classes[code](**fields).message, source)

    def judged(self, row: int, place: int, faults: Sequence[str], detail: Mapping[str, Any]) -> list[Rejected]:
        """The rejects of a line: one per fault (``CODE:text``). What is wrong with all of a bill is told once."""
        source, out = self._source(detail["texts"]), []
        if self._told[0] != row:
            self._told = (row, set())
        for fault in faults:
            code, _, target = fault.partition(":")
            column = self._column(target, place)
            if (code, column) not in self._told[1]:
                self._told[1].add((code, column))
                error = self._error(code, column, detail["texts"].get(target) or "", detail)
                out.append(Rejected(row, column, error.code, error.message, source))
        return out

    def _column(self, target: str, place: int) -> str:
        if self._file.format is not BillFormat.CSV:
            return _PATHS[self._file.format].get(target, target).format(k=place)
        names = [CANONICAL.get(target, target), *(["monthly"] if target == "net" else [])]
        found = (self._file.found.positions[name] for name in names if name in self._file.found.positions)
        position = next(found, None)
        return "" if position is None else self._file.survey.headers[position]

    def _source(self, texts: Mapping[str, str | None]) -> str:
        raw = texts["raw"] or ""
        if self._file.survey.container is Container.CSV and raw:
            return as_line([cell or "" for cell in json.loads(raw).values()], self._file.survey.delimiter)
        return raw

    def _error(self, code: str, column: str, value: str, detail: Mapping[str, Any]) -> RowFault:
        if code in ("CHARGE_CHANGED", "USAGE_CHANGED"):
            kind = LineChanged if code == "CHARGE_CHANGED" else UsageChanged
            return kind(value=value, before=_said(detail, "old_", "was_back"), after=_said(detail, "", "is_back"))
        fields = {**detail, "column": column, "value": value.removeprefix("open:"), "zone": self._zone or "its zone"}
        return self._classes[code](**fields, encoding="UTF-8")


def _said(detail: Mapping[str, Any], prefix: str, back: str) -> str:
    """An amount with its tax, as people read it; one that gives money back is called a credit."""
    currency = detail["currency"]
    said = format_money(detail[f"{prefix}micros"], currency)
    if detail["old_tax_micros"] != detail["tax_micros"]:
        said += f" with a tax of {format_money(detail[f'{prefix}tax_micros'], currency)}"
    return f"a credit of {said}" if detail[back] else said
