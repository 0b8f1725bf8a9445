"""The same document for tools that read OpenAPI 3.0 only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VERSION = "3.0.3"
_LITERAL = frozenset({"enum", "example", "examples", "default", "x-problem-codes"})
_NULL = {"nullable": True}
"""What ``null`` alone has become when its neighbors are looked at."""


def older(document: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0.3 that says the same, as far as 3.0 can."""
    made: dict[str, Any] = _older(document)
    made["openapi"] = _VERSION
    made["info"].pop("summary")
    made["info"]["license"].pop("identifier")
    return made


def _older(part: Any) -> Any:
    if isinstance(part, list):
        return [_older(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    made = {name: one if name in _LITERAL and not _names_schemas(one) else _older(one) for name, one in part.items()}
    return _limits(_fixed(_nullable(made)))


def _names_schemas(part: Any) -> bool:
    """Whether this is the schema of a member that happens to be called ``example`` or the like."""
    return isinstance(part, Mapping) and bool({"$ref", "type", "anyOf", "allOf"} & part.keys())


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """``null`` among the types becomes ``nullable``."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        rest = [kind for kind in kinds if kind != "null"]
        schema = {**schema, "type": rest[0]} | ({"nullable": True} if len(rest) < len(kinds) else {})
    for word in ("anyOf", "oneOf"):
        choices = schema.get(word)
        if isinstance(choices, list) and _NULL in choices:
            rest = [choice for choice in choices if choice != _NULL]
            plain = {name: part for name, part in schema.items() if name != word}
            if len(rest) == 1 and "$ref" not in rest[0]:
                return {**plain, **rest[0], "nullable": True}
            # Beside $ref nothing counts in 3.0, so it stands one step deeper.
            return {**plain, ("allOf" if len(rest) == 1 else word): rest, "nullable": True}
    return _NULL if schema.get("type") == "null" and len(schema) == 1 else schema


def _fixed(schema: dict[str, Any]) -> dict[str, Any]:
    """``const``, ``prefixItems`` and the examples of a schema in the words of 3.0."""
    if isinstance(schema.get("examples"), list):
        rest = {name: part for name, part in schema.items() if name != "examples"}
        schema = {**rest, "example": schema["examples"][0]}
    if "const" in schema:
        schema = {name: part for name, part in schema.items() if name != "const"} | {"enum": [schema["const"]]}
    if isinstance(schema.get("prefixItems"), list):
        parts = schema["prefixItems"]
        rest = {name: part for name, part in schema.items() if name not in ("prefixItems", "items")}
        schema = {**rest, "items": {"anyOf": parts}, "minItems": len(parts), "maxItems": len(parts)}
    elif schema.get("type") == "array" and "items" not in schema:
        schema = {**schema, "items": {}}
    return schema


def _limits(schema: dict[str, Any]) -> dict[str, Any]:
    """A bound that is left out is a number in 3.1, and a flag beside the bound in 3.0."""
    made = dict(schema)
    for word, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        limit = made.get(word)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            made |= {bound: limit, word: True}
    return made
