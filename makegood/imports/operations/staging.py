"""The temporary tables of an import, and the way of rows into them and through the statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from babel.core import get_global
from django.db import connection
from django.db.backends.utils import CursorWrapper

from makegood.imports.entries import Setting, Survey
from makegood.imports.operations.rows import as_line
from makegood.imports.operations.set_aside import Aside
from makegood.imports.policy.compiler import PHONES, Compiled, compile_format
from makegood.imports.policy.phones import WITHHELD_NUMBERS, WITHHELD_WORDS, normalized
from makegood.imports.policy.rate import rate_fragments
from makegood.imports.policy.recognition import Recognized
from makegood.imports.states import Container
from makegood.kernel import sql
from makegood.kernel.money import LARGEST, MICROS

_LINES_AT_ONCE = 800  # about 256 kB of text
_COPY = "COPY import_stage FROM STDIN (FORMAT csv, DELIMITER '{}')"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('makegood import', 0))"
_SETTINGS = ("SET LOCAL work_mem = '96MB'", "SET LOCAL datestyle = 'ISO, MDY'", "SET LOCAL jit = off")


Refuse = Callable[[int, Sequence[str], Mapping[str, Any], Sequence[str | None]], None]
"""Told ``(row, faults, detail, cells)`` of a rejected row."""


class _Way:
    """One form of the statements."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.statement = sql.spliced("imports.import_chunk", compiled.fragments)
        self.odd_phones = sql.spliced("imports.odd_phones", compiled.fragments)
        self.bills = sql.spliced("imports.stage_bills", compiled.fragments)


def _way(survey: Survey, found: Recognized, setting: Setting, *, trim: bool) -> _Way:
    as_json = survey.container is not Container.CSV
    compiled = compile_format(found, survey.headers, as_json=as_json, trim=trim)
    compiled.fragments |= rate_fragments(setting.rate, is_flagged=bool(found.mapping.billed_when.flags))
    return _Way(compiled)


