"""Patch documents with what is to come of them, on a dispute of 4.95 that carries a resolution.

They walk the ground of RFC 6902 and RFC 6901 on our resource: every operation with every kind of value, pointers well
and ill formed, documents that are no documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MALFORMED, PATH, TEST, FIELD = "PATCH_MALFORMED", "PATCH_PATH_NOT_ALLOWED", "PATCH_TEST_FAILED", "FIELD_INVALID"
STATUS = {
    MALFORMED: 400,
    PATH: 422,
    TEST: 409,
    FIELD: 422,
    "FIELD_REQUIRED": 422,
    "MALFORMED_JSON": 400,
    "AMOUNT_NOT_POSITIVE": 422,
    "AMOUNT_EXCEEDS_REMAINING": 422,
    "AMOUNT_TOO_HIGH": 422,
    "UNKNOWN_RESOLUTION": 422,
    "UNKNOWN_TYPE": 422,
    "REASON_REQUIRED": 422,
    "PATCH_TOO_LONG": 413,
    "EXPLANATION_REQUIRED": 422,
}


@dataclass(frozen=True)
class Case:
    """A document (as bytes when it is no JSON), and either a code or the members that differ afterward."""

    about: str
    document: Any
    code: str = ""
    after: Mapping[str, Any] = field(default_factory=dict)


def op(name: str, member: str, value: Any = ..., **more: Any) -> dict[str, Any]:
    """An operation on a member."""
    given = {} if value is ... else {"value": value}
    return {"op": name, "path": f"/{member}", **given, **more}


def written(approved: int, denied: int) -> Iterator[Case]:
    """Documents that change something, or try to."""
    for verb in ("replace", "add"):
        yield Case(f"{verb} by a string", [op(verb, "amount", "1.25")], after={"amount": "1.25"})
        yield Case(f"{verb} by a number", [op(verb, "amount", 1.25)], after={"amount": "1.25"})
        yield Case(f"{verb} by a whole number", [op(verb, "amount", 2)], after={"amount": "2"})
        yield Case(f"{verb} with zeros behind", [op(verb, "amount", "1.250000")], after={"amount": "1.25"})
        yield Case(
            f"{verb} words", [op(verb, "description", "Other ~1 /words")], after={"description": "Other ~1 /words"}
        )
        yield Case(
            f"{verb} a label",
            [op(verb, "resolutionID", denied)],
            after={"resolutionID": denied, "resolution": "Denied"},
        )
        yield Case(
            f"{verb} a label by null",
            [op(verb, "resolutionID", None)],
            after={"resolutionID": None, "resolution": None},
        )
        yield Case(f"{verb} without value", [op(verb, "amount")], MALFORMED)
    yield Case("exponent", b'[{"op":"replace","path":"/amount","value":1.25e0}]', after={"amount": "1.25"})
    yield Case("what remains", [op("replace", "amount", "9.99")], after={"amount": "9.99"})
    yield Case("a member more is ignored", [op("replace", "amount", "3", note=1, xyz=[{}])], after={"amount": "3"})
    yield Case("from beside replace is ignored", [op("replace", "amount", "3", **{"from": 5})], after={"amount": "3"})
    yield Case(
        "value beside remove is ignored",
        [op("remove", "resolutionID", 5)],
        after={"resolutionID": None, "resolution": None},
    )
    yield Case(
        "the last one counts", [op("replace", "amount", "3"), op("replace", "amount", "4")], after={"amount": "4"}
    )
    yield Case(
        "two members",
        [op("replace", "amount", "3"), op("add", "description", "x")],
        after={"amount": "3", "description": "x"},
    )


def moved() -> Iterator[Case]:
    """Documents that take something away, or put it elsewhere."""
    yield Case("a type", [op("add", "type", "fraud")])
    yield Case("a reason", [op("add", "reason", "WRONG_PRICE")])
    yield Case("a reason and back", [op("add", "reason", "WRONG_PRICE"), op("remove", "reason")])
    yield Case("remove a label", [op("remove", "resolutionID")], after={"resolutionID": None, "resolution": None})
    yield Case(
        "remove what is null",
        [op("remove", "resolutionID"), op("remove", "resolutionID")],
        after={"resolutionID": None, "resolution": None},
    )
    yield Case("remove a type", [op("remove", "type")])
    yield Case("copy onto itself", [{"op": "copy", "from": "/amount", "path": "/amount"}])
    yield Case("move onto itself", [{"op": "move", "from": "/amount", "path": "/amount"}])
    yield Case(
        "an amount by way of words",
        [op("add", "description", "2.50"), {"op": "copy", "from": "/description", "path": "/amount"}],
        after={"amount": "2.5", "description": "2.50"},
    )
    yield Case(
        "move a null",
        [op("remove", "type"), {"op": "move", "from": "/type", "path": "/resolutionID"}],
        after={"resolutionID": None, "resolution": None},
    )
    yield Case("move a label to a type", [{"op": "move", "from": "/resolutionID", "path": "/type"}], FIELD)
    yield Case("copy a number into words", [{"op": "copy", "from": "/amount", "path": "/description"}], FIELD)
    yield Case("copy words into an amount", [{"op": "copy", "from": "/description", "path": "/amount"}], FIELD)
    yield Case(
        "copy a reason that is null into words", [{"op": "copy", "from": "/reason", "path": "/description"}], FIELD
    )
    yield Case("remove the amount", [op("remove", "amount")], "FIELD_REQUIRED")
    yield Case("remove the words", [op("remove", "description")], "FIELD_REQUIRED")
    yield Case("move the words away", [{"op": "move", "from": "/description", "path": "/reason"}], "FIELD_REQUIRED")
    yield Case("move the amount away", [{"op": "move", "from": "/amount", "path": "/description"}], "FIELD_REQUIRED")
    yield Case("a hundred operations", [op("replace", "amount", "3")] * 100, after={"amount": "3"})
    yield Case("a hundred and one", [op("replace", "amount", "3")] * 101, "PATCH_TOO_LONG")


def valued() -> Iterator[Case]:
    """Values that a member does not take."""
    value: Any
    for value in (
        None,
        True,
        False,
        [],
        {},
        [1],
        "",
        " ",
        "1,25",
        "0x10",
        "1e2",
        "+1",
        ".5",
        "5.",
        "٣",
        "\uff11",
        "NaN",
        "1 ",
        "1_0",
    ):
        yield Case(f"amount {value!r}", [op("replace", "amount", value)], FIELD)
    for value in ("1.255", 1.255, "0.0000001", 10**18, "9" * 40, 1e300):
        yield Case(f"amount {value!r}", [op("replace", "amount", value)], FIELD)
    for value in (0, "0.00", -1, "-4.95"):
        yield Case(f"amount {value!r}", [op("replace", "amount", value)], "AMOUNT_NOT_POSITIVE")
    yield Case("more than remains", [op("replace", "amount", "10.00")], "AMOUNT_EXCEEDS_REMAINING")
    yield Case("very much more", [op("replace", "amount", "999999999999")], "AMOUNT_EXCEEDS_REMAINING")
    for value in (None, 5, True, [], {}, "", "x" * 4001):
        yield Case(f"description {str(value)[:9]!r}", [op("replace", "description", value)], FIELD)
    yield Case("blank words", [op("replace", "description", "   ")], "EXPLANATION_REQUIRED")
    for value in (True, "1", 1.5, 0, -1, 2**53, [], {}):
        yield Case(f"resolution {value!r}", [op("replace", "resolutionID", value)], FIELD)
    yield Case("a resolution nobody knows", [op("replace", "resolutionID", 2**53 - 1)], "UNKNOWN_RESOLUTION")
    for member in ("type", "reason"):
        for value in (5, False, [], {"a": 1}):
            yield Case(f"{member} {value!r}", [op("add", member, value)], FIELD)
    yield Case("a type nobody knows", [op("add", "type", "nonsense")], "UNKNOWN_TYPE")
    yield Case("a reason nobody knows", [op("add", "reason", "NONSENSE")], "REASON_REQUIRED")


def tested(number: int, approved: int, feature: int) -> Iterator[Case]:
    """Tests, which read every member and compare as JSON compares."""
    right: dict[str, Any] = {"amount": 4.95, "disputeID": number, "featureID": feature, "resolutionID": approved,
                             "resolution": "Approved", "closeDate": None, "feature": "MONTHLY FEE",
                             "usageRecordNumber": None, "adjustmentAmount": None, "serviceNumber": 1234567890,
                             "type": None, "reason": None}  # fmt: skip
    for member, value in right.items():
        yield Case(f"{member} is {value!r}", [op("test", member, value)])
    for value in ("4.95", "4.950", 4.950, "04.95"):
        yield Case(f"the amount is {value!r}", [op("test", "amount", value)])
    yield Case("a number by its value", f'[{{"op":"test","path":"/disputeID","value":{number}.0}}]'.encode())
    wrong: list[tuple[str, Any]] = [
        ("amount", 4.96), ("amount", "4.951"), ("amount", None), ("amount", True), ("amount", "x"), ("amount", [4.95]),
        ("disputeID", number + 1), ("disputeID", str(number)), ("closeDate", ""), ("closeDate", False),
        ("feature", "monthly fee"), ("featureID", {"a": feature}), ("resolutionID", True), ("type", ""),
        ("description", []), ("usageRecordNumber", 0),
    ]  # fmt: skip
    for member, value in wrong:
        yield Case(f"{member} is not {value!r}", [op("test", member, value), op("replace", "amount", "1.25")], TEST)
    yield Case(
        "a test after the change sees it",
        [op("replace", "amount", "1.25"), op("test", "amount", 1.25)],
        after={"amount": "1.25"},
    )
    yield Case("a test after the change fails", [op("replace", "amount", "1.25"), op("test", "amount", 4.95)], TEST)
    yield Case(
        "a test of what was removed",
        [op("remove", "resolutionID"), op("test", "resolutionID", None)],
        after={"resolutionID": None, "resolution": None},
    )
    yield Case(
        "a change between tests",
        [op("test", "amount", "4.95"), op("replace", "amount", "2"), op("test", "amount", "2.00")],
        after={"amount": "2"},
    )
    yield Case("a test without value", [op("test", "amount")], MALFORMED)
    yield Case("a test of nothing we know", [op("test", "round", 1)], PATH)
    yield Case("a test of a child", [op("test", "amount/0", 4)], PATH)
    yield Case("a test of the whole", [{"op": "test", "path": "", "value": {}}], PATH)


def pointed() -> Iterator[Case]:
    """Pointers that lead elsewhere, and texts that are no pointers."""
    path: Any
    for path in ("", "/", "//amount", "/amount/", "/amount/0", "/amount/-", "/Amount", "/AMOUNT", "/ amount",
                 "/amount ", "/disputeID", "/closeDate", "/feature", "/adjustmentAmount", "/0", "/-", "/01",
                 "/a~1b", "/m~0n", "/~01", "/amoun~1t",
                 "/lastModifiedUser", "/%61mount", "/__class__", "/résolution", "/amount/~0", "/description/length",
                 "/customerID", "/stage"):  # fmt: skip
        yield Case(f"path {path!r}", [{"op": "replace", "path": path, "value": "1.25"}], PATH)
    for path in ("amount", "#/amount", " /amount", "~", "/~", "/~2", "/amount~", "/a~x", "0", "./amount", "$.amount"):
        yield Case(f"path {path!r}", [{"op": "replace", "path": path, "value": "1.25"}], MALFORMED)
    for path in (None, 5, True, ["amount"], {"a": 1}, []):
        yield Case(f"path {path!r}", [{"op": "replace", "path": path, "value": "1.25"}], MALFORMED)
    for verb in ("copy", "move"):
        yield Case(f"{verb} from elsewhere", [{"op": verb, "from": "/disputeID", "path": "/amount"}], PATH)
        yield Case(f"{verb} from nowhere", [{"op": verb, "from": "/nothing", "path": "/amount"}], PATH)
        yield Case(f"{verb} to elsewhere", [{"op": verb, "from": "/amount", "path": "/adjustmentAmount"}], PATH)
        yield Case(f"{verb} from no pointer", [{"op": verb, "from": "amount", "path": "/description"}], MALFORMED)
        yield Case(f"{verb} from null", [{"op": verb, "from": None, "path": "/description"}], MALFORMED)
        yield Case(f"{verb} from itself down", [{"op": verb, "from": "/amount", "path": "/amount/x"}], PATH)
        yield Case(f"{verb} without from", [{"op": verb, "path": "/amount"}], MALFORMED)


def formed() -> Iterator[Case]:
    """Documents that are none."""
    document: Any
    operation: Any
    name: Any
    yield Case("nothing to do", [])
    for document in ({}, {"op": "replace", "path": "/amount", "value": 1}, "[]", 5, None, True):
        yield Case(f"a document {document!r}", document if document is not None else b"null", MALFORMED)
    for operation in ("replace", 5, None, [], [op("replace", "amount", 1)], {}):
        yield Case(f"an operation {operation!r}", [operation], MALFORMED)
    for name in ("REPLACE", "Replace", "spam", "", " replace", "merge", None, 5, ["replace"], "test "):
        yield Case(f"op {name!r}", [{"op": name, "path": "/amount", "value": "1.25"}], MALFORMED)
    yield Case("no op", [{"path": "/amount", "value": "1.25"}], MALFORMED)
    yield Case("no path", [{"op": "replace", "value": "1.25"}], MALFORMED)
    yield Case("one good and one bad", [op("replace", "amount", "1.25"), {"op": "jump"}], MALFORMED)
    yield Case("one good and one elsewhere", [op("replace", "amount", "1.25"), op("replace", "stage", "x")], PATH)
    yield Case(
        "a member twice", b'[{"op":"replace","path":"/amount","path":"/description","value":"1"}]', "MALFORMED_JSON"
    )
    yield Case("op twice", b'[{"op":"test","op":"replace","path":"/amount","value":"1"}]', "MALFORMED_JSON")
    for raw in (
        b" ",
        b"[",
        b"[}",
        b"[,]",
        b"[{]",
        b"\xff",
        b"[]]",
        b"[NaN]",
        b"[{'op':1}]",
        b'[{"op":"replace","path":"/amount","value":01}]',
    ):
        yield Case(f"bytes {raw[:9]!r}", raw, "MALFORMED_JSON")
    yield Case("a NUL", b'[{"op":"replace","path":"/description","value":"a\\u0000b"}]', FIELD)
    yield Case("half a pair", b'[{"op":"replace","path":"/description","value":"\\ud800"}]', FIELD)
    yield Case("deep", b"[" * 40 + b"]" * 40, "MALFORMED_JSON")


def cases(number: int, approved: int, denied: int, feature: int) -> dict[str, list[Case]]:
    """Every case by its group."""
    return {
        "written": [*written(approved, denied), *moved()],
        "valued": list(valued()),
        "tested": list(tested(number, approved, feature)),
        "pointed": list(pointed()),
        "formed": list(formed()),
    }


GROUPS = tuple(cases(1, 2, 3, 4))
