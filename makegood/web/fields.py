"""Fields of the forms with which programs, catalogs and texts are looked after: what stands in each, and its fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.http import QueryDict

from makegood.kernel.errors import Refusal


class Kind(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    AREA = "area"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    SELECT = "select"
    MANY = "many"
    FLAG = "flag"


@dataclass(frozen=True)
class Option:
    """Something to choose: its value, its words, a line of help."""

    value: str
    label: str
    help: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Field:
    """A field: ``value`` is its text, of a flag whether it is on, of options what is chosen among them.

    ``title`` stands above the first field of a group.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    value: Any = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    most: int = 0
    least: int | None = None
    unit: str = ""
    needed: bool = False
    title: str = ""
    error: str = ""

    @property
    def id(self) -> str:
        """Its id in the page."""
        return "f-" + self.name.replace(".", "-")

    @property
    def is_wide(self) -> bool:
        """Whether its label stands in a legend."""
        return self.kind in {Kind.CHOICE, Kind.MANY}

    def read(self, post: QueryDict) -> Any:
        """What was typed: text, a list of values, or whether it is on."""
        if self.kind is Kind.FLAG:
            return post.get(self.name) == "1"
        if self.kind is Kind.MANY:
            return post.getlist(self.name)
        return post.get(self.name, "").strip()

    def with_value(self, value: Any) -> Field:
        """The same with another value; options are marked by it."""
        if not self.options:
            lines = self.kind is Kind.AREA and isinstance(value, list)
            return replace(self, value="\n".join(value) if lines else value)
        chosen = {str(one) for one in value} if isinstance(value, list | tuple | set | frozenset) else {str(value)}
        marked = tuple(replace(one, chosen=one.value in chosen) for one in self.options)
        return replace(self, value=value, options=marked)


def read(fields: Iterable[Field], post: QueryDict) -> dict[str, Any]:
    """What was typed into the fields, by name."""
    return {field.name: field.read(post) for field in fields}


def filled(fields: Iterable[Field], values: Mapping[str, Any], refused: Refusal | None = None) -> tuple[Field, ...]:
    """The fields with these values, and with the refusal at the field it names."""
    wrong = str(refused.fields.get("field", "")) if refused else ""
    return tuple(
        replace(
            field.with_value(values.get(field.name, field.value)),
            error=refused.message if refused and field.name == wrong else "",
        )
        for field in fields
    )


def options(pairs: Iterable[Sequence[str]]) -> tuple[Option, ...]:
    """Options from (value, label) or (value, label, help)."""
    return tuple(Option(pair[0], pair[1], pair[2] if len(pair) > 2 else "") for pair in pairs)
