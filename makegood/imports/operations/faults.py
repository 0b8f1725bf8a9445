"""Says in words why a row was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.imports.entries import Rejected, Survey
from makegood.imports.errors import ChargeDisputed, RowFault, row_faults
from makegood.imports.operations.rows import as_line, as_object
from makegood.imports.policy.recognition import Recognized
from makegood.imports.states import Container
from makegood.kernel.money import format_money

_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


class Explainer:
    """Turns codes into rejects with the header, the value and the sentence, for one file."""

    def __init__(
        self, survey: Survey, found: Recognized, sources: Mapping[str, tuple[str, ...]], zone: str | None
    ) -> None:
        self._survey = survey
        self._positions = {
            target: [found.positions[name] for name in names if name in found.positions]
            for target, names in sources.items()
        }
        self._zone = zone
        self._classes = row_faults()

    def unstaged(self, row: int, code: str, fields: dict[str, Any], source: str) -> Rejected:
        """The reject of a row that could not be staged."""
        return Rejected(row, "", code, self._classes[code](**fields).message, source)

    def judged(
        self, row: int, faults: Sequence[str], detail: Mapping[str, Any], cells: Sequence[str | None]
    ) -> list[Rejected]:
        """The rejects of a row that the statement left out: one per fault (``CODE:fact``)."""
        source = self._source(cells)
        out: dict[tuple[str, str], Rejected] = {}  # two facts may be read from one column; it is told once
        for fault in faults:
            code, _, target = fault.partition(":")
            column, value = self._cell(target, cells)
            error = self._error(code, column, value, detail)
            out.setdefault((code, column), Rejected(row, column, error.code, error.message, source))
        return list(out.values())

    def _cell(self, target: str, cells: Sequence[str | None]) -> tuple[str, str]:
        """The header of the column a fact was read from, and what stands there."""
        places = self._positions.get(target, [])
        place = next((place for place in places if (cells[place] or "").strip()), places[0] if places else None)
        if place is None:
            return "", ""
        return self._survey.headers[place], (cells[place] or "").strip()

    def _error(self, code: str, column: str, value: str, detail: Mapping[str, Any]) -> RowFault:
        if code == "CHARGE_CHANGED":
            return self._changed(detail)
        fields = {**detail, "column": column, "value": value, "zone": self._zone, "encoding": self._encoding()}
        return self._classes[code](**fields)

    def _encoding(self) -> str:
        return _ENCODINGS[self._survey.encoding]

    def _changed(self, detail: Mapping[str, Any]) -> RowFault:
        if not detail["was_billed"]:
            return ChargeDisputed()
        before = format_money(detail["old_billed"], detail["old_currency"])
        after = format_money(detail["billed"], detail["currency"])
        if before == after:
            before = f"{before} with a payout of {format_money(detail['old_payout'], detail['old_payout_currency'])}"
            after = f"{after} with a payout of {format_money(detail['payout'], detail['payout_currency'])}"
        if before == after:
            before, after = f"{before} for one party", "another customer or vendor"
        return self._classes["CHARGE_CHANGED"](before=before, after=after)

    def _source(self, cells: Sequence[str | None]) -> str:
        if self._survey.container is Container.CSV:
            return as_line([cell or "" for cell in cells], self._survey.delimiter)
        return as_object(self._survey.headers, list(cells))
