"""The types of OData that properties and literals have here, and which of them can be compared."""

from __future__ import annotations

from enum import StrEnum


class Edm(StrEnum):
    """A primitive type. NULL and OTHER are no types of properties: the literal null, and literals of further types."""

    BOOLEAN = "Edm.Boolean"
    STRING = "Edm.String"
    INT16 = "Edm.Int16"
    INT32 = "Edm.Int32"
    INT64 = "Edm.Int64"
    DECIMAL = "Edm.Decimal"
    DATE = "Edm.Date"
    MOMENT = "Edm.DateTimeOffset"
    NULL = "null"
    OTHER = "a type that no property has"


NUMBERS = frozenset({Edm.INT16, Edm.INT32, Edm.INT64, Edm.DECIMAL})


def comparable(one: Edm, other: Edm) -> bool:
    """Whether values of two types can be compared; numbers are promoted, null goes with everything."""
    if Edm.OTHER in (one, other):
        return False
    return one is other or Edm.NULL in (one, other) or (one in NUMBERS and other in NUMBERS)


def name_of(kind: Edm) -> str:
    """The type as a message names it."""
    return kind.value
