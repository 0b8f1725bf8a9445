"""What an expression says, before anybody asked whether its names and types exist. ``at`` counts characters from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from makegood.api.odata.edm import Edm


@dataclass(frozen=True)
class Node:
    """A part of an expression: where it begins, and how deep it is."""

    at: int
    depth: int


@dataclass(frozen=True)
class Literal(Node):
    """A constant. ``finer`` says that its moment lies a bit after ``value``, less than a microsecond."""

    kind: Edm
    value: Any
    finer: bool = False


@dataclass(frozen=True)
class Name(Node):
    """A property."""

    name: str


@dataclass(frozen=True)
class Foreign(Node):
    """What OData has and this service does not; ``root`` is the name it begins with, which must exist all the same."""

    feature: str
    root: str = ""


@dataclass(frozen=True)
class Call(Node):
    """A function of arguments."""

    name: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """The opposite."""

    part: Node


@dataclass(frozen=True)
class Junction(Node):
    """Parts joined by ``and`` or ``or``."""

    word: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Comparison(Node):
    """Two operands and ``eq``, ``ne``, ``gt``, ``ge``, ``lt`` or ``le``."""

    word: str
    left: Node
    right: Node


@dataclass(frozen=True)
class In(Node):
    """An operand and the constants it may equal."""

    left: Node
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Ordered:
    """One key of an order."""

    part: Node
    descending: bool
