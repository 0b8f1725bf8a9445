"""Several counts in one statement: what a page counts costs one way to the database and back.

Composing it takes longer than counting, so what the same person asks on every page is composed once and prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any, cast

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from psycopg.sql import Literal

from makegood.kernel.prepared import fetch
from makegood.kernel.subselects import written

List = QuerySet[Model, Any]
KEPT = 1_000
"""So many texts are kept; then the one that was composed first makes room."""
_texts: dict[Hashable, str] = {}
_keeping = Lock()


class Given(Expression):
    """A value in a list that is composed once; which it is, is said each time it is counted."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A place in the statement, with this as what stands there."""
        return "%s", (self,)

    def __str__(self) -> str:
        return f"%({self.name})s::{self.output_field.db_type(connection)}"


def counted(*lists: List) -> list[int]:
    """How many rows each list has, in the same order. A list that was cut off at a limit is counted up to there."""
    return _asked(_composed(lists), {}) if lists else []


def counted_again(
    name: Hashable, view: Hashable | None, lists: Callable[[], Sequence[List]], **given: Any
) -> list[int]:
    """The same of lists that are asked for again and again: composed when their name and view are met first.

    Both say everything that the lists depend on but their :class:`Given` values, which follow by name; ``view`` None
    is never met again.
    """
    if view is None:
        return _asked(_composed(lists()), given)
    text = _texts.get((name, view))
    if text is None:
        text = _composed(lists())
        _keep((name, view), text)
    ((*counts,),) = fetch(text, given)
    return [int(count) for count in counts]


def _asked(text: str, given: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return [int(count) for count in cursor.fetchone() or ()]


def _keep(key: Hashable, text: str) -> None:
    with _keeping:
        while len(_texts) >= KEPT:
            del _texts[next(iter(_texts))]
        _texts[key] = text


def _composed(lists: Sequence[List]) -> str:
    """One statement with every value in it that is known."""
    connection.ensure_connection()
    texts = (written(rows, _literal) or "SELECT 1 WHERE false" for rows in lists)
    counts = ", ".join(f"(SELECT count(*) FROM ({text}) found)" for text in texts)  # noqa: S608 - quoted below
    return f"SELECT {counts}"


def _literal(value: Any) -> str:
    if isinstance(value, Given):
        return str(value)
    literal = Literal(value).as_string(cast(Any, connection.connection))
    return literal.replace("%", "%%")
