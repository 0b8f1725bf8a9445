"""What the words of a program may hold, field by field. Pure: text, numbers and dates in, clean values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from makegood.disputes.errors.catalogs import BadCatalogField
from makegood.disputes.states import Outcome, ReasonType
from makegood.ledger.states import ClawbackMode

CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
LONGEST_EXPLANATION = 2_000
LAST_PLACE = 9_999
MOST_QUESTIONS, LONGEST_QUESTION = 8, 200
Check = Callable[[str, Any], Any]


def code_of(text: str) -> str:
    """A code as people typed it, in capitals: ``wrong number`` becomes WRONG_NUMBER. Raises BadCatalogField."""
    code = "_".join(text.upper().replace("-", " ").split())
    if not CODE.fullmatch(code):
        raise BadCatalogField(
            field="code", problem="a code begins with a letter and has at most 40 letters, digits and underscores"
        )
    return code


def _text(most: int, *, least: int = 0) -> Check:
    def check(field: str, value: Any) -> str:
        text = " ".join(str(value or "").split())
        if not least <= len(text) <= most:
            wanted = f"{least} to {most}" if least else f"at most {most}"
            raise BadCatalogField(field=field, problem=f"{_SAID[field]} has {wanted} characters")
        return text

    return check


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadCatalogField(field=field, problem=f"{_SAID[field]} is yes or no")
    return value


def _number(least: int, most: int) -> Check:
    def check(field: str, value: Any) -> int:
        text = str(value).strip()
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
        if not least <= number <= most:
            raise BadCatalogField(field=field, problem=f"{_SAID[field]} is a whole number from {least} to {most:,}")
        return number

    return check


def _optional(check: Check) -> Check:
    return lambda field, value: None if value is None or value == "" else check(field, value)


def _one_of(*words: str) -> Check:
    def check(field: str, value: Any) -> str:
        if value not in words:
            raise BadCatalogField(field=field, problem=f"{_SAID[field]} is one of {', '.join(words)}")
        return str(value)

    return check


def _day(field: str, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise BadCatalogField(field=field, problem=f"{_SAID[field]} is a date like 2027-03-31") from None


def _lines(field: str, value: Any) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else [str(line) for line in value or ()]
    found = [line for one in lines if (line := " ".join(one.split()))]
    if len(found) > MOST_QUESTIONS or any(len(line) > LONGEST_QUESTION for line in found):
        raise BadCatalogField(
            field=field, problem=f"there are at most {MOST_QUESTIONS} questions of {LONGEST_QUESTION} characters"
        )
    return found


def _codes(field: str, value: Any) -> list[str]:
    return sorted({str(code) for code in value or ()})


_SAID: Mapping[str, str] = {
    "label": "the label",
    "help": "the help",
    "type": "the type",
    "questions": "the questions",
    "categories": "the categories",
    "requires_evidence": "whether a file is needed",
    "min_explanation_chars": "the least length of the explanation",
    "default_finding": "the finding",
    "implies_non_billable": "whether it makes the item not billable",
    "clawback_mode": "the claw-back",
    "is_active": "whether it is offered",
    "active_from": "the first day",
    "active_to": "the last day",
    "sort": "the place",
    "billable": "whether the charge stands",
    "guideline": "the guideline",
    "hotkey": "the key",
    "maps_to": "the outcome",
}
_SHARED: Mapping[str, Check] = {"label": _text(100, least=1), "is_active": _flag, "sort": _number(0, LAST_PLACE)}
REASON: Mapping[str, Check] = {
    **_SHARED,
    "help": _text(300),
    "type": _one_of(*ReasonType),
    "questions": _lines,
    "categories": _codes,
    "requires_evidence": _flag,
    "min_explanation_chars": _number(0, LONGEST_EXPLANATION),
    "default_finding": _text(40),
    "implies_non_billable": _flag,
    "clawback_mode": _optional(_one_of(*ClawbackMode)),
    "active_from": _optional(_day),
    "active_to": _optional(_day),
}
FINDING: Mapping[str, Check] = {
    **_SHARED,
    "billable": _flag,
    "guideline": _text(300),
    "hotkey": _optional(_number(0, 9)),
}
RESOLUTION: Mapping[str, Check] = {**_SHARED, "maps_to": _optional(_one_of(*Outcome))}


def checked(fields: Mapping[str, Check], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with clean values: days as ``2027-03-31``, None for nothing. Raises BadCatalogField for the first
    that cannot be, and for a field that is not there.
    """
    for name in changes:
        if name not in fields:
            raise BadCatalogField(field=name, problem=f'there is no field "{name}"')
    return {name: fields[name](name, value) for name, value in changes.items()}
