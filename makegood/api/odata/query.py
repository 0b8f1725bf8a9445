"""Rows of an entity set: the scope first, then the filter, one page by its keys, in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from makegood.api.amounts import number
from makegood.api.odata.checking import Checker
from makegood.api.odata.compiling import Compiler
from makegood.api.odata.edm import Edm
from makegood.api.odata.errors import TooSlow
from makegood.api.odata.grammar import parse
from makegood.api.odata.keyset import Key, Place, beyond, place_of, query_digest, token_of
from makegood.api.odata.options import Options
from makegood.api.odata.shape import EntitySet, Property, Rows, Viewer
from makegood.kernel import clock
from makegood.parties.entries import Principal

PAGE, LARGEST_PAGE = 100, 500
LIMIT_S = 5
_TIE = "id"
_LIMITS = (
    "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %(limit)s, true), "
    "set_config('jit', 'off', true)"
)
NOWHERE: Mapping[str, Any] = {}
"""No context: every row in scope."""


@dataclass(frozen=True)
class Page:
    """Rows by property name (numbers exact, moments aware), where to go on ("" at the end), and how many there are."""

    rows: list[dict[str, Any]]
    next: str = ""
    count: int | None = None
    chosen: tuple[str, ...] = ()


class Query:
    """One set as one caller asks for it; raises BadOption, NotOffered, FilterTooComplex at once."""

    def __init__(
        self, entity_set: EntitySet, principal: Principal, options: Options, context: Mapping[str, Any] = NOWHERE
    ) -> None:
        self.set = entity_set
        self.principal = principal
        self.options = options
        self.context = context
        self.properties = entity_set.properties(Viewer.of(principal))
        self.chosen = self._chosen()
        self.order = self._order()
        self.condition = self._condition()

    def _checker(self, option: str) -> Checker:
        return Checker(option, self.properties, self.set.name)

    def _chosen(self) -> tuple[str, ...]:
        """The names that were chosen, each once; none when nothing was said."""
        if self.options.select is None:
            return ()
        checker, names = self._checker("$select"), []
        for part in parse("$select", self.options.select):
            names += list(self.properties) if part == "*" else [checker.property(part).name]
        return tuple(dict.fromkeys(names))

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if self.options.orderby is None:
            return self.set.order
        checker = self._checker("$orderby")
        keys: dict[str, bool] = {}
        for key in parse("$orderby", self.options.orderby):
            keys.setdefault(checker.usable(key.part).name, key.descending)
        return tuple(keys.items())

    def _condition(self) -> Any:
        if self.options.filter is None:
            return None
        return self._checker("$filter").condition(parse("$filter", self.options.filter))

    def page(self) -> Page:
        """The page that was asked for. Raises BadSkipToken, TooSlow."""
        options = self.options
        keys = self._keys(self.properties)
        digest = query_digest(self.principal, self.set.name, options.filter, self.order, sorted(self.context.items()))
        place = place_of(digest, options.skiptoken, keys) if options.skiptoken is not None else None
        left = _least(options.top, place.left if place else None)
        size = PAGE if left is None else min(left, LARGEST_PAGE)
        with _limited():
            rows = self.set.rows(self.principal, self.context)
            count = self._count(rows) if options.count else None
            found = self._fetch(rows, place, size) if rows is not None and size else []
        more, found = len(found) > size, found[:size]
        left = None if left is None else left - len(found)
        token = token_of(digest, Place(_place(found[-1], keys), left)) if found and more and left != 0 else ""
        return Page(self._read(found), token, count, self.chosen)

    def count(self) -> int:
        """How many rows match. Raises TooSlow."""
        with _limited():
            return self._count(self.set.rows(self.principal, self.context))

    def _keys(self, properties: Mapping[str, Property]) -> list[Key]:
        keys = [Key(properties[name], descending) for name, descending in self.order]
        tie = Property("", Edm.INT64, f"{self.set.alias}.{_TIE}")
        return [*keys, Key(tie, keys[-1].descending if keys else False)]

    def _compiled(self, rows: Rows) -> tuple[Compiler, list[str]]:
        compiler = Compiler(clock.now(), rows.replaced)
        return compiler, [] if self.condition is None else [compiler.condition(self.condition)]

    def _count(self, rows: Rows | None) -> int:
        if rows is None:
            return 0
        compiler, where = self._compiled(rows)
        text = f"SELECT count(*) FROM {self._from(rows, compiler.needs)}{_where(where)}"  # noqa: S608 - allow-listed
        ((count,),) = _run(text, {**rows.params, **compiler.params})
        return int(count)

    def _fetch(self, rows: Rows, place: Place | None, size: int) -> list[dict[str, Any]]:
        """The rows of the page and one more: first their ids in order, then all that was chosen of these."""
        properties = {**self.properties, **rows.replaced}
        compiler, where = self._compiled(rows)
        keys = self._keys(properties)
        params = {**rows.params, **compiler.params, "size": size + 1, "skip": 0 if place else self.options.skip}
        needs = compiler.needs.union(*(key.of.needs for key in keys))
        if place is not None:
            where.append(beyond(keys, place.values, params))
        names = {f"k{n}": key for n, key in enumerate(keys)}
        ids = (
            f"SELECT {', '.join(f'{key.of.sql} AS {name}' for name, key in names.items())} "  # noqa: S608
            f"FROM {self._from(rows, needs)}{_where(where)} "
            f"ORDER BY {', '.join(key.ordered(key.of.sql) for key in keys)} LIMIT %(size)s OFFSET %(skip)s"
        )
        columns = self._columns(properties)
        tie = f"k{len(keys) - 1}"
        text = (
            f"WITH page AS MATERIALIZED ({ids}) "  # noqa: S608
            f"SELECT {', '.join([f'page.{name}' for name in names] + [sql for _, sql, _ in columns])} "
            f"FROM page JOIN {self._from(rows, {alias for _, _, needed in columns for alias in needed}, tie)} "
            f"ORDER BY {', '.join(key.ordered(f'page.{name}') for name, key in names.items())}"
        )
        labels = [*names, *(name for name, _, _ in columns)]
        return [dict(zip(labels, row, strict=True)) for row in _run(text, params)]

    def _columns(self, properties: Mapping[str, Property]) -> list[tuple[str, str, tuple[str, ...]]]:
        shown = [properties[name] for name in self.chosen or properties]
        return [(one.name, one.sql, one.needs) for one in shown] + [
            (name, sql, needs) for name, (sql, needs) in self.set.hidden.items()
        ]

    def _from(self, rows: Rows, needs: set[str], tie: str = "") -> str:
        """The rows in scope and the joins that are needed, and those that these read; ``tie`` joins them to a page."""
        joins, wanted = self.set.joins, set(needs)
        for alias in reversed(list(joins)):
            if alias in wanted:
                wanted.update(joins[alias][1])
        own = f"{rows.sql} {self.set.alias}" + (f" ON {self.set.alias}.{_TIE} = page.{tie}" if tie else "")
        return " ".join([own, *(sql for alias, (sql, _) in joins.items() if alias in wanted)])

    def _read(self, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        names = self.chosen or tuple(self.properties)
        rows = [
            {name: _shown(self.properties[name], row[name]) for name in names}
            | {name: row[name] for name in self.set.hidden}
            for row in found
        ]
        if self.set.fill is not None:
            self.set.fill(rows)
        return rows


def rows(entity_set: EntitySet, principal: Principal, options: Options, context: Mapping[str, Any] = NOWHERE) -> Page:
    """A page of a set. Raises BadOption, NotOffered, FilterTooComplex, BadSkipToken, TooSlow."""
    return Query(entity_set, principal, options, context).page()


def _least(one: int | None, other: int | None) -> int | None:
    given = [value for value in (one, other) if value is not None]
    return min(given) if given else None


def _place(row: Mapping[str, Any], keys: Sequence[Key]) -> tuple[Any, ...]:
    return tuple(row[f"k{n}"] for n in range(len(keys)))


def _where(parts: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def _shown(one: Property, value: Any) -> Any:
    if value is None:
        return None
    if one.read is not None:
        return one.read(value)
    if one.micros:
        return number(int(value))
    return number(int(value.scaleb(6))) if isinstance(value, Decimal) else value


def _run(text: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, dict(params))
        return list(cursor.fetchall())


@contextmanager
def _limited() -> Iterator[None]:
    """Statements inside end after LIMIT_S seconds. Raises TooSlow."""
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            ((before, *_),) = _run(_LIMITS, {"limit": f"{LIMIT_S}s"})
            yield
            if nested:
                _run("SELECT set_config('statement_timeout', %(before)s, true)", {"before": before})
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow(seconds=LIMIT_S, headers={"Retry-After": "1"}) from error
        raise
