"""The type checker: which names exist for this caller, and what can be compared with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from makegood.api.odata.edm import Edm, comparable, name_of
from makegood.api.odata.errors import BadOption, FilterTooComplex, NotOffered
from makegood.api.odata.literals import bad
from makegood.api.odata.shape import Property
from makegood.api.odata.tree import Call, Comparison, Foreign, In, Junction, Literal, Name, Node, Not
from makegood.api.odata.typed import Column, Compare, Constant, Function, Joined, Member, Opposite, Value

MOST_TERMS = 100
_TEXT = frozenset({Edm.STRING})
_DAYS = frozenset({Edm.DATE, Edm.MOMENT})
_MOMENTS = frozenset({Edm.MOMENT})
FUNCTIONS: Mapping[str, tuple[tuple[frozenset[Edm], ...], Edm]] = {
    "contains": ((_TEXT, _TEXT), Edm.BOOLEAN),
    "startswith": ((_TEXT, _TEXT), Edm.BOOLEAN),
    "endswith": ((_TEXT, _TEXT), Edm.BOOLEAN),
    "tolower": ((_TEXT,), Edm.STRING),
    "toupper": ((_TEXT,), Edm.STRING),
    "trim": ((_TEXT,), Edm.STRING),
    "length": ((_TEXT,), Edm.INT32),
    "year": ((_DAYS,), Edm.INT32),
    "month": ((_DAYS,), Edm.INT32),
    "day": ((_DAYS,), Edm.INT32),
    "hour": ((_MOMENTS,), Edm.INT32),
    "minute": ((_MOMENTS,), Edm.INT32),
    "date": ((_MOMENTS,), Edm.DATE),
    "now": ((), Edm.MOMENT),
}
"""Name, types of the arguments, type of the result."""
FOREIGN_FUNCTIONS = frozenset(
    {"concat", "indexof", "substring", "matchesPattern", "matchespattern", "hassubset", "hassubsequence", "second",
     "fractionalseconds", "totalseconds", "time", "totaloffsetminutes", "mindatetime", "maxdatetime", "round", "floor",
     "ceiling", "cast", "isof", "case", "geo.distance", "geo.intersects", "geo.length", "any", "all"}
)  # fmt: skip
"""Functions of OData that are not offered."""


class Checker:
    """Makes typed expressions of the tree of one option."""

    def __init__(self, option: str, properties: Mapping[str, Property], set_name: str) -> None:
        self._option = option
        self._properties = properties
        self._set = set_name
        self._terms = 0
        self._kinds: Mapping[type[Node], Callable[..., Value]] = {
            Literal: self._literal,
            Name: self._name,
            Foreign: self._foreign,
            Call: self._call,
            Not: self._not,
            Junction: self._junction,
            Comparison: self._comparison,
            In: self._in,
        }

    def condition(self, node: Node) -> Value:
        """A filter: something that is true, false or null. Raises BadOption, NotOffered, FilterTooComplex."""
        value = self.value(node)
        return self._boolean(node, value)

    def value(self, node: Node) -> Value:
        """Any expression. Raises BadOption, NotOffered, FilterTooComplex."""
        return self._kinds[type(node)](node)

    def property(self, node: Node) -> Property:
        """The property that a key of an order or a choice names. Raises BadOption, NotOffered."""
        if isinstance(node, Name):
            return self._known(node.at, node.name)
        if isinstance(node, Foreign):
            self._foreign(node)
        raise NotOffered(field=self._option, feature=f"Order by an expression (position {node.at})")

    def usable(self, node: Node) -> Property:
        """The same, when it may decide which rows come and in what order."""
        found = self.property(node)
        if found.masked:
            raise self._bad(node.at, f"{found.name} is masked for you")
        if not found.usable:
            raise self._bad(node.at, f"{found.name} can be shown alone, not used in {self._option}")
        return found

    def _bad(self, at: int, cause: str) -> BadOption:
        return bad(self._option, at, cause)

    def _known(self, at: int, name: str) -> Property:
        found = self._properties.get(name)
        if found is None:
            raise self._bad(at, f'{self._set} has no property "{name[:60]}"')
        return found

    def _term(self) -> None:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise FilterTooComplex(field=self._option, cause=f"it has more than {MOST_TERMS} terms")

    def _boolean(self, node: Node, value: Value) -> Value:
        if value.type not in (Edm.BOOLEAN, Edm.NULL):
            raise self._bad(node.at, f"a condition is needed, and {name_of(value.type)} is none; compare it")
        return value

    def _literal(self, node: Literal) -> Value:
        return Constant(node.kind, node.value, node.finer)

    def _name(self, node: Name) -> Value:
        return Column(self.usable(node))

    def _foreign(self, node: Foreign) -> Value:
        if node.root:
            self._known(node.at, node.root)
        raise NotOffered(field=self._option, feature=f"{node.feature} (position {node.at})")

    def _call(self, node: Call) -> Value:
        if node.name in FOREIGN_FUNCTIONS:
            raise NotOffered(field=self._option, feature=f"The function {node.name} (position {node.at})")
        if node.name not in FUNCTIONS:
            raise self._bad(node.at, f'there is no function "{node.name[:60]}"')
        self._term()
        wanted, result = FUNCTIONS[node.name]
        if len(wanted) != len(node.parts):
            raise self._bad(node.at, f"{node.name} takes {len(wanted)} argument{'' if len(wanted) == 1 else 's'}")
        parts = tuple(self.value(part) for part in node.parts)
        for part, value, kinds in zip(node.parts, parts, wanted, strict=True):
            if value.type not in kinds and value.type is not Edm.NULL:
                names = " or ".join(sorted(name_of(kind) for kind in kinds))
                raise self._bad(part.at, f"{node.name} takes {names}, not {name_of(value.type)}")
        return Function(node.name, parts, result)

    def _not(self, node: Not) -> Value:
        value = self.value(node.part)
        if value.type not in (Edm.BOOLEAN, Edm.NULL):
            raise self._bad(node.at, "not takes a condition; put the comparison into parentheses")
        return Opposite(value)

    def _junction(self, node: Junction) -> Value:
        return Joined(node.word, tuple(self.condition(part) for part in node.parts))

    def _comparison(self, node: Comparison) -> Value:
        self._term()
        left, right = self.value(node.left), self.value(node.right)
        if not comparable(left.type, right.type):
            raise self._bad(node.at, f"{name_of(left.type)} cannot be compared with {name_of(right.type)}")
        return Compare(node.word, left, right)

    def _in(self, node: In) -> Value:
        self._term()
        left = self.value(node.left)
        values = []
        for literal in node.values:
            if not comparable(left.type, literal.kind):
                raise self._bad(literal.at, f"{name_of(left.type)} cannot equal {name_of(literal.kind)}")
            values.append(Constant(literal.kind, literal.value, literal.finer))
        return Member(left, tuple(values))
