"""Statements that are asked at every request: planned once per connection, not each time.

Django binds values on our side and plans every statement anew. For a statement whose plan takes longer than its work,
that is most of its time; and the driver reads a long text anew each time it is told to bind its names. Here a text is
read once per process and prepared once per connection, by the driver's own functions around libpq. A connection whose
``prepare_threshold`` is None (``?prepare=off``) runs the same texts unprepared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import count
from select import POLLIN, POLLOUT, poll
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection, DataError, OperationalError, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Rows = list[tuple[Any, ...]]
Call = tuple[str, Mapping[str, Any]]
"""The text of a statement and its parameters."""

KEPT = 200
"""Statements that a connection keeps prepared; then the one that was asked longest ago makes room.

More than are ever sent together: what a call has prepared stays until it is sent."""

FEW = 20
"""Up to this many items a list is served by one plan for all lengths."""

_NAMED = re.compile(r"%(?:%|\((?P<name>\w+)\)s)")
_serial = count(1)
_READY = "makegood_prepared"
"""Where a connection keeps the readers of what it has prepared, so that they end with it."""
_ANSWERS = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


class Statement:
    """A text as the server takes it: numbered parameters, and the names they had."""

    __slots__ = ("name", "names", "query")

    def __init__(self, text: str) -> None:
        places: dict[str, int] = {}

        def numbered(match: re.Match[str]) -> str:
            name = match["name"]
            return "%" if name is None else f"${places.setdefault(name, len(places) + 1)}"

        self.query = _NAMED.sub(numbered, text).encode()
        self.names = tuple(places)
        self.name = b"mg_%d" % next(_serial)


_statement = lru_cache(maxsize=2_048)(Statement)


class _Reader:
    """Reads the answers of one statement; which types its columns have is looked up with the first."""

    __slots__ = ("_knows", "_transformer")

    def __init__(self, raw: Connection[Any]) -> None:
        self._transformer = Transformer(raw)
        self._knows = False

    def rows(self, result: PGresult) -> Rows:
        self._transformer.set_pgresult(result, set_loaders=not self._knows)
        self._knows = True
        return self._transformer.load_rows(0, result.ntuples, tuple)


def fetch(text: str, params: Mapping[str, Any]) -> Rows:
    """The rows of a statement that is prepared on the server. Every parameter says its type in the text.

    By itself it is a transaction; inside one that is open it is a part of it, as any statement is.
    """
    here = connections[DEFAULT_DB_ALIAS]
    with here.wrap_database_errors:
        raw = _connected(here)
        _noted(here, text)
        statement = _statement(text)
        values = bound(raw, statement, params)
        if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
            _checked(raw, raw.pgconn.exec_(b"BEGIN"))
        if raw.prepare_threshold is None:
            return _rows(raw, _Reader(raw), raw.pgconn.exec_params(statement.query, values))
        reader = _prepared(raw, statement)
        return _rows(raw, reader, raw.pgconn.exec_prepared(statement.name, values))


def fetch_for(size: int, text: str, params: Mapping[str, Any]) -> Rows:
    """The rows of a statement about a list of ``size`` items: prepared for a few, planned anew for many.

    A prepared plan knows nothing of the length of a list.
    """
    if size <= FEW:
        return fetch(text, params)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(text, params)
        rows: Rows = cursor.fetchall()
    return rows


def fetch_together(*calls: Call) -> list[Rows]:
    """The rows of several statements that are one transaction, sent in one go.

    When one of them fails, none has happened. Inside a transaction that is open they run one after the other.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if here.in_atomic_block or not calls:
        return [fetch(text, params) for text, params in calls]
    with here.wrap_database_errors:
        raw = _connected(here)
        _noted(here, *(text for text, _ in calls))
        statements = [_statement(text) for text, _ in calls]
        values = [bound(raw, s, params) for s, (_, params) in zip(statements, calls, strict=True)]
        prepares = raw.prepare_threshold is not None
        readers = [_prepared(raw, statement) if prepares else _Reader(raw) for statement in statements]
        results = sent_together(raw, statements, values)
        return [_rows(raw, reader, result) for reader, result in zip(readers, results, strict=False)]


