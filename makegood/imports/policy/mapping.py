"""A mapping says how the columns of one format become the facts of a charge. It is a YAML file; this reads it."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "mappings"
GENERIC = "generic"


@dataclass(frozen=True)
class Field:
    """One fact: the first non-empty of ``sources``, turned by ``transform`` (a name in templates)."""

    sources: tuple[str, ...]
    transform: str = "text"
    lookup: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    constant: str = ""


@dataclass(frozen=True)
class Condition:
    """When a side of a call counts: the first of ``flags`` that the file has must say yes; ``never`` says no.

    ``amount_above_zero`` also asks for money.
    """

    flags: tuple[str, ...] = ()
    amount_above_zero: bool = False
    never: bool = False


@dataclass(frozen=True)
class Mapping:
    """One format. ``columns`` gives every column it knows with the other spellings that are understood."""

    name: str
    title: str
    external_source: str
    required: tuple[str, ...]
    columns: AnyMapping[str, tuple[str, ...]]
    fields: AnyMapping[str, Field]
    billed_when: Condition
    payout_when: Condition
    tags: tuple[tuple[str, str], ...] = ()
    records: str = ""
    unwrap: str = ""
    fuzzy: bool = False


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _field(spec: AnyMapping[str, Any]) -> Field:
    return Field(
        sources=_names(spec.get("from")),
        transform=spec.get("as", "text"),
        lookup=tuple((str(key).lower(), str(word)) for key, word in (spec.get("lookup") or {}).items()),
        default=spec.get("default"),
        constant=str(spec.get("const", "")),
    )


def _condition(spec: AnyMapping[str, Any]) -> Condition:
    return Condition(
        flags=_names(spec.get("flags")),
        amount_above_zero=bool(spec.get("amount_above_zero", False)),
        never=bool(spec.get("never", False)),
    )


def parse(spec: AnyMapping[str, Any]) -> Mapping:
    """The mapping that a YAML document describes. Raises KeyError when a part is missing."""
    columns = {name: _names(others) for name, others in (spec.get("columns") or {}).items()}
    columns |= dict.fromkeys(spec.get("recognize") or (), ())
    return Mapping(
        name=spec["name"],
        title=spec["title"],
        external_source=spec["external_source"],
        required=_names(spec["required"]),
        columns=columns,
        fields={target: _field(field) for target, field in spec["fields"].items()},
        billed_when=_condition(spec["billed_when"]),
        payout_when=_condition(spec.get("payout_when") or {}),
        tags=tuple((spec.get("tags") or {}).items()),
        records=spec.get("records", ""),
        unwrap=spec.get("unwrap", ""),
        fuzzy=bool(spec.get("fuzzy", False)),
    )


@cache
def mappings() -> AnyMapping[str, Mapping]:
    """Every format that comes with makegood, by name; the generic one last."""
    found = [parse(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]
    found.sort(key=lambda mapping: (mapping.fuzzy, mapping.name))
    return {mapping.name: mapping for mapping in found}
