"""The language: what is read and how it hangs together, what is refused and where, in linear time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.api.odata.errors import BadOption, FilterTooComplex
from makegood.api.odata.grammar import parse
from makegood.api.odata.tree import Call, Comparison, Foreign, In, Junction, Literal, Name, Node, Not
from makegood.kernel.errors import Refusal


def said(node: Node) -> str:
    """The tree in one line, fully in parentheses."""
    match node:
        case Name(name=name):
            return name
        case Literal(value=value):
            return repr(value) if isinstance(value, str) else str(value)
        case Foreign(feature=feature):
            return f"<{feature}>"
        case Call(name=name, parts=parts):
            return f"{name}({', '.join(map(said, parts))})"
        case Not(part=part):
            return f"not({said(part)})"
        case Junction(word=word, parts=parts):
            return "(" + f" {word} ".join(map(said, parts)) + ")"
        case Comparison(word=word, left=left, right=right):
            return f"({said(left)} {word} {said(right)})"
        case In(left=left, values=values):
            return f"({said(left)} in [{', '.join(map(said, values))}])"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("A eq 5", "(A eq 5)"),
        ("  A   eq\t5 ", "(A eq 5)"),
        ("((A eq 5))", "(A eq 5)"),
        ("5 lt A", "(5 lt A)"),
        ("A eq B", "(A eq B)"),
        ("A eq -5 and B eq -1.5", "((A eq -5) and (B eq -1.5))"),
        ("A eq 1e3 or A eq +5", "((A eq 1E+3) or (A eq 5))"),
        ("A eq 99999999999999999999", "(A eq 99999999999999999999)"),
        ("A eq 'O''Neil'", '(A eq "O\'Neil")'),
        ("A eq ''", "(A eq '')"),
        ("A eq ''''", '(A eq "\'")'),
        ("A eq 'and or ( ) eq'", "(A eq 'and or ( ) eq')"),
        ("A eq null", "(A eq None)"),
        ("nullable eq true", "(nullable eq True)"),
        ("not contains(A,'x')", "not(contains(A, 'x'))"),
        ("not (A eq 5) and B eq 1", "(not((A eq 5)) and (B eq 1))"),
        ("not(A eq 5)", "not((A eq 5))"),
        ("not A eq true", "(not(A) eq True)"),
        ("A eq 1 or B eq 2 and C eq 3", "((A eq 1) or ((B eq 2) and (C eq 3)))"),
        ("(A eq 1 or B eq 2) and C eq 3", "(((A eq 1) or (B eq 2)) and (C eq 3))"),
        ("(A eq 1)and(B eq 2)", "((A eq 1) and (B eq 2))"),
        ("A gt 1 eq true", "((A gt 1) eq True)"),
        ("A in (1, 2 ,3)", "(A in [1, 2, 3])"),
        ("A in ('a',null)", "(A in ['a', None])"),
        ("tolower(trim(A)) eq 'x'", "(tolower(trim(A)) eq 'x')"),
        ("now() gt D", "(now() gt D)"),
        ("contains( A , 'x' )", "contains(A, 'x')"),
        ("A add 1 gt 5", "(<Arithmetic> gt 5)"),
        ("-A gt 5", "(<Arithmetic> gt 5)"),
        ("A sub B mul 2 eq 1", "(<Arithmetic> eq 1)"),
        ("A has N.Color'Red'", "<The operator has>"),
        ("A/B eq 1", "(<A property path> eq 1)"),
        ("A/$count gt 1", "(<A property path> gt 1)"),
        ("A/any()", "<A lambda operator>"),
        ("A/any(x:x/B gt 1 and x/C/all(y:y/D eq 2))", "<A lambda operator>"),
        ("$it/A eq 1", "(<$it> eq 1)"),
        ("A eq @p", "(A eq <A parameter alias>)"),
        ("A eq duration'P1D'", "(A eq \"duration'P1D'\")"),
        ("A eq 01234567-89ab-cdef-0123-456789abcdef", "(A eq '01234567-89ab-cdef-0123-456789abcdef')"),
        ("A eq 12:30:00.5 or A eq -INF", "((A eq '12:30:00.5') or (A eq '-INF'))"),
    ],
)
def test_read(text: str, tree: str) -> None:
    assert said(parse("$filter", text)) == tree


@pytest.mark.parametrize(
    ("text", "value", "finer"),
    [
        ("2026-03-01", date(2026, 3, 1), False),
        ("2026-03-01T10:20Z", datetime(2026, 3, 1, 10, 20, tzinfo=UTC), False),
        ("2026-03-01t10:20:30z", datetime(2026, 3, 1, 10, 20, 30, tzinfo=UTC), False),
        ("2016-09-09T13:35:09.1568620-04:00", datetime(2016, 9, 9, 17, 35, 9, 156862, tzinfo=UTC), False),
        ("2016-09-09T13:35:09.1568626-04:00", datetime(2016, 9, 9, 17, 35, 9, 156862, tzinfo=UTC), True),
        ("2026-03-01T00:00:00+05:30", datetime(2026, 2, 28, 18, 30, tzinfo=UTC), False),
        ("2026-03-01T00:00:00 05:30", datetime(2026, 2, 28, 18, 30, tzinfo=UTC), False),
        ("1.50", Decimal("1.50"), False),
    ],
)
def test_constant(text: str, value: object, finer: bool) -> None:  # noqa: FBT001 - a column of the table
    literal = parse("$filter", f"A eq {text}").right
    assert (literal.value, literal.finer) == (value, finer)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "it is empty (position 1)"),
        ("   ", "it is empty (position 1)"),
        ("A eq", '"eq" is not expected here (position 3)'),
        ("A eq 5 and", '"and" is not expected here (position 8)'),
        ("A eq 5 B", '"B" is not expected here (position 8)'),
        ("(A eq 5", "it ends too early (position 8)"),
        ("A eq 5)", '")" is not expected here (position 7)'),
        ("A eq 'x", '"\'x" is not expected here (position 6)'),
        ("A eq 'x' 'y'", "\"'y'\" is not expected here (position 10)"),
        ("A EQ 5", '"EQ 5" is not expected here (position 3)'),
        ("A eq 5L", '"5L" is not expected here (position 6)'),
        ("A eq .5", '".5" is not expected here (position 6)'),
        ("A eq 1.", '"1." is not expected here (position 6)'),
        ("A eq 0x10", '"0x10" is not expected here (position 6)'),
        ("A eq 5and B eq 6", '"5and B eq 6" is not expected here (position 6)'),
        ("A in ()", '")" is not expected here (position 7)'),
        ("A in (B)", '"B)" is not expected here (position 7)'),
        ("A in 5", '"5" is not expected here (position 6)'),
        ("contains(A,)", '")" is not expected here (position 12)'),
        ("A = 5", '"= 5" is not expected here (position 3)'),
        ("A eq 5; drop table x", '"; drop table x" is not expected here (position 7)'),
        ("A eq “5”", '"“5”" is not expected here (position 6)'),
        ("A eq 2026-02-30", "2026-02-30 is not a day (position 6)"),
        ("A eq 12026-02-03", "12026-02-03 is not a day (position 6)"),
        ("A eq 2026-02-03T25:00:00Z", "2026-02-03T25:00:00Z is not a moment (position 6)"),
        ("A eq 0001-01-01T00:00:00+10:00", "0001-01-01T00:00:00+10:00 is not a moment (position 6)"),
        ("A eq 2026-02-03T10:00:00", "2026-02-03T10:00:00 is not a moment with its offset (position 6)"),
        ("A eq 1e999", "1e999 is out of range (position 6)"),
        ("A eq 'a\x00'", "the text holds a character that cannot be stored (position 6)"),
        ("A eq 'a\ud800'", "the text holds a character that cannot be stored (position 6)"),
    ],
)
def test_refused_with_the_place(text: str, cause: str) -> None:
    with pytest.raises(BadOption) as caught:
        parse("$filter", text)
    assert (caught.value.code, caught.value.message) == ("BAD_OPTION", f"$filter: {cause}.")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("A eq '" + "x" * 1_995 + "'", "it has more than 2,000 characters"),
        ("(" * 20 + "A eq 1" + ")" * 20, "it is nested deeper than 20"),
        ("not " * 21 + "A", "it is nested deeper than 20"),
        ("tolower(" * 21 + "A" + ")" * 21, "it is nested deeper than 20"),
        ("A in (" + ",".join("1" * 201) + ")", "a list has more than 200 values"),
    ],
)
def test_limits(text: str, cause: str) -> None:
    with pytest.raises(FilterTooComplex) as caught:
        parse("$filter", text)
    assert (caught.value.status, caught.value.message) == (400, f"$filter is too complex: {cause}.")


def test_within_the_limits() -> None:
    chain = " or ".join(["A eq 1"] * 180)
    assert len(parse("$filter", chain).parts) == 180
    assert said(parse("$filter", "(" * 19 + "A eq 1" + ")" * 19)) == "(A eq 1)"
    assert len(parse("$filter", "A in (" + ",".join("1" * 200) + ")").values) == 200


def status_of(option: str, text: str) -> int:
    """200 for what can be read, else the status of the refusal."""
    try:
        parse(option, text)
    except Refusal as refusal:
        return refusal.status
    return 200


@pytest.mark.parametrize(
    "text", ["(" * 2_000, "not " * 500, "A eq " * 400, "'" * 1_999, "-" * 2_000, "A/" * 1_000, "A or " * 399 + "A"]
)
def test_linear_and_never_deeper_than_python_goes(text: str) -> None:
    began = perf_counter()
    assert status_of("$filter", text) in {200, 400}
    assert perf_counter() - began < 1


@given(st.text(alphabet="Aeq neg()',0159-.:TZ/$@nulltrue\x00\ud800é", max_size=60))
def test_nothing_but_refusals(text: str) -> None:
    for option in ("$filter", "$orderby", "$select"):
        assert status_of(option, text) in {200, 400}


def test_order_and_choice() -> None:
    keys = parse("$orderby", "A desc , B,C asc")
    assert [(said(key.part), key.descending) for key in keys] == [("A", True), ("B", False), ("C", False)]
    assert [part if part == "*" else said(part) for part in parse("$select", "A, *,B")] == ["A", "*", "B"]


@pytest.mark.parametrize(
    ("option", "text"),
    [("$orderby", "A up"), ("$orderby", "A,"), ("$orderby", ""), ("$select", ","), ("$select", "A B"), ("$select", "")],
)
def test_order_and_choice_refused(option: str, text: str) -> None:
    with pytest.raises(BadOption):
        parse(option, text)