def sent_together(raw: Connection[Any], statements: Sequence[Statement], values: Sequence[list[Any]]) -> list[PGresult]:
    """What the server answers to statements between two synchronizing points, which it takes for one transaction."""
    pgconn = raw.pgconn
    results: list[PGresult] = []
    pgconn.enter_pipeline_mode()
    try:
        for statement, given in zip(statements, values, strict=True):
            if raw.prepare_threshold is None:
                pgconn.send_query_params(statement.query, given)
            else:
                pgconn.send_query_prepared(statement.name, given)
        pgconn.pipeline_sync()
        synchronized = False
        while not synchronized:
            _wait(pgconn)
            result = pgconn.get_result()
            synchronized = result is not None and result.status == ExecStatus.PIPELINE_SYNC
            if result is not None and not synchronized:
                results.append(result)
    finally:
        pgconn.exit_pipeline_mode()
    return results


def _wait(pgconn: PGconn) -> None:
    """Wait until the next result is there. Asked for it earlier, libpq would wait itself and hold up every thread."""
    socket = poll()
    while pgconn.flush():
        socket.register(pgconn.socket, POLLIN | POLLOUT)
        socket.poll()
        pgconn.consume_input()
    socket.register(pgconn.socket, POLLIN)
    while pgconn.is_busy():
        socket.poll()
        pgconn.consume_input()


def _connected(here: BaseDatabaseWrapper) -> Connection[Any]:
    here.ensure_connection()
    here.validate_no_broken_transaction()
    raw: Connection[Any] = here.connection
    return raw


def _noted(here: BaseDatabaseWrapper, *texts: str) -> None:
    """Have statements seen by whoever watches what this connection asks."""
    if here.queries_logged:
        here.queries_log.extend({"sql": text, "time": ""} for text in texts)


def _prepared(raw: Connection[Any], statement: Statement) -> _Reader:
    """Have the statement prepared on this connection; who reads its answers."""
    ready: dict[bytes, _Reader] = vars(raw).setdefault(_READY, {})
    reader = ready.pop(statement.name, None)
    if reader is not None:
        ready[statement.name] = reader
        return reader
    if len(ready) >= KEPT:
        oldest = next(iter(ready))
        _checked(raw, raw.pgconn.exec_(b"DEALLOCATE " + oldest))
        del ready[oldest]
    _checked(raw, raw.pgconn.prepare(statement.name, statement.query))
    reader = ready[statement.name] = _Reader(raw)
    return reader


def _checked(raw: Connection[Any], result: PGresult) -> None:
    if result.status not in _ANSWERS:
        if raw.pgconn.status == ConnStatus.BAD:
            raise OperationalError(result.get_error_message(raw.info.encoding))
        raise errors.error_from_result(result, encoding=raw.info.encoding)


def _rows(raw: Connection[Any], reader: _Reader, result: PGresult) -> Rows:
    _checked(raw, result)
    return reader.rows(result)


def bound(raw: Connection[Any], statement: Statement, params: Mapping[str, Any]) -> list[Any]:
    """The parameters as the server reads them, in the order of their numbers."""
    return [_text(raw, params[name]) for name in statement.names]


def _text(raw: Connection[Any], value: Any) -> bytes | None:
    """A value as the server reads it."""
    if value is None:
        return None
    kind = type(value)
    if kind is list:
        return b"{" + b",".join([_element(raw, one) for one in value]) + b"}"
    known = _WRITERS.get(kind)
    if known is not None:
        return known(value)
    if isinstance(value, str):
        return _written(value)
    return bytes(Transformer(raw).get_dumper(value, PyFormat.TEXT).dump(value) or b"")


def _element(raw: Connection[Any], value: Any) -> bytes:
    if value is None:
        return b"NULL"
    kind = type(value)
    if kind is int or kind is bool:
        return _WRITERS[kind](value)
    text = _text(raw, value) or b""
    if b"\\" in text or b'"' in text:
        text = text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"' + text + b'"'


def _written(value: str) -> bytes:
    if "\0" in value:
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    str: _written,
    bytes: lambda value: b"\\x" + value.hex().encode(),
    Decimal: lambda value: str(value).encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
}
