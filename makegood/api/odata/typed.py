"""An expression whose names exist and whose types fit, ready to become SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from makegood.api.odata.edm import Edm
from makegood.api.odata.shape import Property


@dataclass(frozen=True)
class Column:
    """A property's value."""

    of: Property

    @property
    def type(self) -> Edm:
        """Its type."""
        return self.of.type

    @property
    def nullable(self) -> bool:
        """Whether it may be null."""
        return self.of.nullable


@dataclass(frozen=True)
class Constant:
    """A literal. ``finer``: a moment that lies less than a microsecond after ``value``."""

    type: Edm
    value: Any
    finer: bool = False

    @property
    def nullable(self) -> bool:
        """Whether it is null."""
        return self.type is Edm.NULL


@dataclass(frozen=True)
class Function:
    """A function of arguments; null where one of them is."""

    name: str
    parts: tuple[Value, ...]
    type: Edm

    @property
    def nullable(self) -> bool:
        """Whether an argument may be null."""
        return any(part.nullable for part in self.parts)


@dataclass(frozen=True)
class Compare:
    """A comparison; never null."""

    word: str
    left: Value
    right: Value
    type: Edm = Edm.BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class Member:
    """Whether a value is one of some constants; never null."""

    left: Value
    values: tuple[Constant, ...]
    type: Edm = Edm.BOOLEAN
    nullable: bool = False


@dataclass(frozen=True)
class Opposite:
    """``not``; null of null."""

    part: Value
    type: Edm = Edm.BOOLEAN

    @property
    def nullable(self) -> bool:
        """Whether the part may be null."""
        return self.part.nullable


@dataclass(frozen=True)
class Joined:
    """``and`` or ``or``, three-valued."""

    word: str
    parts: tuple[Value, ...]
    type: Edm = Edm.BOOLEAN

    @property
    def nullable(self) -> bool:
        """Whether a part may be null."""
        return any(part.nullable for part in self.parts)


Value = Column | Constant | Function | Compare | Member | Opposite | Joined