class Stage:
    """One session's staging tables for files of one format, and the statement over them."""

    def __init__(self, survey: Survey, found: Recognized, setting: Setting) -> None:
        mapping = found.mapping
        self._survey = survey
        self._external_source = mapping.external_source
        self._ways = {trim: _way(survey, found, setting, trim=trim) for trim in (False, True)}
        self._has_bills = "invoice_number" in mapping.fields
        self._legs = _legs(found)
        self._held: list[str] = []
        self._parameters: dict[str, Any] = {
            **self._ways[False].compiled.parameters,
            "program": setting.program_id,
            "zone": setting.zone,
            "currency": setting.currency,
            "no_customer": setting.no_customer,
            "external_source": self._external_source,
            "headers": list(survey.headers),
            "currencies": sorted(get_global("all_currencies")),
            "withheld": [*WITHHELD_NUMBERS, *sorted(WITHHELD_WORDS)],
            "largest": LARGEST // MICROS,
            "leads_wait": mapping.leads_wait,
            "tells_price": setting.rate is not None or not mapping.takes_rate,
        }
        self._asks_for_phones = _has_odd_phones(survey, found)
        self.aside = Aside(self._ways[False].compiled, found, self._parameters)

    @property
    def sources(self) -> Mapping[str, tuple[str, ...]]:
        """Which columns each fact is read from."""
        return self._ways[False].compiled.sources

    def create(self) -> None:
        """Make the tables of this session."""
        cells = ", ".join(f"c{place} text" for place in range(len(self._survey.headers)))
        self.drop()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE import_stage (n bigint, bad text, raw text, {cells})")
            cursor.execute("CREATE TEMPORARY TABLE import_seen (key uuid PRIMARY KEY)")
        self.aside.create()

    def drop(self) -> None:
        """Forget the tables."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.import_stage, pg_temp.import_seen")
        self.aside.drop()

    @property
    def is_holding(self) -> bool:
        """Whether rows of the last chunk wait for the next one."""
        return bool(self._held)

    def load(self, lines: Iterator[str], most: int) -> int:
        """Copy up to ``most`` lines into the emptied table. Needs a transaction.

        Of rows that are one call only the one that stands for it is left; returns how many were left out. What the
        last call of the chunk has is held back, with the line after it: more of that call may follow.
        """
        chunk = chain(self._held, islice(lines, most))
        with connection.cursor() as cursor:
            _prepare(cursor)
            cursor.execute("TRUNCATE import_stage")
            with cursor.copy(_COPY.format(self._survey.delimiter)) as copy:
                while block := "".join(islice(chunk, _LINES_AT_ONCE)):
                    copy.write(block)
            self._held = []
            if self._legs is None:
                return 0
            following = next(lines, None)
            if following is not None:
                cursor.execute(sql.spliced("imports.last_call", self._legs))
                self._held = [as_line(list(row), self._survey.delimiter, end="\n") for row in cursor.fetchall()]
                self._held.append(following)
            cursor.execute(sql.spliced("imports.other_legs", self._legs))
            return int(cursor.rowcount)

    def load_waiting(self, most: int) -> int:
        """Stage up to ``most`` rows that were set aside; how many. Needs a transaction."""
        with connection.cursor() as cursor:
            _prepare(cursor)
        return self.aside.stage(most)

    def run(
        self,
        batch: int,
        *,
        trim: bool,
        phones: Mapping[str, str | None],
        is_final: bool,
        refuse: Refuse,
        **flags: bool,
    ) -> list[tuple[str, Any]]:
        """Judge and bill what is staged; (kind, detail) of the statement's answer. Needs :meth:`load`'s transaction.

        ``trim`` says that some cell holds spaces around its text; ``phones`` are the numbers that are not E.164.
        ``refuse`` hears of rejected rows one by one, and of none when the statement needs to run again.
        """
        parameters = {**self._parameters, **flags, "batch": batch, "phones": json.dumps(phones), "is_final": is_final}
        with connection.cursor() as cursor:
            if self._has_bills:
                cursor.execute(self._ways[trim].bills, parameters)
            cursor.execute(self._ways[trim].statement, parameters)
            told = []
            for kind, n, faults, detail, cells in cursor:
                if kind == "reject":
                    refuse(n, faults, _loaded(detail), cells)
                else:
                    told.append((kind, _loaded(detail)))
            return told

    def odd_phones(self, *, trim: bool) -> dict[str, str | None]:
        """The staged numbers that are not E.164 yet, normalized; none when such were not met so far."""
        if not self._asks_for_phones:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(self._ways[trim].odd_phones, self._parameters)
            return {text: normalized(text) for text in {text for cells in cursor for text in cells if text}}

    def learn(self, texts: list[str]) -> dict[str, str | None]:
        """Normalize numbers that the statement did not know; ask beforehand from now on."""
        self._asks_for_phones = True
        return {text: normalized(text) for text in texts}

    def remember(self, keys: list[str]) -> None:
        """Keep ids that were seen in this file and that no charge of this batch tells of."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO import_seen SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING", [keys])


def _prepare(cursor: CursorWrapper) -> None:
    for setting in _SETTINGS:
        cursor.execute(setting)
    cursor.execute(_LOCK)


def _has_odd_phones(survey: Survey, found: Recognized) -> bool:
    fields = (found.mapping.fields.get(target) for target in PHONES)
    places = [found.positions[name] for field in fields if field for name in field.sources if name in found.positions]
    return any(
        (text := cells[place]) and not (text.startswith("+") and text[1:].isdigit())
        for cells in survey.sample
        for place in places
    )


def _legs(found: Recognized) -> dict[str, str] | None:
    """Where it stands that two rows are one call, and which of them stands for it; None where no row says so."""
    legs, places = found.mapping.legs, found.positions
    if legs is None or legs.same not in places:
        return None
    cells = [f"c{places[name]}" for name in legs.most if name in places]
    order = (f"coalesce(length({cell}), 0) DESC, {cell} DESC" for cell in cells)
    return {"leg_key": f"btrim(c{places[legs.same]})", "leg_order": ", ".join(order)}


def _loaded(value: Any) -> Any:
    """jsonb as Python reads it; Django hands it over as text."""
    return json.loads(value) if isinstance(value, str) else value
