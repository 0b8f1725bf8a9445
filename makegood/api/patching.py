"""JSON Patch (RFC 6902) on flat resources: what a document may read and write, and what it makes of a resource.

A document is checked whole before the library sees it. Members that are not set are null, and always there: to remove
one is to set it to null. Amounts compare as numbers, whether sent as numbers or as decimal strings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonpatch

from makegood.api.errors import EdgeRefusal, FieldRequired

MEDIA = ("application/json-patch+json", "application/json")
MOST_OPERATIONS = 100
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*", re.DOTALL)
_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,30})?", re.ASCII)
_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "test": ("value",),
    "add": ("value",),
    "replace": ("value",),
    "remove": (),
    "copy": ("from",),
    "move": ("from",),
}
"""What each operation needs beside its path."""


class PatchMalformed(EdgeRefusal):
    """The patch document cannot be read: {cause}."""

    code = "PATCH_MALFORMED"


class PatchTooLong(EdgeRefusal):
    """A patch document has at most {most} operations."""

    code = "PATCH_TOO_LONG"
    status = 413


class PatchPathNotAllowed(EdgeRefusal):
    """The path "{path}" cannot be {done} here."""

    code = "PATCH_PATH_NOT_ALLOWED"
    status = 422


class PatchTestFailed(EdgeRefusal):
    """The test of "{path}" failed: it has another value."""

    code = "PATCH_TEST_FAILED"
    status = 409


REFUSALS = (PatchMalformed, PatchTooLong, PatchPathNotAllowed, PatchTestFailed)


@dataclass(frozen=True)
class Shape:
    """Members by name: those that may be tested, those that may be written, those of them that may be null, amounts."""

    readable: frozenset[str]
    writable: frozenset[str]
    nullable: frozenset[str]
    amounts: frozenset[str]


@dataclass(frozen=True)
class Step:
    """One operation with the members it names; ``source`` is that of a copy or move."""

    op: str
    member: str
    value: Any = None
    source: str = ""

    @property
    def touched(self) -> frozenset[str]:
        """What it may change."""
        if self.op == "test":
            return frozenset()
        return frozenset({self.member, self.source} if self.op == "move" else {self.member})


def steps_of(document: Any, shape: Shape) -> tuple[Step, ...]:
    """The operations of a document. Raises PatchMalformed, PatchTooLong, PatchPathNotAllowed, FieldRequired."""
    if not isinstance(document, list):
        raise PatchMalformed(cause="it is an array of operations")
    if len(document) > MOST_OPERATIONS:
        raise PatchTooLong(most=MOST_OPERATIONS)
    for ordinal, operation in enumerate(document):
        _check_form(ordinal, operation)
    steps = tuple(_step(operation, shape) for operation in document)
    for step in steps:
        lost = step.source if step.op == "move" and step.source != step.member else ""
        lost = step.member if step.op == "remove" else lost
        if lost and lost not in shape.nullable:
            raise FieldRequired(field=lost)
    return steps


def touched_by(steps: Sequence[Step]) -> frozenset[str]:
    """The members that the operations may change."""
    return frozenset[str]().union(*(step.touched for step in steps))


def applied(steps: Sequence[Step], resource: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """What the operations make of a resource, which stays as it is. Raises PatchTestFailed."""
    patch = jsonpatch.JsonPatch([operation for step in steps for operation in _plain(step, shape)])
    try:
        made: dict[str, Any] = patch.apply(dict(resource))
    except jsonpatch.JsonPatchTestFailed as failed:
        member = str(failed.op.pointer.parts[0])
        raise PatchTestFailed(path=f"/{member}", field=member) from failed
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
        raise PatchMalformed(cause="its operations do not fit together") from error
    return made


def _check_form(ordinal: int, operation: Any) -> None:
    """Raise PatchMalformed unless RFC 6902 knows such an operation."""
    place = f"operation {ordinal}"
    if not isinstance(operation, dict):
        raise PatchMalformed(cause=f"{place} is no object")
    op = operation.get("op")
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise PatchMalformed(cause=f"{place} has no op among {', '.join(_OPERATIONS)}")
    for name in ("path", *_OPERATIONS[op]):
        if name not in operation:
            raise PatchMalformed(cause=f'{place} has no member "{name}"')
        if name != "value" and not (isinstance(operation[name], str) and _POINTER.fullmatch(operation[name])):
            raise PatchMalformed(cause=f'{place} has a "{name}" that is no JSON pointer')


def _step(operation: Mapping[str, Any], shape: Shape) -> Step:
    op, path = operation["op"], operation["path"]
    member = _member(path, shape.readable if op == "test" else shape.writable, "read" if op == "test" else "changed")
    if op in ("copy", "move"):
        return Step(op, member, source=_member(operation["from"], shape.writable, "read"))
    return Step(op, member, operation.get("value"))


def _member(path: str, allowed: frozenset[str], done: str) -> str:
    name = path[1:].replace("~1", "/").replace("~0", "~")
    if not path or "/" in path[1:] or name not in allowed:
        raise PatchPathNotAllowed(path=path[:100], done=done, field=path.strip("/")[:100])
    return name


def _plain(step: Step, shape: Shape) -> list[dict[str, Any]]:
    """The operation as the library applies it to a resource whose members never go."""
    path, source = f"/{step.member}", f"/{step.source}"
    if step.op == "remove":
        return [{"op": "replace", "path": path, "value": None}]
    if step.op == "copy":
        return [{"op": "copy", "from": source, "path": path}]
    if step.op == "move":
        copied: list[dict[str, Any]] = [{"op": "copy", "from": source, "path": path}]
        return [] if path == source else [*copied, {"op": "replace", "path": source, "value": None}]
    value = step.value
    if step.member in shape.amounts and isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = Decimal(value)
    return [{"op": step.op, "path": path, "value": value}]
