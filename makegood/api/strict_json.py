"""JSON read strictly: decimals instead of floats, no member twice, text that can be stored, no deep nesting."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from makegood.api.amounts import Amount
from makegood.api.errors import FieldInvalid, FieldRequired, MalformedJson, UnknownField

DEEPEST = 32
_BOM = b"\xef\xbb\xbf"
_HIGHEST_EXPONENT = 400


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _HIGHEST_EXPONENT:
        raise ValueError("a number is out of range")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name, count in times.items() if count > 1)
        raise ValueError(f'the member "{twice[:60]}" stands twice')
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=_decimal, parse_constant=_no_constant, strict=True)


def decode(raw: bytes) -> Any:
    """The value of a JSON text. Raises MalformedJson, and FieldInvalid for text that cannot be stored."""
    if raw.startswith(_BOM):
        raise MalformedJson(cause="it begins with a byte order mark")
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _depth(raw) > DEEPEST:
        raise MalformedJson(cause=f"it is nested deeper than {DEEPEST}")
    try:
        text = raw.decode("utf-8")
        value = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise MalformedJson(cause="it is not UTF-8") from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise MalformedJson(cause=" ".join(str(error).split())[:200] or "it cannot be read") from error
    if "\\u" in text:
        _check_text(value, "")
    return value


def _depth(raw: bytes) -> int:
    """How deep brackets nest, leaving out those in strings."""
    deepest = depth = 0
    in_string = escaped = False
    for byte in raw:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                return deepest
        elif byte in b"}]":
            depth -= 1
    return deepest


def _check_text(value: Any, place: str) -> None:
    """Raise FieldInvalid for a NUL or half of a surrogate pair anywhere."""
    if isinstance(value, str):
        check_storable(value, place)
    elif isinstance(value, dict):
        for name, member in value.items():
            check_storable(name, place)
            _check_text(member, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for ordinal, member in enumerate(value):
            _check_text(member, f"{place}[{ordinal}]")


def check_storable(text: str, place: str) -> None:
    """Raise FieldInvalid for text that no database takes."""
    if "\x00" in text:
        raise FieldInvalid(field=_plain(place), cause="it holds a NUL character")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise FieldInvalid(field=_plain(place), cause="it holds half of a surrogate pair")


def _plain(place: str) -> str:
    return "".join(char if char.isprintable() and not "\ud800" <= char <= "\udfff" else "?" for char in place)[:100]


def _read_amount(kind: type, value: Any) -> Any:
    if kind is Amount:
        return Amount.read(value)
    raise NotImplementedError(kind)


def shaped(value: Any, kind: Any) -> Any:
    """The value as a type of ``msgspec``. Raises UnknownField, FieldRequired, FieldInvalid."""
    try:
        return msgspec.convert(value, kind, strict=True, dec_hook=_read_amount)
    except msgspec.ValidationError as error:
        raise _told(str(error)) from error


def _told(sentence: str) -> UnknownField | FieldRequired | FieldInvalid:
    """What msgspec says, as a refusal that names the field."""
    said, _, where = sentence.partition(" - at `$")
    place = where.rstrip("`").lstrip(".")
    if said.startswith("Object contains unknown field"):
        return UnknownField(field=_joined(place, said.split("`")[1]))
    if said.startswith("Object missing required field"):
        return FieldRequired(field=_joined(place, said.split("`")[1]))
    return FieldInvalid(field=_plain(place), cause=said[:1].lower() + said[1:])


def _joined(place: str, name: str) -> str:
    return _plain(f"{place}.{name}" if place else name)
