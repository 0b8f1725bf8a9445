"""From typed expressions to SQL with bound values, with the nulls of OData.

A comparison is never null: of a null operand it is false (``ne``: true). Functions of null are null, and ``not``,
``and``, ``or`` over them are three-valued. Where null and false come to the same, a comparison stays bare, so that an
index may serve it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from makegood.api.odata.edm import NUMBERS, Edm
from makegood.api.odata.shape import Property
from makegood.api.odata.typed import Column, Compare, Constant, Function, Joined, Member, Opposite, Value
from makegood.kernel.money import MICROS
from makegood.kernel.paging import BIGINT

_WIDE = Context(prec=3_000)
_OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_TURNED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_CASTS = {Edm.STRING: "text", Edm.DATE: "date", Edm.MOMENT: "timestamptz", Edm.BOOLEAN: "boolean"}
_BLANKS = r"E' \t\n\r\f\x0b'"


@dataclass(frozen=True)
class _Operand:
    """SQL of a value; ``micros``: it counts millionths."""

    sql: str
    micros: bool = False


class Compiler:
    """Compiles conditions and collects what they bind (``params``) and which joins they read (``needs``).

    ``replaced`` are properties of which these rows know more than their set does.
    """

    def __init__(self, now: datetime, replaced: Mapping[str, Property]) -> None:
        self.params: dict[str, Any] = {}
        self.needs: set[str] = set()
        self._now = now
        self._replaced = replaced

    def condition(self, value: Value, *, kept: bool = True) -> str:
        """SQL of a condition; ``kept``: only rows for which it is true matter, so null may stand for false."""
        if isinstance(value, Joined):
            parts = [self.condition(part, kept=kept) for part in value.parts]
            return "(" + f" {value.word.upper()} ".join(parts) + ")"
        if isinstance(value, Opposite):
            return f"(NOT {self.condition(value.part, kept=False)})"
        if isinstance(value, Compare):
            return f"({self._compare(value, kept=kept)})"
        if isinstance(value, Member):
            return f"({self._member(value, kept=kept)})"
        return self._operand(value).sql

    def _bound(self, value: Any, cast: str) -> str:
        name = f"f{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}"

    def _number(self, value: int | Decimal) -> str:
        exact = _whole(value)
        return self._bound(exact, "numeric" if isinstance(exact, Decimal) or exact not in BIGINT else "bigint")

    def _operand(self, value: Value) -> _Operand:
        if isinstance(value, Column):
            found = self._replaced.get(value.of.name, value.of)
            self.needs.update(found.needs)
            return _Operand(found.sql, found.micros)
        if isinstance(value, Constant):
            return _Operand(self._constant(value))
        if isinstance(value, Function):
            return _Operand(self._function(value))
        return _Operand(self.condition(value, kept=False))

    def _constant(self, value: Constant) -> str:
        if value.type is Edm.NULL:
            return "NULL"
        if value.type in NUMBERS:
            return self._number(value.value)
        return self._bound(value.value, _CASTS[value.type])

    def _function(self, value: Function) -> str:
        if value.name == "now":
            return self._bound(self._now, "timestamptz")
        parts = [self._argument(part) for part in value.parts]
        return f"({_FUNCTIONS[value.name](*parts)})"

    def _argument(self, part: Value) -> str:
        if isinstance(part, Constant) and part.type is Edm.NULL:
            return "NULL::text"
        sql = self._operand(part).sql
        return f"({sql} AT TIME ZONE 'UTC')" if part.type is Edm.MOMENT else sql

    def _sides(self, left: Value, right: Value) -> tuple[str, str]:
        """Both operands in one unit."""
        counts = [isinstance(one, Column) and one.of.micros for one in (left, right)]
        return self._side(left, scaled=any(counts)), self._side(right, scaled=any(counts))

    def _side(self, value: Value, *, scaled: bool) -> str:
        if scaled and isinstance(value, Constant):
            return self._number(_scaled(value.value))
        operand = self._operand(value)
        return f"({operand.sql} * {MICROS}::numeric)" if scaled and not operand.micros else operand.sql

    def _compare(self, value: Compare, *, kept: bool) -> str:
        word, left, right = value.word, value.left, value.right
        if left.type is Edm.NULL or right.type is Edm.NULL:
            return self._against_null(word, left, right)
        if isinstance(left, Constant) and left.finer:
            word, left, right = _TURNED[word], right, left
        if isinstance(right, Constant) and right.finer and not isinstance(left, Constant):
            if word in {"eq", "ne"}:
                return "FALSE" if word == "eq" else "TRUE"
            word = {"gt": "gt", "ge": "gt", "lt": "le", "le": "le"}[word]
        one, other = self._sides(left, right)
        nullable = left.nullable, right.nullable
        if (word == "ne" and any(nullable)) or (word == "eq" and all(nullable)):
            return f"{one} IS {'NOT ' if word == 'eq' else ''}DISTINCT FROM {other}"
        plain = f"{one} {_OPERATORS[word]} {other}"
        return plain if kept or not any(nullable) else f"coalesce({plain}, FALSE)"

    def _against_null(self, word: str, left: Value, right: Value) -> str:
        if word not in {"eq", "ne"}:
            return "FALSE"
        if left.type is Edm.NULL and right.type is Edm.NULL:
            return "TRUE" if word == "eq" else "FALSE"
        tested = self._operand(right if left.type is Edm.NULL else left).sql
        return f"{tested} IS {'' if word == 'eq' else 'NOT '}NULL"

    def _member(self, value: Member, *, kept: bool) -> str:
        takes_null = any(one.type is Edm.NULL for one in value.values)
        if value.left.type is Edm.NULL:
            return "TRUE" if takes_null else "FALSE"
        wanted = [one for one in value.values if one.type is not Edm.NULL and not one.finer]
        operand = self._operand(value.left)
        if wanted:
            plain = f"{operand.sql} = ANY({self._list(wanted, scaled=operand.micros)})"
            found = plain if kept or not value.left.nullable else f"coalesce({plain}, FALSE)"
        else:
            found = "FALSE"
        return f"{found} OR {operand.sql} IS NULL" if takes_null else found

    def _list(self, values: list[Constant], *, scaled: bool) -> str:
        if values[0].type not in NUMBERS:
            return self._bound([one.value for one in values], f"{_CASTS[values[0].type]}[]")
        numbers = [_whole(_scaled(one.value) if scaled else one.value) for one in values]
        fits = all(isinstance(one, int) and one in BIGINT for one in numbers)
        return self._bound(numbers if fits else [Decimal(one) for one in numbers], "bigint[]" if fits else "numeric[]")


def _scaled(value: int | Decimal) -> Decimal:
    return Decimal(value).scaleb(6, _WIDE)


def _whole(value: int | Decimal) -> int | Decimal:
    """The same number as an integer, where it is one that a column can hold."""
    if isinstance(value, Decimal) and value.adjusted() < 20 and value == value.to_integral_value(context=_WIDE):
        return int(value)
    return value


def _part(name: str) -> Callable[[str], str]:
    return lambda day: f"extract({name} FROM {day})::int"


_FUNCTIONS: Mapping[str, Callable[..., str]] = {
    "contains": lambda text, part: f"strpos({text}, {part}) > 0",
    "startswith": lambda text, part: f"starts_with({text}, {part})",
    "endswith": lambda text, part: f"right({text}, length({part})) = {part}",
    "tolower": lambda text: f"lower({text})",
    "toupper": lambda text: f"upper({text})",
    "trim": lambda text: f"btrim({text}, {_BLANKS})",
    "length": lambda text: f"length({text})",
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
    "hour": _part("hour"),
    "minute": _part("minute"),
    "date": lambda moment: f"({moment})::date",
}
