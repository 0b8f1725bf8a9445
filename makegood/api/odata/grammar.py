"""The language of $filter, $orderby and $select: an LALR grammar, read in one pass without recursion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken

from makegood.api.odata import literals
from makegood.api.odata.edm import Edm
from makegood.api.odata.errors import BadOption, FilterTooComplex
from makegood.api.odata.tree import Call, Comparison, Foreign, In, Junction, Literal, Name, Node, Not, Ordered

LONGEST = 2_000
DEEPEST = 20
MOST_VALUES = 200

GRAMMAR = r"""
filter: _expr
orderby: order ("," order)*
select: chosen ("," chosen)*

order: _expr                                      -> ascending
     | _expr _ASC                                 -> ascending
     | _expr _DESC                                -> descending
chosen: "*"                                       -> everything
      | path

_expr: or_part
?or_part: and_part | or_part _OR and_part         -> or_
?and_part: equality | and_part _AND equality      -> and_
?equality: relation | equality EQUALITY relation  -> compared
?relation: sum | relation RELATION sum            -> compared
?sum: product | sum SUM product                   -> arithmetic
?product: unary | product PRODUCT unary           -> arithmetic
?unary: member
      | _NOT unary                                -> not_
      | MINUS unary                               -> negative
?member: primary
       | member _IN "(" values ")"                -> in_
       | member HAS primary                       -> arithmetic
?primary: group | literal | path | call | special
group: "(" _expr ")"
values: literal ("," literal)*
call: NAME "(" (_expr ("," _expr)*)? ")"
path: NAME
    | NAME ("/" segment)+                         -> deep_path
segment: NAME | SPECIAL
       | NAME "(" ")"
       | NAME "(" NAME ":" _expr ")"
special: SPECIAL ("/" segment)*
?literal: NULL | TRUE | FALSE | STRING | NUMBER | DATE | MOMENT
         | QUOTED | ENDLESS | HOUR | GUID

