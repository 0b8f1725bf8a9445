"""What filters find: the nulls of OData, functions, types, and the law that p, not p and null make the whole."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from makegood.api.odata.checking import Checker
from makegood.api.odata.edm import NUMBERS, Edm
from makegood.api.odata.errors import BadOption, FilterTooComplex, NotOffered
from makegood.api.odata.grammar import parse
from makegood.api.odata.sets import SETS
from makegood.api.odata.shape import Property, Viewer
from makegood.api.tests.odata.asking import ask, keys
from makegood.api.tests.odata.scene import Scene
from makegood.kernel import clock
from makegood.kernel.errors import Refusal

FOUND: list[tuple[str, list[int]]] = [
    ("Seconds gt 5", [1, 3, 4]),
    ("not (Seconds gt 5)", [2]),
    ("not (not (Seconds gt 5))", [1, 3, 4]),
    ("Seconds eq null", [2]),
    ("Seconds ne null", [1, 3, 4]),
    ("null eq Seconds", [2]),
    ("Seconds gt null", []),
    ("not (Seconds gt null)", [1, 2, 3, 4]),
    ("Seconds ne 31", [2]),
    ("not (Seconds eq 31)", [2]),
    ("Seconds in (31)", [1, 3, 4]),
    ("Seconds in (1,null)", [2]),
    ("not (Seconds in (31))", [2]),
    ("null in (1)", []),
    ("null in (1,null)", [1, 2, 3, 4]),
    ("Seconds eq Seconds", [1, 2, 3, 4]),
    ("Seconds eq Quantity", [2]),
    ("Seconds ne Quantity", [1, 3, 4]),
    ("Seconds gt Quantity", [3]),
    ("not (Seconds gt Quantity)", [1, 2, 4]),
    ("Quantity lt Amount", [3]),
    ("Amount gt Quantity", [3]),
    ("contains(Unit,'i')", [1]),
    ("not contains(Unit,'i')", [4]),
    ("contains(Unit,'i') eq null", [2, 3]),
    ("contains(Unit,'i') eq true", [1]),
    ("contains(Unit,'i') ne true", [2, 3, 4]),
    ("not (contains(Unit,'i') eq true)", [2, 3, 4]),
    ("contains(Unit,'i') or Seconds eq null", [1, 2]),
    ("not (contains(Unit,'i') and Seconds eq 31)", [2, 4]),
    ("contains(null,'i')", []),
    ("null", []),
    ("true", [1, 2, 3, 4]),
    ("not true", []),
    ("true eq null or false", []),
    ("startswith(Unit,'mi')", [1]),
    ("endswith(Unit,'in')", [1]),
    ("endswith(Unit,'')", [1, 4]),
    ("trim(Unit) eq 'MB'", [4]),
    ("tolower(trim(Unit)) eq 'mb'", [4]),
    ("toupper(Unit) eq 'MIN'", [1]),
    ("length(Unit) eq 3", [1, 4]),
    ("contains(UsageType,'%')", []),
    ("UsageType eq 'call' and not (Amount lt 5)", [2, 3]),
    ("year(UsageDate) eq 2026 and month(UsageDate) eq 2 and day(UsageDate) eq 27", [1, 2, 3, 4]),
    ("hour(UsageDate) eq 4 and minute(UsageDate) ge 58", [1, 2]),
    ("date(UsageDate) eq 2026-02-27", [1, 2, 3, 4]),
    ("UsageDate lt now()", [1, 2, 3, 4]),
    ("UsageDate eq 2026-02-27T00:00:00-05:00", [3]),
    ("UsageDate ge 2026-02-27T04:59:00.0000001Z", [3]),
    ("UsageDate gt 2026-02-27T04:58:59.9999999Z", [1, 3]),
    ("UsageDate le 2026-02-27T04:59:00.0000001Z", [1, 2, 4]),
    ("2026-02-27T04:59:00.0000001Z gt UsageDate", [1, 2, 4]),
    ("UsageDate eq 2026-02-27T05:00:00.0000001Z", []),
    ("UsageDate ne 2026-02-27T05:00:00.0000001Z", [1, 2, 3, 4]),
    ("UsageDate in (2026-02-27T05:00:00Z,2026-02-27T05:00:00.0000001Z)", [3]),
    ("Amount eq 9.99", [2, 3]),
    ("Amount eq 9.990", [2, 3]),
    ("Amount eq 0.0044", [1]),
    ("Amount gt 0.00440001", [2, 3, 4]),
    ("Amount in (0.0044,1.5,1.50000000001)", [1, 4]),
    ("9.99 le Amount", [2, 3]),
    ("Amount lt 1e30 and Amount gt -1e30", [1, 2, 3, 4]),
    ("UsageRecordID eq 99999999999999999999999999", []),
    ("UsageRecordID lt 99999999999999999999999999", [1, 2, 3, 4]),
    ("UsageRecordID in (465321,99999999999999999999)", [1]),
    ("UsageRecordID eq 465321.0", [1]),
    ("1 eq 1", [1, 2, 3, 4]),
    ("Credited gt 0", [3]),
    ("InvoiceNumber eq 1984950 and BillPeriodID eq 21180214", [1, 2, 3, 4]),
    ("Quantity eq 2.5", [3]),
]
"""Filter -> the last digits of the usage records it finds."""


def test_found(scene: Scene) -> None:
    found = {text: keys(scene, "UsageDetail", text) for text, _ in FOUND}
    assert found == {text: [465_320 + number for number in numbers] for text, numbers in FOUND}
    counts = {text: ask(scene, "UsageDetail", text, count=True, top=0).count for text, _ in FOUND}
    assert counts == {text: len(numbers) for text, numbers in FOUND}


REFUSED: list[tuple[str, type[Refusal], str]] = [
    ("Amout eq 5", BadOption, '$filter: UsageDetail has no property "Amout" (position 1).'),
    ("amount eq 5", BadOption, '$filter: UsageDetail has no property "amount" (position 1).'),
    (
        "UsageRecordID eq 1 or Amount eq 'x'",
        BadOption,
        "$filter: Edm.Decimal cannot be compared with Edm.String (position 23).",
    ),
    ("Amount eq UsageType", BadOption, "$filter: Edm.Decimal cannot be compared with Edm.String (position 1)."),
    (
        "UsageDate eq 2026-01-01",
        BadOption,
        "$filter: Edm.DateTimeOffset cannot be compared with Edm.Date (position 1).",
    ),
    ("UsageType in ('a',1)", BadOption, "$filter: Edm.String cannot equal Edm.Decimal (position 19)."),
    (
        "Amount eq INF",
        BadOption,
        "$filter: Edm.Decimal cannot be compared with a type that no property has (position 1).",
    ),
    ("Amount", BadOption, "$filter: a condition is needed, and Edm.Decimal is none; compare it (position 1)."),
    ("not Amount eq 5", BadOption, "$filter: not takes a condition; put the comparison into parentheses (position 5)."),
    ("contains(Amount,'x')", BadOption, "$filter: contains takes Edm.String, not Edm.Decimal (position 10)."),
    ("contains(Unit)", BadOption, "$filter: contains takes 2 arguments (position 1)."),
    ("tolower() eq 'x'", BadOption, "$filter: tolower takes 1 argument (position 1)."),
    ("year(Unit) eq 1", BadOption, "$filter: year takes Edm.Date or Edm.DateTimeOffset, not Edm.String (position 6)."),
    ("substringof('x',Unit)", BadOption, '$filter: there is no function "substringof" (position 1).'),
    ("owner/password eq 'x'", BadOption, '$filter: UsageDetail has no property "owner" (position 1).'),
    (
        "startswith(owner/password,'a')",
        BadOption,
        '$filter: UsageDetail has no property "owner" (position 12).',
    ),
    ("caller_e164 eq 'x'", BadOption, '$filter: UsageDetail has no property "caller_e164" (position 1).'),
    ("Amount add 1 eq 5", NotOffered, "Arithmetic (position 1)"),
    ("-Amount lt 5", NotOffered, "Arithmetic (position 1)"),
    ("Unit/any(x:x eq 1)", NotOffered, "A lambda operator (position 1)"),
    ("Unit/Name eq 1", NotOffered, "A property path (position 1)"),
    ("Unit has N.C'R'", NotOffered, "The operator has (position 1)"),
    ("concat(Unit,'x') eq 'y'", NotOffered, "The function concat (position 1)"),
    ("geo.distance(Unit,Unit) lt 1", NotOffered, "The function geo.distance (position 1)"),
    ("Unit eq @p", NotOffered, "A parameter alias (position 9)"),
    (" or ".join(["Amount eq 1"] * 101), FilterTooComplex, "$filter is too complex: it has more than 100 terms."),
]  # fmt: skip


@pytest.mark.parametrize(("filter", "error", "cause"), REFUSED)
def test_refused(filter: str, error: type[Refusal], cause: str) -> None:
    nobody = Viewer(decides=False, sees_numbers=True, own_line=True)
    checker = Checker("$filter", SETS["UsageDetail"].properties(nobody), "UsageDetail")
    with pytest.raises(error) as caught:
        checker.condition(parse("$filter", filter))
    ending = " is OData, but this service does not offer it." if error is NotOffered else ""
    assert caught.value.message == cause + ending


def _literal(one: Property, value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | int | Decimal):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _conditions(properties: list[Property], samples: dict[str, list[Any]]) -> st.SearchStrategy[str]:
    """Filters over the properties: comparisons with values that occur, functions, and what joins them."""

    def comparison(one: Property) -> st.SearchStrategy[str]:
        words = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
        values = st.sampled_from([_literal(one, value) for value in samples[one.name]])
        others = [other.name for other in properties if _alike(one, other)]
        right = values | st.sampled_from(others)
        return st.builds("{} {} {}".format, st.just(one.name), words, right) | st.builds(
            "{} in ({},{})".format, st.just(one.name), values, values
        )

    def function(one: Property) -> st.SearchStrategy[str]:
        names = st.sampled_from(["contains", "startswith", "endswith"])
        return st.builds("{}({},'{}')".format, names, st.just(one.name), st.sampled_from(["", "e", "M", "1"]))

    texts = [one for one in properties if one.type is Edm.STRING]
    leaf = st.sampled_from(properties).flatmap(comparison) | st.sampled_from(texts).flatmap(function)
    return st.recursive(leaf, _joined, max_leaves=5)


def _joined(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.builds("({} and {})".format, part, part)
        | st.builds("({} or {})".format, part, part)
        | st.builds("not ({})".format, part)
        | st.builds("({}) eq {}".format, part, st.sampled_from(["true", "false", "null"]))
    )


def _alike(one: Property, other: Property) -> bool:
    return one.type is other.type or {one.type, other.type} <= NUMBERS


@pytest.mark.slow
def test_a_filter_its_opposite_and_its_null_make_the_whole(scene: Scene) -> None:
    for name in SETS:
        check_partition(scene, name)


def check_partition(scene: Scene, name: str) -> None:
    """Whatever the filter: its rows, those of its opposite and those for which it is null are all rows, each once."""
    rows = ask(scene, name).rows
    properties = [one for one in SETS[name].described if one.usable]
    samples = {one.name: [*{row[one.name] for row in rows}, None] for one in properties}
    key = SETS[name].key[-1]
    everything = sorted(row[key] for row in rows)
    assert everything

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(_conditions(properties, samples))
    def check(condition: str) -> None:
        pages = [
            ask(scene, name, text, count=True) for text in (condition, f"not ({condition})", f"({condition}) eq null")
        ]
        assert sorted(row[key] for page in pages for row in page.rows) == everything
        assert [page.count for page in pages] == [len(page.rows) for page in pages]

    check()


def test_now_is_the_clock_of_the_product(bills: Scene) -> None:
    bills.usage(number=1)
    at = bills.usage(number=2).occurred_at
    with clock.frozen(at):
        assert keys(bills, "UsageDetail", "UsageDate lt now()") == []
        assert keys(bills, "UsageDetail", "UsageDate eq now()") == [465_322]
