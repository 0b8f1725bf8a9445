"""Fills rows with the rows they point to: a statement a table, composed once and prepared.

What prefetch_related does composes a statement for every relation at every request; on a page of rows with a dozen
relations that is most of its time. Outside of a transaction the statements of a level are sent together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, ForeignKey, Model

from makegood.kernel.prepared import fetch, fetch_together

M = TypeVar("M", bound=Model)
Convert = Callable[..., Any]


@dataclass(frozen=True)
class _Table:
    """How the rows of a model are read by their keys."""

    model: type[Model]
    names: tuple[str, ...]
    key: int
    text: str
    converters: tuple[tuple[int, tuple[Convert, ...]], ...]

    def built(self, rows: Iterable[Sequence[Any]]) -> dict[Any, Model]:
        """Instances by key, as the database answers them."""
        found: dict[Any, Model] = {}
        for row in rows:
            values = list(row)
            for place, converters in self.converters:
                for convert in converters:
                    values[place] = convert(values[place], None, connection)
            found[values[self.key]] = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values)
        return found


@dataclass(frozen=True)
class _Hop:
    """A relation: from the rows at a path to those at another."""

    before: str
    path: str
    field: ForeignKey[Any, Any]
    table: _Table


class Pointed(Generic[M]):
    """Rows of ``model`` with what ``paths`` lead to (``"charge__vendor"``), each row of a table once.

    ``without`` names columns that are left unread, by the model that has them; asked for, they are read then.
    """

    def __init__(self, model: type[M], *paths: str, without: Mapping[type[Model], Sequence[str]] | None = None) -> None:
        self._model = model
        self._paths = paths
        self._without = dict(without or {})

    def fill(self, rows: Iterable[M]) -> None:
        """Have rows know what they point to; what one of them knows already is kept."""
        here: dict[str, list[Any]] = {"": list(rows)}
        for level in self._levels:
            read = _read(_wanted(level, here))
            for hop in level:
                here[hop.path] = _pointed(hop, here[hop.before], read)

    def by_key(self, keys: Iterable[Any]) -> dict[Any, M]:
        """The rows of those keys that there are, filled, by key."""
        found: dict[Any, Any] = self._own.built(fetch(self._own.text, {"keys": list(keys)}))
        self.fill(found.values())
        return found

    @cached_property
    def _own(self) -> _Table:
        return self._table(self._model, self._model._meta.pk)

    @cached_property
    def _levels(self) -> tuple[tuple[_Hop, ...], ...]:
        """The relations, those that start at the rows first."""
        levels: list[dict[str, _Hop]] = []
        for path in self._paths:
            model: type[Model] = self._model
            names = path.split("__")
            for depth, name in enumerate(names):
                field: Any = model._meta.get_field(name)
                if depth == len(levels):
                    levels.append({})
                before, at = "__".join(names[:depth]), "__".join(names[: depth + 1])
                levels[depth].setdefault(
                    at, _Hop(before, at, field, self._table(field.related_model, field.target_field))
                )
                model = field.related_model
        return tuple(tuple(level.values()) for level in levels)

    def _table(self, model: type[Model], key: Field[Any, Any]) -> _Table:
        left_out = self._without.get(model, ())
        fields = [field for field in model._meta.concrete_fields if field.name not in left_out]
        quoted = connection.ops.quote_name
        columns = ", ".join(quoted(str(field.column)) for field in fields)
        converting = ((place, tuple(field.get_db_converters(connection))) for place, field in enumerate(fields))
        return _Table(
            model=model,
            names=tuple(field.attname for field in fields),
            key=fields.index(key),
            text=f"SELECT {columns} FROM {quoted(model._meta.db_table)}"  # noqa: S608 - our names
            f" WHERE {quoted(str(key.column))} = ANY(%(keys)s::{key.rel_db_type(connection)}[])",
            converters=tuple((place, converters) for place, converters in converting if converters),
        )


def _wanted(level: Iterable[_Hop], here: Mapping[str, list[Any]]) -> dict[_Table, set[Any]]:
    """The keys to read from each table."""
    wanted: dict[_Table, set[Any]] = {}
    for hop in level:
        for row in here[hop.before]:
            key = getattr(row, hop.field.attname)
            if key is not None and not hop.field.is_cached(row):
                wanted.setdefault(hop.table, set()).add(key)
    return wanted


def _read(wanted: Mapping[_Table, set[Any]]) -> dict[_Table, dict[Any, Model]]:
    answers = fetch_together(*((table.text, {"keys": sorted(keys)}) for table, keys in wanted.items()))
    return {table: table.built(rows) for table, rows in zip(wanted, answers, strict=True)}


def _pointed(hop: _Hop, rows: Iterable[Any], read: Mapping[_Table, Mapping[Any, Model]]) -> list[Model]:
    """What some rows point to, each once; the rows know it from now on."""
    found: dict[int, Model] = {}
    for row in rows:
        if not hop.field.is_cached(row):
            key = getattr(row, hop.field.attname)
            hop.field.set_cached_value(row, None if key is None else read[hop.table].get(key))
        pointed = hop.field.get_cached_value(row)
        if pointed is not None:
            found[id(pointed)] = pointed
    return list(found.values())
