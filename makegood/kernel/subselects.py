"""Querysets as parts of statements in SQL: their text, with parameters that can stand beside others by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    try:
        text, values = queryset.query.sql_with_params()
    except EmptyResultSet:
        return None
    params: dict[str, Any] = {}

    def named(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%%"
        name = f"{prefix}_{len(params)}"
        params[name] = values[len(params)]
        return f"%({name})s"

    return Subselect(f"({_PLACEHOLDER.sub(named, text)})", params)
