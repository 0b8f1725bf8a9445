"""The shapes of bodies, answers and parameters as JSON Schema, from the types the service reads and writes with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from makegood.api.amounts import Amount

REFERENCE = "#/components/schemas/{name}"
AMOUNT = {
    "description": 'A number, or a decimal string such as "1.25"; no finer than the currency\'s smallest coin.',
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,18}(\.[0-9]{1,30})?$"}],
}
_INTEGER = {"type": "integer"}
_NUMBER = {"type": "number"}
_LINE = {
    "type": "object",
    "description": "One thing that is wrong, as IDI's clients read it.",
    "required": ["field", "loggingNumber", "message", "code"],
    "properties": {
        "field": {"type": "string", "description": "The member, header or option; empty when none is meant."},
        "loggingNumber": {"type": "string", "description": "Equals the header X-Request-Id."},
        "message": {"type": "string", "description": "What to tell a person."},
        "code": {"type": "string"},
        "pointer": {"type": "string", "description": "Where in the body: a JSON pointer behind a #."},
    },
}
_PROBLEM = {
    "type": "object",
    "description": "Why nothing was done: RFC 9457, with the errors[] that IDI's clients read.",
    "required": ["type", "title", "status", "code", "detail", "instance", "errors"],
    "properties": {
        "type": {"type": "string", "description": "The page that explains the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; the list of all is in the reference of errors."},
        "detail": {"type": "string", "description": "What to tell a person."},
        "instance": {"type": "string", "description": "A URN of a UUID for this request."},
        "errors": {"type": "array", "minItems": 1, "items": {"$ref": REFERENCE.format(name="ErrorLine")}},
    },
}


_POINTER = {
    "type": "string",
    "pattern": "^(/([^~/]|~[01])*)*$",
    "description": "A JSON pointer such as /amount.",
    "examples": ["/amount"],
}
_PATCH = {
    "type": "array",
    "description": "A JSON Patch document (RFC 6902): all of its steps are done in order, or none.",
    "maxItems": 100,
    "items": {
        "anyOf": [
            {
                "type": "object",
                "title": "PatchWithValue",
                "required": ["op", "path", "value"],
                "properties": {
                    "op": {"type": "string", "enum": ["add", "replace", "test"]},
                    "path": _POINTER,
                    "value": {},
                },
            },
            {
                "type": "object",
                "title": "PatchRemove",
                "required": ["op", "path"],
                "properties": {"op": {"type": "string", "enum": ["remove"]}, "path": _POINTER},
            },
            {
                "type": "object",
                "title": "PatchFrom",
                "required": ["op", "path", "from"],
                "properties": {
                    "op": {"type": "string", "enum": ["copy", "move"]},
                    "path": _POINTER,
                    "from": _POINTER,
                },
            },
        ]
    },
}
PATCH = {"$ref": REFERENCE.format(name="JsonPatch")}
"""The schema of a patch document."""


def described(kinds: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The schema of each type, and the components they refer to (with those of problems)."""
    made, components = msgspec.json.schema_components(
        [Any if kind is None else kind for kind in kinds], schema_hook=_hook, ref_template=REFERENCE
    )
    names = {f"#/components/schemas/{name}": REFERENCE.format(name=_short(name)) for name in components}
    found = [_renamed(schema, names) for schema in made]
    components = {
        _short(name): _renamed(schema, names) | {"title": _short(name)} for name, schema in components.items()
    }
    own = {"Problem": _PROBLEM, "ErrorLine": _LINE, "JsonPatch": _PATCH}
    return [_mended(schema) for schema in found], own | {name: _mended(s) for name, s in sorted(components.items())}


def _short(name: str) -> str:
    """A name that two packages use, with its package in front: ``V1Closing``."""
    *path, last = name.split(".")
    return f"{path[2].capitalize()}{last}" if len(path) > 2 else last


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(part, names) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        name: names[part] if name == "$ref" and isinstance(part, str) else _renamed(part, names)
        for name, part in schema.items()
    }


def _hook(kind: type) -> dict[str, Any]:
    if kind is Amount:
        return AMOUNT
    raise NotImplementedError(kind)


def _mended(schema: Any) -> Any:
    """Decimals are written as numbers here; a default is shown only where it says something."""
    if isinstance(schema, list):
        return [_mended(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    if schema.get("format") == "decimal":
        return {name: part for name, part in schema.items() if name not in ("format", "default")} | {"type": "number"}
    made = {
        name: part if name in ("enum", "const", "default", "examples") else _mended(part)
        for name, part in schema.items()
        if not (name == "default" and part is None) and not (name == "required" and part == [])
    }
    if isinstance(made.get("description"), str):
        made["description"] = made["description"].replace("``", "`")
    return _numbers_joined(made)


def _numbers_joined(schema: dict[str, Any]) -> dict[str, Any]:
    """An integer or a number is a number."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list) or _INTEGER not in choices or _NUMBER not in choices:
        return schema
    rest = [choice for choice in choices if choice != _INTEGER]
    return (
        {**schema, "anyOf": rest}
        if len(rest) > 1
        else {
            **{name: part for name, part in schema.items() if name != "anyOf"},
            **rest[0],
        }
    )
