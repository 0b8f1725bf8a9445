"""What an entity set is: a name, a key, an allow-list of properties, and the rows in the caller's scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet

from makegood.api.odata.edm import Edm
from makegood.kernel.phones import mask
from makegood.kernel.subselects import subselect
from makegood.parties.entries import Principal
from makegood.parties.states import Verb


@dataclass(frozen=True)
class Viewer:
    """What decides how rows look, beside which rows there are.

    ``decides``: knows of decisions that wait in their undo window. ``sees_numbers``: reads telephone numbers;
    ``own_line``: at least those of its own lines.
    """

    decides: bool
    sees_numbers: bool
    own_line: bool

    @classmethod
    def of(cls, principal: Principal) -> Viewer:
        """The viewer that a principal is."""
        sees = principal.can(Verb.PHONE_VIEW)
        return cls(principal.can(Verb.DISPUTE_DECIDE), sees, sees or principal.customer_id is not None)


@dataclass(frozen=True)
class Property:
    """A name clients use and the expression behind it; nothing else of a row can be named.

    ``needs`` are the joins that the expression reads. ``micros``: the expression counts millionths of what is shown.
    ``read`` makes of the database's value what is shown. A property that is not ``usable`` is shown alone; ``masked``
    says that this is so for this caller.
    """

    name: str
    type: Edm
    sql: str
    nullable: bool = False
    needs: tuple[str, ...] = ()
    micros: bool = False
    usable: bool = True
    masked: bool = False
    read: Callable[[Any], Any] | None = None

    def hidden_number(self) -> Property:
        """The same with its digits masked, and neither to filter nor to sort by."""
        return Property(
            self.name,
            self.type,
            self.sql,
            self.nullable,
            self.needs,
            usable=False,
            masked=True,
            read=lambda number: mask(number) if number else number,
        )


@dataclass(frozen=True)
class Rows:
    """The rows in scope: a sub-select with bound parameters. ``replaced``: properties of which more is known here."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    replaced: Mapping[str, Property] = field(default_factory=dict)


@dataclass(frozen=True)
class EntitySet:
    """A set. Its rows have the alias ``alias`` in every expression; their column ``id`` is the last key of every order.

    ``joins`` are by alias, each with the aliases that it reads, which come before it. ``rows`` gives the rows that a
    principal sees in a context (customer, alias, key), None for none at all. ``order`` is that of a query without one.
    ``fill`` completes a page with what SQL does not know. ``hidden`` values come with each row and cannot be named.
    ``of_one_bill``: the caller names a customer and a usage alias.
    """

    name: str
    entity: str
    key: tuple[str, ...]
    verb: Verb
    alias: str
    joins: Mapping[str, tuple[str, tuple[str, ...]]]
    rows: Callable[[Principal, Mapping[str, Any]], Rows | None]
    properties_for: Callable[[Viewer], tuple[Property, ...]]
    order: tuple[tuple[str, bool], ...] = ()
    hidden: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    fill: Callable[[Sequence[dict[str, Any]]], None] | None = None
    of_one_bill: bool = False

    def properties(self, viewer: Viewer) -> dict[str, Property]:
        """The properties by name, as this viewer may use them."""
        return {one.name: one for one in self.properties_for(viewer)}

    @cached_property
    def described(self) -> tuple[Property, ...]:
        """The properties as the metadata describe them."""
        return self.properties_for(Viewer(decides=True, sees_numbers=True, own_line=True))


def scoped(queryset: QuerySet[Any], columns: Sequence[str], prefix: str = "scope") -> Rows | None:
    """A queryset in scope as a sub-select of some columns, its parameters named; None when it can have no rows."""
    found = subselect(queryset, columns, prefix)
    return Rows(found.sql, found.params) if found else None


def columns_of(model: type[Model], *, without: Sequence[str] = ()) -> tuple[str, ...]:
    """The stored columns of a model by attribute name."""
    return tuple(f.attname for f in model._meta.concrete_fields if f.attname not in without)
