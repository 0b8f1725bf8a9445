"""Constants of an expression: from their text to a value, or a refusal that names the place."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from makegood.api.odata.edm import Edm
from makegood.api.odata.errors import BadOption
from makegood.api.odata.tree import Literal

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([ +-])(\d\d):(\d\d))", re.ASCII | re.IGNORECASE
)
_LARGEST_EXPONENT = 400


def bad(option: str, at: int, cause: str) -> BadOption:
    """A refusal of one place of an option."""
    return BadOption(field=option, cause=f"{cause} (position {at})")


def text_of(option: str, at: int, text: str) -> Literal:
    """A string in quotes; a quote inside is doubled. Raises BadOption for what no column can hold."""
    value = text[1:-1].replace("''", "'")
    if any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise bad(option, at, "the text holds a character that cannot be stored")
    return Literal(at, 0, Edm.STRING, value)


def number_of(option: str, at: int, text: str) -> Literal:
    """A whole number or a decimal, with or without exponent. Raises BadOption beyond what a double can hold."""
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise bad(option, at, f"{text[:40]} is not a number") from error
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise bad(option, at, f"{text[:40]} is out of range")
    return Literal(at, 0, Edm.DECIMAL, int(value) if text.lstrip("+-").isdigit() else value)


def date_of(option: str, at: int, text: str) -> Literal:
    """A day such as 2026-03-01. Raises BadOption for one that does not exist."""
    try:
        return Literal(at, 0, Edm.DATE, date.fromisoformat(text))
    except ValueError as error:
        raise bad(option, at, f"{text} is not a day") from error


def moment_of(option: str, at: int, text: str) -> Literal:
    """A moment with its offset; a blank stands for the plus sign that addresses lose. Raises BadOption."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise bad(option, at, f"{text[:40]} is not a moment with its offset")
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = found.groups()
    digits = (fraction or "").ljust(6, "0")
    try:
        ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = timezone(-ahead if sign == "-" else ahead) if sign else UTC
        value = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), int(digits[:6]), tzinfo=zone
        ).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise bad(option, at, f"{text[:40]} is not a moment") from error
    return Literal(at, 0, Edm.MOMENT, value, finer=bool(digits[6:].strip("0")))
