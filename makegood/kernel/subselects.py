"""Querysets as parts of statements in SQL: their text, with parameters that can stand beside others by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

_PLACEHOLDER = re.compile(r"%s|%%")


@dataclass(frozen=True)
class Subselect:
    """A sub-select in brackets with its bound parameters."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


def subselect(queryset: QuerySet[Any], columns: Sequence[str], prefix: str) -> Subselect | None:
    """Some columns of a queryset in any order, its parameters named after a prefix; None when it can have no rows."""
    return as_it_is(queryset.order_by().values_list(*columns), prefix)


def as_it_is(queryset: QuerySet[Any, Any], prefix: str) -> Subselect | None:
    """The same of a queryset with its columns, its order and its limit."""
    params: dict[str, Any] = {}

    def named(value: Any) -> str:
        name = f"{prefix}_{len(params)}"
        params[name] = value
        return f"%({name})s"

    text = written(queryset, named)
    return None if text is None else Subselect(f"({text})", params)


def written(queryset: QuerySet[Any, Any], write: Callable[[Any], str]) -> str | None:
    """The text of a queryset with each of its values as ``write`` puts it; None when it can have no rows."""
    try:
        text, values = queryset.query.sql_with_params()
    except EmptyResultSet:
        return None
    left = iter(values)
    return _PLACEHOLDER.sub(lambda match: "%%" if match[0] == "%%" else write(next(left)), text)
