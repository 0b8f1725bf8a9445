"""A mapping says how the columns of one format become the facts of a charge. It is a YAML file; this reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    """One fact: the first non-empty of ``sources``, turned by ``transform`` (a name in templates).

    A source ``child.x`` is column x of the longest child row (see Children); the row's own columns count only where
    ``when`` holds: a column, and the words in it. ``words`` mean yes (``one_of`` only).
    Where all of them are empty, a digest of the columns in ``digest`` stands in (ids only).
    """

    sources: tuple[str, ...]
    transform: str = "text"
    lookup: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    constant: str = ""
    words: tuple[str, ...] = ()
    when: tuple[str, tuple[str, ...]] | None = None
    digest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """When a side of a call counts: the first of ``flags`` that the file has must say yes; ``never`` says no.

    ``words`` stand for yes where a column does not say yes or no. ``amount_above_zero`` also asks for money,
    ``amount_present`` for an amount, be it zero. ``filled`` is a column that says yes when anything stands in it.
    ``at_end`` says that calls without a billing time are billed with their
    invoice, or when they end.
    """

    flags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    amount_above_zero: bool = False
    amount_present: bool = False
    never: bool = False
    at_end: bool = False
    filled: str = ""


@dataclass(frozen=True)
class Legs:
    """Rows with the same text in column ``same`` are one call; the row with most in ``most`` (in order) stands for it.

    More is what is longer as a text, then what sorts later: seconds, clocks and times all do.
    """

    same: str
    most: tuple[str, ...]


@dataclass(frozen=True)
class Children:
    """Rows that tell of a part of a call, not of a call of their own: column ``parent`` names the call by its ``id``.

    They are those with one of ``words`` in column ``where``. Of several, the one with the most in ``most`` is read.
    """

    id: str
    parent: str
    where: str
    words: tuple[str, ...]
    most: str


@dataclass(frozen=True)
class Tag:
    """A platform tag that a call has when the column says yes, or one of ``words``."""

    column: str
    tag: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """One format. ``columns`` gives every column it knows with the other spellings that are understood.

    ``layouts`` are the orders of columns in which it comes without a header, ``shapes`` what stands in some of them
    (a name in recognition). ``takes_rate`` says that calls without a price are billed by ``--rate``,
    ``leads_wait`` that a lead which is not billed yet keeps the amount it will be billed at. Every column
    that begins with ``tag_prefix`` is a platform tag. ``leave_out`` names a column, and the words in it that mark rows
    which are no calls. ``records`` is where a JSON file holds its list.
    """

    name: str
    title: str
    external_source: str
    required: tuple[str, ...]
    columns: AnyMapping[str, tuple[str, ...]]
    fields: AnyMapping[str, Field]
    billed_when: Condition
    payout_when: Condition
    tags: tuple[Tag, ...] = ()
    tag_prefix: str = ""
    children: Children | None = None
    leave_out: tuple[str, tuple[str, ...]] | None = None
    records: str = ""
    unwrap: str = ""
    fuzzy: bool = False
    layouts: tuple[tuple[str, ...], ...] = ()
    shapes: tuple[tuple[str, str], ...] = ()
    takes_rate: bool = False
    leads_wait: bool = False
    legs: Legs | None = None


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
        words=_words(spec.get("words")),
        when=_where(spec.get("when")),
        digest=_names(spec.get("digest")),
    )


def _condition(spec: AnyMapping[str, Any]) -> Condition:
    return Condition(
        flags=_names(spec.get("flags")),
        words=_words(spec.get("words")),
        amount_above_zero=bool(spec.get("amount_above_zero", False)),
        amount_present=bool(spec.get("amount_present", False)),
        never=bool(spec.get("never", False)),
        at_end=bool(spec.get("at_end", False)),
        filled=spec.get("filled", ""),
    )


def _words(value: Any) -> tuple[str, ...]:
    return tuple(str(word).lower() for word in _names(value))


def _where(spec: AnyMapping[str, Any] | None) -> tuple[str, tuple[str, ...]] | None:
    """``{column: words}``."""
    return next(((column, _words(words)) for column, words in (spec or {}).items()), None)


def _tags(spec: AnyMapping[str, Any]) -> Iterator[Tag]:
    """``column: tag``, or ``column: {tag: words}``; a list of tags gives them all."""
    for column, tags in spec.items():
        named = tags if isinstance(tags, dict) else dict.fromkeys(_names(tags))
        for tag, words in named.items():
            yield Tag(column, tag, _words(words))


def _children(spec: AnyMapping[str, Any] | None) -> Children | None:
    if not spec:
        return None
    return Children(spec["id"], spec["parent"], spec["where"], _words(spec["words"]), spec["most"])


def _layouts(specs: Iterable[AnyMapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for spec in specs:
        tails: Iterable[list[str]] = spec.get("tails") or ([],)
        for tail in tails:
            yield (*spec["columns"], *tail)


def _legs(spec: AnyMapping[str, Any] | None) -> Legs | None:
    return Legs(spec["same"], _names(spec["most"])) if spec else None


def parse(spec: AnyMapping[str, Any]) -> Mapping:
    """The mapping that a YAML document describes. Raises KeyError when a part is missing."""
    columns = {name: _names(others) for name, others in (spec.get("columns") or {}).items()}
    columns |= dict.fromkeys(spec.get("recognize") or (), ())
    layouts = tuple(_layouts(spec.get("without_header") or ()))
    columns |= dict.fromkeys((name for layout in layouts for name in layout), ())
    return Mapping(
        name=spec["name"],
        title=spec["title"],
        external_source=spec["external_source"],
        required=_names(spec["required"]),
        columns=columns,
        fields={target: _field(field) for target, field in spec["fields"].items()},
        billed_when=_condition(spec["billed_when"]),
        payout_when=_condition(spec.get("payout_when") or {}),
        tags=tuple(_tags(spec.get("tags") or {})),
        tag_prefix=spec.get("tag_prefix", "").lower(),
        children=_children(spec.get("children")),
        leave_out=_where(spec.get("leave_out")),
        records=spec.get("records", ""),
        unwrap=spec.get("unwrap", ""),
        fuzzy=bool(spec.get("fuzzy", False)),
        layouts=layouts,
        shapes=tuple((spec.get("shapes") or {}).items()),
        takes_rate=bool(spec.get("takes_rate", False)),
        leads_wait=bool(spec.get("leads_wait", False)),
        legs=_legs(spec.get("legs")),
    )


@cache
def mappings() -> AnyMapping[str, Mapping]:
    """Every format that comes with makegood, by name; the generic one last."""
    found = [parse(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]
    found.sort(key=lambda mapping: (mapping.fuzzy, mapping.name))
    return {mapping.name: mapping for mapping in found}