_ASC.2: /[ \t]+asc(?=[ \t,]|$)/
_DESC.2: /[ \t]+desc(?=[ \t,]|$)/
_OR.2: /(?:[ \t]+|(?<=\)))or(?=[ \t(])/
_AND.2: /(?:[ \t]+|(?<=\)))and(?=[ \t(])/
EQUALITY.2: /(?:[ \t]+|(?<=\)))(?:eq|ne)(?=[ \t(])/
RELATION.2: /(?:[ \t]+|(?<=\)))(?:gt|ge|lt|le)(?=[ \t(])/
SUM.2: /(?:[ \t]+|(?<=\)))(?:add|sub)(?=[ \t(])/
PRODUCT.2: /(?:[ \t]+|(?<=\)))(?:mul|divby|div|mod)(?=[ \t(])/
HAS.2: /(?:[ \t]+|(?<=\)))has(?=[ \t(])/
_IN.2: /(?:[ \t]+|(?<=\)))in(?=[ \t(])/
_NOT.2: /not(?=[ \t(])/
MINUS: "-"
NULL.2: /null(?![A-Za-z0-9_.'(])/
TRUE.2: /true(?![A-Za-z0-9_.'(])/
FALSE.2: /false(?![A-Za-z0-9_.'(])/
NAME: /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/
SPECIAL: /\$(?:it|root|count|this)(?![A-Za-z0-9_])|@[A-Za-z_][A-Za-z0-9_]*/
STRING: /'(?:[^']|'')*'/
NUMBER: /[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.:'-])/
DATE.3: /-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}(?![A-Za-z0-9_.:'-])/
MOMENT.4: /-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9:.]{2,40}(?:[Zz]|[ +-][0-9]{2}:[0-9]{2})?(?![A-Za-z0-9_.:'-])/
QUOTED.5: /[A-Za-z_][A-Za-z0-9_.]*'(?:[^']|'')*'/
ENDLESS.5: /(?:-?INF|NaN)(?![A-Za-z0-9_.(])/
HOUR.5: /[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,12})?)?(?![A-Za-z0-9_.:'-])/
GUID.5: /[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![A-Za-z0-9_.:'-])/
%ignore /[ \t]+/
"""


def _depth(parts: Sequence[Node]) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST:
        raise FilterTooComplex(field="$filter", cause=f"it is nested deeper than {DEEPEST}")
    return depth


class _Reading(Transformer[Token, Any]):
    """Makes the tree while the parser reduces; every callback gets the parts of its rule."""

    def __init__(self, option: str) -> None:
        super().__init__()
        self._option = option

    def NULL(self, token: Token) -> Literal:
        return Literal(_at(token), 0, Edm.NULL, None)

    def TRUE(self, token: Token) -> Literal:
        return Literal(_at(token), 0, Edm.BOOLEAN, value=True)

    def FALSE(self, token: Token) -> Literal:
        return Literal(_at(token), 0, Edm.BOOLEAN, value=False)

    def STRING(self, token: Token) -> Literal:
        return literals.text_of(self._option, _at(token), token)

    def NUMBER(self, token: Token) -> Literal:
        return literals.number_of(self._option, _at(token), token)

    def DATE(self, token: Token) -> Literal:
        return literals.date_of(self._option, _at(token), token)

    def MOMENT(self, token: Token) -> Literal:
        return literals.moment_of(self._option, _at(token), token)

    def QUOTED(self, token: Token) -> Literal:
        return Literal(_at(token), 0, Edm.OTHER, str(token))

    ENDLESS = HOUR = GUID = QUOTED

    def group(self, parts: list[Node]) -> Node:
        part = parts[0]
        return _deeper(part, _depth(parts))

    def path(self, parts: list[Token]) -> Node:
        return Name(_at(parts[0]), 0, str(parts[0]))

    def deep_path(self, parts: list[Any]) -> Node:
        lambdas = [part for part in parts[1:] if part]
        return Foreign(_at(parts[0]), 0, "A lambda operator" if lambdas else "A property path", str(parts[0]))

    def segment(self, parts: list[Any]) -> bool:
        """Whether it is a call."""
        return len(parts) > 1 or str(parts[0]) in {"any", "all"}

    def special(self, parts: list[Any]) -> Node:
        return Foreign(_at(parts[0]), 0, "A parameter alias" if parts[0].startswith("@") else str(parts[0]))

    def call(self, parts: list[Any]) -> Node:
        name, arguments = parts[0], tuple(parts[1:])
        return Call(_at(name), _depth(arguments), str(name), arguments)

    def not_(self, parts: list[Node]) -> Node:
        return Not(parts[0].at, _depth(parts), parts[0])

    def negative(self, parts: list[Any]) -> Node:
        return Foreign(_at(parts[0]), _depth(parts[1:]), "Arithmetic", _root(parts[1]))

    def arithmetic(self, parts: list[Any]) -> Node:
        left, word, right = parts
        feature = "The operator has" if word.strip() == "has" else "Arithmetic"
        return Foreign(left.at, _depth((left, right)), feature, _root(left) or _root(right))

    def compared(self, parts: list[Any]) -> Node:
        left, word, right = parts
        return Comparison(left.at, _depth((left, right)), word.strip(), left, right)

    def in_(self, parts: list[Any]) -> Node:
        left, values = parts
        return In(left.at, _depth((left,)), left, values)

    def values(self, parts: list[Literal]) -> tuple[Literal, ...]:
        if len(parts) > MOST_VALUES:
            raise FilterTooComplex(field=self._option, cause=f"a list has more than {MOST_VALUES} values")
        return tuple(parts)

    def and_(self, parts: list[Node]) -> Node:
        return _joined("and", parts)

    def or_(self, parts: list[Node]) -> Node:
        return _joined("or", parts)

    def ascending(self, parts: list[Node]) -> Ordered:
        return Ordered(parts[0], descending=False)

    def descending(self, parts: list[Node]) -> Ordered:
        return Ordered(parts[0], descending=True)

    def everything(self, _: list[Any]) -> str:
        return "*"

    def chosen(self, parts: list[Node]) -> Node:
        return parts[0]

    def filter(self, parts: list[Node]) -> Node:
        return parts[0]

    def orderby(self, parts: list[Ordered]) -> list[Ordered]:
        return parts

    def select(self, parts: list[Node | str]) -> list[Node | str]:
        return parts


def _at(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _root(node: Node) -> str:
    return node.name if isinstance(node, Name) else node.root if isinstance(node, Foreign) else ""


def _deeper(node: Node, depth: int) -> Node:
    return type(node)(**{**node.__dict__, "depth": depth})


def _joined(word: str, parts: list[Node]) -> Node:
    """A chain of one word is one node, however long it is."""
    left, right = parts
    if isinstance(left, Junction) and left.word == word:
        depth = max(left.depth, _depth((right,)))
        return Junction(left.at, depth, word, (*left.parts, right))
    return Junction(left.at, _depth(parts), word, (left, right))


@cache
def _parser(option: str) -> Lark:
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer="contextual",
        start=option.removeprefix("$"),
        transformer=_Reading(option),
        maybe_placeholders=False,
    )


def parse(option: str, text: str) -> Any:
    """The tree of ``$filter``, the ordered keys of ``$orderby``, the names (or ``*``) of ``$select``.

    Raises BadOption with the position of what cannot be read, FilterTooComplex beyond the limits.
    """
    if len(text) > LONGEST:
        raise FilterTooComplex(field=option, cause=f"it has more than {LONGEST:,} characters")
    if not text.strip():
        raise literals.bad(option, 1, "it is empty")
    try:
        return _parser(option).parse(text)
    except UnexpectedToken as error:
        at = error.token.start_pos if error.token.type != "$END" else None
        raise _unexpected(option, text, at) from error
    except UnexpectedInput as error:
        raise _unexpected(option, text, error.pos_in_stream) from error


def _unexpected(option: str, text: str, at: int | None) -> BadOption:
    if at is None or not text[at:].strip():
        return literals.bad(option, len(text) + 1, "it ends too early")
    return literals.bad(option, at + 1, f'"{text[at : at + 20]}" is not expected here')
